"""A tab without a browser: loads a page and speaks engine.io on its socket, as NiceGUI's script."""

import asyncio
import json
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.trust.line import Line

ACK_EVERY = 3.0


class Tab:
    """`heard` counts what the page was told; what it was told last is acknowledged now and then."""

    def __init__(self, origin: str, path: str, *, cookie: str, source: str) -> None:
        self.origin, self.path, self.cookie, self.source = origin, path, cookie, source
        self.heard = 0
        self.broken = ""
        self._next = 0
        self._client = ""
        self._socket: ClientConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        async with Line(self.origin, cookie=self.cookie, source=self.source) as line:
            page = await line.get(self.path)
        assert page.status == 200, (page.status, page.location)
        self._client = _in(page.body, r"'client_id': '([0-9a-f-]+)'")
        self._next = int(_in(page.body, r"'next_message_id': (\d+)"))
        self._socket = await connect(
            self._address(),
            additional_headers={"Cookie": self.cookie, "Origin": self.origin},
            proxy=None,
            max_size=None,
            local_addr=(self.source, 0),
        )
        assert str(await self._socket.recv()).startswith("0")
        await self._socket.send("40")
        self._tasks = [asyncio.create_task(each) for each in (self._listen(), self._acknowledge())]

    def _address(self) -> str:
        query = {
            "EIO": "4",
            "transport": "websocket",
            "implicit_handshake": "true",
            "client_id": self._client,
            "next_message_id": str(self._next),
            "tab_id": str(uuid4()),
            "document_id": str(uuid4()),
        }
        place = self.origin.replace("http", "ws", 1)
        return f"{place}/_nicegui_ws/socket.io/?{urlencode(query)}"

    async def _listen(self) -> None:
        assert self._socket
        try:
            async for frame in self._socket:
                await self._answer(str(frame))
        except ConnectionClosed as error:
            self.broken = str(error)

    async def _answer(self, frame: str) -> None:
        assert self._socket
        if frame == "2":
            await self._socket.send("3")
        elif frame.startswith("44"):
            self.broken = frame
        elif frame.startswith("42"):
            _, told = json.loads(frame[2:])
            if isinstance(told, dict) and "_id" in told:
                self.heard += 1
                self._next = told["_id"] + 1

    async def _acknowledge(self) -> None:
        with suppress(ConnectionClosed):  # whoever listens notes why
            while True:
                await asyncio.sleep(ACK_EVERY)
                await self.emit("ack", {"client_id": self._client, "next_message_id": self._next})

    async def emit(self, name: str, told: dict[str, Any]) -> None:
        assert self._socket
        await self._socket.send("42" + json.dumps([name, told]))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket:
            await self._socket.close()


def _in(body: bytes, pattern: str) -> str:
    found = re.search(pattern, body.decode())
    assert found, body.decode()[:2000]
    return found[1]
