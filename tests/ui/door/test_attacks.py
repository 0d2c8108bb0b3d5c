"""What a hostile person tried against the door and the services, so that it never works again."""

import asyncio
import csv
import io
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from pydantic import ValidationError
from starlette.responses import PlainTextResponse

from models import Budget, Code, Refusal
from models.enums import RefusalReason, Status
from services import batches, codes, exports, housekeeping, redemptions, sessions, texts
from services.answers import Refused
from services.errors import Invalid, NotFound
from services.sessions import SignIn
from services.settings import Settings
from services.tries import Visitor
from tests.cast import Cast, activated, issue, redeem
from tests.ui.door.site import browser, form_of, opened
from ui import routes
from ui.door import connections
from ui.door.install import SERVER_OPTIONS

HOLDER = {"name": "Grace Hopper", "email": "grace@example.org"}
FORMULA = ("=", "+", "-", "@")
MEBIBYTE = b"a" * 1024 * 1024


@asynccontextmanager
async def served() -> AsyncGenerator[int]:
    """The server as the product starts it, in front of the smallest application; gives its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        PlainTextResponse("ok"), lifespan="off", log_level="error", **SERVER_OPTIONS
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await _until_started(server)
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = server.force_exit = True
        await running


async def _until_started(server: uvicorn.Server) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0)


async def taken(port: int, head: bytes, piece: bytes) -> int:
    """How many pieces of a request head that never ends the server takes; 8 at most."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    pieces = 0
    with suppress(ConnectionError):
        while pieces < 8:
            writer.write(piece)
            await asyncio.wait_for(writer.drain(), 10)
            pieces += 1
    writer.close()
    return pieces


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: ", MEBIBYTE),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X: " + MEBIBYTE + b"\r\n"),
        (b"GET /", MEBIBYTE),
    ],
    ids=["one endless header", "endless headers", "an endless address"],
)
async def test_a_request_head_that_never_ends_is_cut_off(head: bytes, piece: bytes) -> None:
    async with served() as port:
        assert await taken(port, head, piece) < 8


async def test_a_code_revoked_while_its_page_was_open_is_a_refusal_with_a_reference(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = await issue(cast.ada, cast.month)
    async with opened(monkeypatch), browser() as visitor:
        path = routes.activation(issued.tokens[0])
        fields = await form_of(visitor, path)
        await Code.filter(id=issued.codes[0].id).update(status=Status.REVOKED)
        answer = await visitor.post(path, data=fields | HOLDER)
    refusal = await Refusal.get_or_none(code_id=issued.codes[0].id)
    assert refusal is not None, answer.status_code
    assert refusal.reference in answer.text


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("name", ["Eve;=1+1;z", "Eve; =HYPERLINK(A1)", "Eve;＝1+1"])
async def test_no_cell_is_a_formula_where_a_spreadsheet_splits_at_another_separator(
    cast: Cast, name: str, separator: str
) -> None:
    issued = await issue(cast.ada, cast.month, 1)
    activated(await redeem(issued.texts[0], name=name))
    export = await exports.batch_csv(cast.sam, issued.batch.id, address="https://x/a/")
    text = b"".join([chunk async for chunk in export.lines]).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]
    assert not [cell for cell in cells if cell.replace("＝", "=").lstrip().startswith(FORMULA)]


@pytest.mark.parametrize("name", ["\u200b", "\ufeff", "\u00ad", "\u3164", "\u2800", "\u2066\u2069"])
def test_a_name_that_nobody_can_see_is_no_name(name: str) -> None:
    with pytest.raises(Invalid):
        texts.line(name, field="name", what="a name", longest=120)


@pytest.mark.parametrize("mark", ["\u202e", "\u202d", "\u2066", "\u2067", "\u200f"])
def test_a_name_cannot_turn_round_the_words_beside_it(mark: str) -> None:
    with pytest.raises(Invalid):
        texts.line(f"Eve {mark}gpj.exe", field="name", what="a name", longest=120)


@pytest.mark.parametrize("number", [2**63, 2**70, -(2**70)])
async def test_an_id_that_no_database_can_hold_is_one_that_does_not_exist(
    cast: Cast, number: int
) -> None:
    batch = (await issue(cast.ada, cast.month)).batch
    with pytest.raises(NotFound):
        await codes.copy(cast.ada, batch.id, (number,))
    with pytest.raises(NotFound):
        await codes.revoke(cast.ada, number)
    with pytest.raises(NotFound):
        await batches.own(cast.ada, number)


async def test_asking_whose_a_code_is_spends_the_tries_of_the_account(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[0]))
    reasons = []
    for number in range(25):
        visitor = Visitor(address=f"198.51.100.{number}", actor=cast.mallory)
        outcome = await redemptions.recall(issued.tokens[0], f"a{number}@example.org", visitor)
        assert isinstance(outcome, Refused)
        reasons.append(outcome.reason)
    assert reasons[20:] == [RefusalReason.LIMITED] * 5


async def test_budgets_of_addresses_that_nobody_has_are_forgotten(cast: Cast) -> None:
    for number in range(5):
        attempt = SignIn(email=f"nobody{number}@example.org", password="wrong", address="192.0.2.1")
        with pytest.raises(Invalid):
            await sessions.sign_in(attempt)
    await Budget.all().update(began_at="2020-01-01T00:00:00+00:00")
    await housekeeping.tidy()
    assert await Budget.all().count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"trusted_proxies": "garbage"},
        {"allowed_hosts": "example.org:8080"},
        {"public_url": "https://user:secret@example.org"},
        {"public_url": "https://example.org:port"},
        {"public_url": "https://example.org?next=elsewhere"},
        {"session_idle": "0h"},
        {"session_idle": "999999d"},
        {"session_absolute": "-P1D"},
        {"keep_refusals": "-1d"},
        {"demo": True, "host": "0.0.0.0"},
    ],
    ids=str,
)
def test_a_setting_that_cannot_work_stops_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", ["{}/", "/{}", "{}/x", "{}/?from=mail"])
async def test_a_link_with_something_around_it_is_kept_out_of_the_log_too(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    shape: str,
) -> None:
    token = (await issue(cast.ada, cast.month)).tokens[0]
    async with opened(monkeypatch), browser() as visitor:
        with caplog.at_level("INFO"):
            assert (await visitor.get(shape.format(routes.activation(token)))).status_code == 404
    assert token not in " ".join(r.getMessage() for r in caplog.records if "httpx" not in r.name)


async def test_connections_that_say_nothing_leave_room_for_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MOST_FOR_A_PEER", 20)
    async with served() as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(40)]
        closed = [asyncio.create_task(reader.read(1)) for reader, _ in silent]
        done, _ = await asyncio.wait(closed, timeout=1)
        assert len(done) == 20
        for _, writer in silent:
            writer.close()


async def test_a_request_head_that_never_comes_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.05)
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
