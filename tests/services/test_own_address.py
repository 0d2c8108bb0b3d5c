"""Whether the public URL leads here: what each answer is taken for, and whom nobody asks."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services import own_address
from services.errors import NotFound
from services.own_address import Reach
from services.settings import Settings, get_settings
from tests.cast import Cast
from tests.conftest import Configure

PATH = "/alive"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n"
AWAY = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:%d/secret\r\ncontent-length: 0\r\n\r\n"


@asynccontextmanager
async def answering(answer: bytes, asked: list[bytes]) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(65536))
        if not answer:
            await asyncio.sleep(30)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def url(port: int, scheme: str = "http") -> Settings:
    return Settings(public_url=f"{scheme}://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("answer", "reach", "status"),
    [
        (OK, Reach.HERE, 200),
        (OK.replace(b"ok\n", b"hi\n"), Reach.ANOTHER, 200),
        (b"HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n", Reach.REFUSED, 502),
        (b"HTTP/1.1 400 Bad\r\ncontent-length: 0\r\n\r\n", Reach.REFUSED, 400),
        (b"SSH-2.0-OpenSSH\r\n", Reach.NOBODY, 0),
    ],
)
async def test_each_answer_is_taken_for_what_it_is(
    answer: bytes, reach: Reach, status: int
) -> None:
    asked: list[bytes] = []
    async with answering(answer, asked) as port:
        found = await own_address.reach(url(port), PATH)
    assert (found.reach, found.status, found.is_local) == (reach, status, True)
    assert len(asked) == 1
    assert asked[0].startswith(b"GET /alive HTTP/1.1\r\n")


async def test_a_redirect_is_told_and_not_followed() -> None:
    secret: list[bytes] = []
    async with answering(OK, secret) as there:
        asked: list[bytes] = []
        async with answering(AWAY % there, asked) as port:
            found = await own_address.reach(url(port), PATH)
    assert (found.reach, len(asked), secret) == (Reach.REDIRECT, 1, [])


async def test_silence_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_address, "PATIENCE", 0.05)
    async with answering(b"", []) as port:
        assert (await own_address.reach(url(port), PATH)).reach is Reach.SLOW


async def test_nobody_and_a_wrong_certificate_are_told_apart() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (await own_address.reach(url(port), PATH)).reach is Reach.NOBODY
    async with answering(OK, []) as port:  # it speaks no TLS
        assert (await own_address.reach(url(port, "https"), PATH)).reach is Reach.CERTIFICATE


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    proxied: list[bytes] = []
    async with answering(OK, proxied) as proxy, answering(OK, []) as port:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy}")
        assert (await own_address.reach(url(port), PATH)).reach is Reach.HERE
    assert proxied == []


@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_only_an_owner_makes_the_server_ask(
    cast: Cast, configure: Configure, who: str
) -> None:
    asked: list[bytes] = []
    async with answering(OK, asked) as port:
        configure(public_url=f"http://127.0.0.1:{port}")
        assert get_settings().base_url.endswith(str(port))
        with pytest.raises(NotFound):
            await own_address.check(getattr(cast, who), PATH)
        assert asked == []
        assert (await own_address.check(cast.olga, PATH)).reach is Reach.HERE
