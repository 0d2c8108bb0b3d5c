"""Files of evidence behind the door: for members only, and only ever saved."""

import httpx
import pytest
from nicegui import Client, ui

from models import Evidence
from services import evidence
from services.evidence import FILE_MOST
from tests.cast import every_row
from tests.evaluating import begin, step
from tests.ui.screens.test_downloads import browser
from tests.ui.screens.visit import ORIGIN, House, sees
from ui import routes

PAGE = b"<script>alert(1)</script>"


async def added(house: House, name: str = "page.html", content: bytes = PAGE) -> str:
    """The path of a file in Acme."""
    first = await step(await begin(house.cast.eve), 1)
    await evidence.add_file(house.cast.eve, first.id, name, content)
    return routes.evidence("acme", (await Evidence.get()).id)


async def test_a_page_somebody_added_is_saved_and_never_shown(house: House) -> None:
    path = await added(house)
    async with browser(house.cast.ada_at_acme) as member:
        answer = await member.get(path)
    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''page.html"
    assert answer.headers["content-length"] == f"{len(PAGE)}"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_any_name_fits_into_its_header(house: House) -> None:
    path = await added(house, '../Prüf "x"\r\nset-cookie: a=b; 日本.pdf')
    async with browser(house.cast.eve) as member:
        said = (await member.get(path)).headers["content-disposition"]
    assert said.startswith("attachment; filename*=UTF-8''Pr%C3%BCf%20%22x%22set-cookie%3A%20a%3Db")
    assert said.isascii()


@pytest.mark.parametrize("who", ["sam", "mallory", "ada"])
async def test_a_file_of_others_does_not_exist(house: House, who: str) -> None:
    path = await added(house)
    visitor = getattr(house.cast, who)
    async with browser(visitor) as other:
        own = path.replace("acme", visitor.slug)
        assert (await other.get(own)).status_code == 404
        if who != "ada":  # who is an admin of Acme too
            assert (await other.get(path)).status_code == 404


async def test_a_note_and_what_was_removed_are_no_files(house: House) -> None:
    path = await added(house)
    note = await Evidence.get()
    await evidence.remove(house.cast.eve, note.id)
    await evidence.add_note(house.cast.eve, note.step_id, "a note")
    written = await Evidence.get(text="a note")
    async with browser(house.cast.eve) as member:
        for wanted in (path, routes.evidence("acme", written.id), routes.evidence("acme", 999)):
            assert (await member.get(wanted)).status_code == 404


async def test_head_says_the_kind_and_a_stranger_is_asked_to_sign_in(house: House) -> None:
    path = await added(house)
    before = await every_row()
    async with browser() as stranger:
        for method in ("GET", "HEAD"):
            answer = await stranger.request(method, path)
            assert answer.status_code == 303
            assert httpx.URL(answer.headers["location"]).params["next"] == path
    assert await every_row() == before
    async with browser(house.cast.eve) as member:
        answer = await member.head(path)
    assert (answer.content, answer.headers["content-type"]) == (b"", "application/octet-stream")


async def test_the_server_takes_ten_megabytes_and_refuses_eleven(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    user = await house.visit(house.cast.eve, routes.evaluation("acme", evaluation.id))
    await sees(user, "Product details")
    [upload] = [
        each
        for client in Client.instances.values()
        for each in client.elements.values()
        if isinstance(each, ui.upload)
    ]
    url = upload.props["url"]
    headers = {"origin": ORIGIN}
    for size, status in ((FILE_MOST + 1024 * 1024, 413), (FILE_MOST, 200)):
        files = {"file": ("../../x", b"x" * size)}
        answer = await user.http_client.post(url, files=files, headers=headers)
        assert answer.status_code == status
    await sees(user, "10 MB · Eve Evaluator")
    row = await Evidence.get()
    assert (row.text, row.size) == ("x", FILE_MOST)
