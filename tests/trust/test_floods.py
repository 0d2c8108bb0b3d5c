"""T21, T22: strangers who ask for pages, open sockets and say nothing, by the thousand."""

import asyncio
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.e2e import server
from tests.e2e.server import Server
from tests.e2e.visitors import PASSWORD
from tests.trust.figures import held
from tests.ui.door.site import hidden_fields

pytestmark = pytest.mark.whole
PAGES = ("/login", "/redeem", "/certificates", "/", "/w/acme-devices", "/nope/{}", "/a/{}", "/i/{}")
MIB = 1024 * 1024
CLOSED_WITHIN = 10  # seconds


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    started = server.start("demo", tmp_path_factory.mktemp("floods") / "data")
    yield started
    started.stop()


def memory(running: Server) -> float:
    """Resident megabytes of the process."""
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    [kilobytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    return int(kilobytes) / 1024


async def _signed_in(running: Server) -> str:
    async with httpx.AsyncClient(base_url=running.origin) as person:
        form = hidden_fields((await person.get("/login")).text)
        entered = {"email": "sales@demo.test", "password": PASSWORD}
        headers = {"origin": running.origin}
        await person.post("/login", data=form | entered, headers=headers)
        return person.cookies["tallystick"]


async def _ask(running: Server, numbers: range) -> int:
    """One stranger's requests, one after the other on one line; how many were answered."""
    async with httpx.AsyncClient(base_url=running.origin, timeout=60) as stranger:
        answers = [
            await stranger.get(PAGES[number % len(PAGES)].format(number)) for number in numbers
        ]
    return sum(answer.status_code < 500 for answer in answers)


async def _visit(running: Server, token: str, done: asyncio.Event) -> list[float]:
    """How long a page takes for somebody signed in, again and again until the flood is over."""
    took: list[float] = []
    cookies = {"tallystick": token}
    async with httpx.AsyncClient(base_url=running.origin, cookies=cookies, timeout=60) as person:
        while not done.is_set():
            began = time.perf_counter()
            assert (await person.get("/account")).status_code == 200
            took.append(time.perf_counter() - began)
            await asyncio.sleep(1)
    return sorted(took)


async def test_ten_thousand_pages_for_strangers_cost_nothing_that_stays(running: Server) -> None:
    token = await _signed_in(running)
    await _ask(running, range(500))  # whatever is loaded once
    before, done = memory(running), asyncio.Event()
    visiting = asyncio.create_task(_visit(running, token, done))
    began = time.monotonic()
    answered = sum(await asyncio.gather(*(_ask(running, range(n, 10_000, 8)) for n in range(8))))
    took = time.monotonic() - began
    done.set()
    waits = await visiting
    slow, grown = waits[int(len(waits) * 0.95)] * 1000, memory(running) - before
    held(
        test="T21",
        figure=f"{answered:,} pages in {took:.0f} s: {grown:+.0f} MB; p95 of who is signed in "
        f"{slow:.0f} ms",
        target="10,000 answered, at most +50 MB, 500 ms",
        holds=answered == 10_000 and grown <= 50 and slow <= 500,
    )
    assert running.new_trouble() == []


async def _bare(running: Server, say: bytes) -> float:
    """Seconds until the server closed a connection that says this and no more."""
    at = urlsplit(running.origin)
    began = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
    except OSError:
        return 0
    with suppress(OSError):
        writer.write(say)
        while await reader.read(65536):
            pass
    with suppress(OSError):
        writer.close()
    return time.monotonic() - began


async def _frame(running: Server, token: str, size: int) -> bool:
    """Whether a frame of that size, by somebody signed in, ends the socket."""
    at = running.origin.replace("http", "ws") + "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    headers = {"Cookie": f"tallystick={token}", "Origin": running.origin}
    try:
        async with connect(at, additional_headers=headers, proxy=None, max_size=None) as line:
            assert not line.protocol.extensions, "what is packed unpacks to any size"
            await line.send("4" + "x" * size)
            async with asyncio.timeout(CLOSED_WITHIN):
                async for _ in line:
                    pass
    except (WebSocketException, OSError):
        return True
    except TimeoutError:
        return False
    return True


async def test_sockets_that_say_nothing_or_too_much_are_closed(running: Server) -> None:
    token = await _signed_in(running)
    await asyncio.gather(*(_bare(running, b"") for _ in range(120)))  # whatever is loaded once
    before = memory(running)
    silent = await asyncio.gather(*(_bare(running, b"") for _ in range(2_000)))
    slow_head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "
    loris = await asyncio.gather(*(_bare(running, slow_head) for _ in range(500)))
    ended = [await _frame(running, token, size) for size in (MIB, MIB, 16 * MIB, 16 * MIB)]
    grown = memory(running) - before
    held(
        test="T22",
        figure=f"{len(silent):,} silent and {len(loris)} slow connections closed within "
        f"{max(*silent, *loris):.1f} s, {sum(ended)} of {len(ended)} frames of 1 and 16 MB too; "
        f"{grown:+.0f} MB",
        target=f"all within {CLOSED_WITHIN} s, at most +20 MB",
        holds=max(*silent, *loris) <= CLOSED_WITHIN and all(ended) and grown <= 20,
    )
    assert (await _signed_in(running)) != token
    assert running.new_trouble() == []
