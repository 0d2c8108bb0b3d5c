"""A visitor without a browser: plain HTTP on a connection that is kept, quick enough to attack."""

import asyncio
import re
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urlsplit

FORM_TOKEN = re.compile(rb'name="csrf" value="([^"]+)"')
HANG = 60


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str = ""
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Form:
    """What makes a form genuine: its token, and the cookie that this is bound to."""

    token: str
    cookie: str


class Line:
    """One connection; ConnectionError (or its end) is how a killed server shows."""

    share = 1.0  # of each form; the rest never follows

    def __init__(self, origin: str, *, cookie: str = "", source: str = "127.0.0.1") -> None:
        self.origin, self.cookie, self.source = origin, cookie, source
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def get(self, path: str) -> Answer:
        return await self._ask(f"GET {path} HTTP/1.1\r\n", b"")

    async def form(self, path: str) -> Form:
        page = await self.get(path)
        found = FORM_TOKEN.search(page.body)
        assert found, page.body.decode()
        return Form(found[1].decode(), "; ".join(f"{k}={v}" for k, v in page.cookies.items()))

    async def post(self, path: str, form: Form, **typed: str) -> Answer:
        body = urlencode({"csrf": form.token, **typed}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nOrigin: {self.origin}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
        )
        return await self._ask(head, body[: int(len(body) * self.share)], form.cookie)

    async def _ask(self, head: str, body: bytes, cookie: str = "") -> Answer:
        cookies = "; ".join(filter(None, (self.cookie, cookie)))
        host = urlsplit(self.origin).netloc
        head += f"Host: {host}\r\n" + (f"Cookie: {cookies}\r\n" if cookies else "")
        try:
            async with asyncio.timeout(HANG):
                reader, writer = await self._open()
                writer.write(head.encode() + b"\r\n" + body)
                return await _answer(reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            raise ConnectionError(str(error)) from error

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            place = urlsplit(self.origin)
            self._streams = await asyncio.open_connection(
                place.hostname, place.port, local_addr=(self.source, 0)
            )
        return self._streams


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for name, _, value in (line.partition(": ") for line in lines):
        headers[name.lower()] = value
        if name.lower() == "set-cookie":
            key, _, content = value.partition(";")[0].partition("=")
            cookies[key] = content
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(first.split()[1]), headers.get("location", ""), cookies, headers, body)
