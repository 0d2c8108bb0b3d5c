"""One id for each request: in the log, on the page, in a header of the answer."""

import logging
import re

import pytest

from services import request_id, sessions
from tests.ui.door.site import browser, form_of, owner_token, signed_in
from ui import routes
from ui.door.request_ids import HEADER

ID = re.compile(r"[0-9A-F]{8}")


class Ids(logging.Handler):
    """The id under which each line was written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((request_id.current(), record.getMessage()))


@pytest.fixture
def ids() -> Ids:
    handler = Ids()
    logging.getLogger().addHandler(handler)
    logging.getLogger("tallystick.door").setLevel(logging.INFO)
    return handler


@pytest.mark.parametrize("path", ["/healthz", "/login", "/nowhere", "/static/app.css"])
async def test_every_answer_names_its_request(site: None, path: str) -> None:
    await owner_token()
    async with browser() as client:
        made = [(await client.get(path)).headers[HEADER] for _ in range(3)]
    assert len(set(made)) == 3
    assert all(ID.fullmatch(each) for each in made)


async def test_what_a_stranger_claims_to_be_its_id_is_not_believed(site: None) -> None:
    async with browser() as client:
        answer = await client.get("/healthz", headers={HEADER: "AAAAAAAA"})
    assert answer.headers[HEADER] != "AAAAAAAA"


async def test_the_reference_of_an_error_page_is_the_id_in_the_log(
    site: None, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> str:
        raise RuntimeError("boom")

    await owner_token()
    async with browser() as client:
        fields = await form_of(client, routes.LOGIN)
        monkeypatch.setattr(sessions, "sign_in", broken)
        answer = await client.post(
            routes.LOGIN, data=fields | {"email": "a@example.org", "password": "some words here"}
        )
    assert answer.status_code == 500
    made = answer.headers[HEADER]
    assert made in answer.text
    assert any(each == made and "500" in said for each, said in ids.lines)


async def test_a_page_that_is_not_there_has_one_too(site: None, ids: Ids) -> None:
    async with await signed_in() as client:
        answer = await client.get("/nowhere")
    assert answer.headers[HEADER] in answer.text
    assert any(each == answer.headers[HEADER] for each, _ in ids.lines)
