"""The real program on the folder of a test's database, killed and started again at will."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from services import database
from services.settings import Settings
from tests.e2e import server

NO_LIMIT = {
    f"redeem_tries_per_{whose}": str(10**7)
    for whose in ("address", "account", "workspace", "installation")
}


class Program:
    """Keeps its port from one life to the next; `alive` is set while it answers."""

    def __init__(self, settings: Settings, **more: str) -> None:
        self.settings, self.more = settings, more
        self.alive = asyncio.Event()
        self.kills = 0
        self._server: server.Server | None = None
        self._port = server.free_port()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        assert self._server
        return self._server.process.pid

    def said(self) -> str:
        assert self._server
        return self._server.said()

    async def start(self) -> None:
        given = NO_LIMIT | self.more
        if self.settings.database_url:
            given["database_url"] = self.settings.database_url
        self._server = await asyncio.to_thread(
            server.start, "run", self.settings.data_dir, port=self._port, **given
        )
        assert urlsplit(self._server.origin).port == self._port
        self.alive.set()

    def kill(self) -> None:
        assert self._server
        self.alive.clear()
        self._server.kill()
        self.kills += 1

    async def stop(self) -> None:
        self.alive.clear()
        if self._server:
            await asyncio.to_thread(self._server.stop)


async def command(folder: Path, *words: str) -> str:
    """What a command of the program said; it must end well."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "main.py", *words),
        cwd=server.ROOT,
        env=server.environment(folder, server.free_port()),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@asynccontextmanager
async def running(settings: Settings, **more: str) -> AsyncGenerator[Program]:
    """The program has the database while this lasts; afterwards the test has it again."""
    await database.disconnect()
    program = Program(settings, **more)
    try:
        await program.start()
        yield program
    finally:
        await program.stop()
        await database.connect(settings)
