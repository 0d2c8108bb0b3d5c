"""An installation that lived a little, on the command line: started, stopped, and lost."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from typer.testing import CliRunner, Result

from models import Code
from models.enums import Status
from services import database, installation, sealing
from services.settings import Settings
from tests.cast import Cast, Issued
from ui.cli import command_line

T = TypeVar("T")


def run(*words: object) -> Result:
    return CliRunner().invoke(command_line, [str(word) for word in words])


def within(settings: Settings, body: Callable[[], Awaitable[T]]) -> T:
    """As the server: prepared, connected, and at its end everything is sealed."""

    async def whole() -> T:
        await installation.prepare(settings)
        await database.connect(settings)
        try:
            return await body()
        finally:
            await sealing.finish()
            await database.disconnect()

    return asyncio.run(whole())


@dataclass
class Lived:
    settings: Settings
    cast: Cast
    issued: Issued
    away: Path

    @property
    def backup(self) -> Path:
        [found] = [each for each in self.away.iterdir() if each.is_dir()]
        return found

    def lose_all_but_the_key(self) -> None:
        key = self.settings.key_path.read_bytes()
        shutil.rmtree(self.settings.data_dir)
        self.settings.data_dir.mkdir()
        self.settings.key_path.write_bytes(key)
        self.settings.key_path.chmod(0o600)

    def statuses(self) -> list[Status]:
        async def read() -> list[Status]:
            rows = await Code.filter(batch_id=self.issued.batch.id).order_by("ordinal")
            return [row.status for row in rows]

        return within(self.settings, read)
