"""How large a file may be: the server refuses more, whatever the browser thinks of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from nicegui import Client, ui
from nicegui.events import UploadEventArguments

from services.evidence import FILE_MOST
from services.settings import Settings
from tests.ui.door import site
from tests.ui.door.site import browser, opened, signed_in
from tests.ui.screens.visit import until
from ui import routes
from ui.door.body_limit import BODY_MAX, UPLOAD_MAX

CHUNK = b"a" * 64 * 1024
CHUNKS = 176  # 11 MB


@dataclass
class Desk:
    """A page that takes a file, and what it took."""

    taken: list[bytes] = field(default_factory=list)

    def page(self) -> None:
        ui.upload(on_upload=self.take)

    async def take(self, event: UploadEventArguments) -> None:
        self.taken.append(await event.file.read())


@pytest.fixture
async def desk(db: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    made = Desk()
    monkeypatch.setattr(site, "root", made.page)
    async with opened(monkeypatch):
        yield made


async def place_for_files(person: httpx.AsyncClient) -> str:
    """Opens the page; where its browser would send a file."""
    Client.instances.clear()
    assert (await person.get(routes.HOME)).status_code == 200
    [client] = Client.instances.values()
    [element] = [each for each in client.elements.values() if isinstance(each, ui.upload)]
    return str(element.props["url"])


async def post(person: httpx.AsyncClient, path: str, content: bytes) -> int:
    return (await person.post(path, files={"file": ("people.csv", content)})).status_code


class Endless:
    """Eleven megabytes that are not announced; counts what was asked for."""

    def __init__(self) -> None:
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(CHUNKS):
            self.read += len(CHUNK)
            yield CHUNK


async def test_a_file_of_ten_megabytes_arrives_whole(desk: Desk) -> None:
    content = b"email\n" + b"x" * (FILE_MOST - 6)
    async with await signed_in() as person:
        assert await post(person, await place_for_files(person), content) == 200
        await until(lambda: desk.taken)
    assert desk.taken == [content]


async def test_eleven_megabytes_are_refused_by_the_server(desk: Desk) -> None:
    async with await signed_in() as person:
        assert await post(person, await place_for_files(person), CHUNK * CHUNKS) == 413
    assert desk.taken == []


async def test_eleven_megabytes_that_are_not_announced_are_not_read_to_their_end(
    desk: Desk,
) -> None:
    async with await signed_in() as person:
        path, body = await place_for_files(person), Endless()
        headers = {"content-type": "multipart/form-data; boundary=b"}
        answer = await person.post(path, content=body, headers=headers)
    assert answer.status_code == 413
    assert body.read <= UPLOAD_MAX + len(CHUNK)
    assert desk.taken == []


async def test_a_stranger_or_another_site_sends_no_file(desk: Desk) -> None:
    async with await signed_in() as person, browser() as stranger:
        path = await place_for_files(person)
        body = Endless()
        assert (await stranger.post(path, content=body)).status_code == 404
        assert body.read == 0, "nothing is read of what nobody may send"
        person.headers["origin"] = "https://evil.example"
        assert await post(person, path, b"email\n") == 403
    assert desk.taken == []


async def test_nobody_puts_a_file_into_the_tab_of_another_session(desk: Desk) -> None:
    async with await signed_in() as person, await signed_in() as other:
        path = await place_for_files(person)
        assert await post(other, path, b"email\n") == 404
        assert await post(person, path, b"email\n") == 200
    assert len(desk.taken) == 1


@pytest.mark.parametrize(
    "path",
    [
        routes.LOGIN,
        routes.REDEEM,
        routes.activation("upload"),
        routes.CLIENT_ROUTES[0] + "1/elsewhere/2",
        routes.CLIENT_ROUTES[1] + "upload/2",
    ],
)
async def test_everywhere_else_a_body_has_64_kibibytes(desk: Desk, path: str) -> None:
    async with await signed_in() as person:
        assert (await person.post(path, content=b"a" * (BODY_MAX + 1))).status_code == 413
        assert (await person.post(path, content=b"a" * BODY_MAX)).status_code != 413
