"""What a visitor sees of a fault."""

import re
from collections.abc import AsyncIterator

import pytest
from fastapi import Response
from fastapi.responses import StreamingResponse
from nicegui import app, core

from services.errors import NotFound
from tests.ui.door.site import browser, signed_in
from ui import routes
from ui.door import body_limit

pytestmark = pytest.mark.usefixtures("site")
SECRET = "K7QM-SECRET"


def answering(endpoint: object) -> None:
    """Have the health route do something else."""
    app.remove_route(routes.HEALTHZ)
    app.add_api_route(routes.HEALTHZ, endpoint, methods=["GET"])  # pyright: ignore[reportArgumentType]


async def test_a_fault_shows_a_reference_and_the_log_has_the_rest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails() -> Response:
        raise ValueError(SECRET)

    answering(fails)
    async with browser() as visitor:
        answer = await visitor.get(routes.HEALTHZ)
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert "ValueError" not in answer.text
    found = re.search(r"<code>([0-9A-F]{8})</code>", answer.text)
    assert found
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert found[1] in record.getMessage()
    assert record.exc_info


async def test_a_refusal_in_words_is_shown_in_words() -> None:
    async def refuses() -> Response:
        raise NotFound("This batch does not exist, or not for you.")

    answering(refuses)
    async with browser() as visitor:
        answer = await visitor.get(routes.HEALTHZ)
    assert answer.status_code == 404
    assert "This batch does not exist, or not for you." in answer.text


async def test_a_download_that_breaks_off_is_no_second_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def rows() -> AsyncIterator[str]:
        yield "code\n"
        raise OSError(SECRET)

    async def streams() -> Response:
        return StreamingResponse(rows())

    answering(streams)
    async with browser() as visitor:
        with pytest.raises(AssertionError):  # the transport misses the end of the answer
            await visitor.get(routes.HEALTHZ)
    assert [record for record in caplog.records if record.levelname == "ERROR"]


async def test_an_activation_link_never_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with browser() as visitor:
        await visitor.put(f"/a/{SECRET}")
    assert "PUT /a/{token}" in caplog.text
    assert not [r for r in caplog.records if r.name != "httpx" and SECRET in r.getMessage()]


async def test_a_body_over_the_limit_is_refused_announced_or_not() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * (body_limit.BODY_MAX // 2)

    form = {"content-type": "application/x-www-form-urlencoded"}
    async with browser() as visitor:
        announced = await visitor.post(routes.REDEEM, content=b"x" * 70_000, headers=form)
        streamed = await visitor.post(routes.REDEEM, content=chunks(), headers=form)
    assert (announced.status_code, streamed.status_code) == (413, 413)


async def test_a_public_page_takes_no_other_method() -> None:
    async with browser() as visitor:
        answer = await visitor.put(routes.LOGIN)
        nothing = await visitor.get(routes.LOGOUT)
    assert (answer.status_code, nothing.status_code) == (405, 405)
    assert "Reference" in answer.text


async def test_a_page_that_cannot_be_built_is_an_error_page(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails() -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(core, "root", fails)
    async with await signed_in() as person:
        answer = await person.get(routes.HOME)
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert "Reference" in answer.text
