"""T11: whatever is typed into any field is taken as text or refused beside its field."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services import code_alphabet
from services.database import unit_of_work
from services.errors import DomainError, Invalid
from tests.conftest import Configure
from tests.matrix.path_rows import path_of
from tests.matrix.world import World
from tests.trust.figures import held
from tests.trust.web.fields import FIELDS, Field, named
from tests.trust.web.nasty import CODES, TEXTS
from tests.ui.door.site import form_of
from tests.ui.screens.test_downloads import browser
from ui import routes

HANGS = 10
ANSWERS = (200, 303, 413, 422)
FORM = {"content-type": "application/x-www-form-urlencoded"}


class _Undone(Exception):
    """Ends the unit of work that a field was filled in, so that the world stays as it is."""


async def _fill(field: Field, world: World, text: str) -> None:
    @unit_of_work
    async def undone() -> None:
        await field.act(world, text)
        raise _Undone

    with suppress(_Undone):
        await (field.act(world, text) if field.alone else undone())


@settings(settings.get_profile("fields"))
@given(field=st.sampled_from(FIELDS), text=TEXTS)
@example(field=named("customer"), text="9" * 400)
@example(field=named("search customers"), text="ŉ" * 200)
@example(field=named("user in the log"), text="0" * 19 + "1" + "9" * 30)
async def test_a_field_takes_a_text_or_says_beside_it_why_not(
    world: World, any_number: None, field: Field, text: str
) -> None:
    try:
        async with asyncio.timeout(HANGS):
            await _fill(field, world, text)
    except Invalid as error:
        assert set(error.fields) <= set(field.told), (field, error.fields)
        assert all(sentence.endswith(".") for sentence in error.fields.values())
    except DomainError as error:
        assert error.message


@settings(settings.get_profile("codes alone"))
@given(text=CODES)
def test_what_is_cleaned_stays_clean(text: str) -> None:
    cleaned = code_alphabet.clean(text)
    assert code_alphabet.clean(cleaned) == cleaned
    try:
        read = code_alphabet.read(text)
    except Invalid as error:
        assert set(error.fields) == {"code"}
    else:
        assert code_alphabet.read(code_alphabet.display(read.body, read.prefix)) == read


class Parsed(HTMLParser):
    """The form as a browser has it: what each field holds, and every tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.tags: list[tuple[str, ...]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, *sorted(given.keys() - {"autofocus", "aria-invalid"})))
        if tag == "input":
            self.values[given.get("name") or ""] = given.get("value") or ""


# What else is sent stops each form from being used up, so that it is there for the next text.
PUBLIC = [
    (routes.REDEEM, {"code": "", "name": "Grace", "email": "grace@example.org"}),
    (routes.ACTIVATION, {"name": "", "email": "nobody"}),
    (routes.INVITATION, {"name": "", "password": "short"}),
    (routes.RESET, {"email": "grace@example.org"}),
    (routes.LOGIN, {"email": "grace@example.org", "password": "x"}),
]
OF_PAGES = [(route, field) for route, form in PUBLIC for field in form]


class Pages:
    """The public forms, opened once, and how long their answers took."""

    def __init__(self, world: World, client: httpx.AsyncClient) -> None:
        self.world, self.client = world, client
        self.forms: dict[str, dict[str, str]] = {}
        self.asked, self.slowest = 0, 0.0

    async def send(self, route: str, field: str, typed: bytes) -> httpx.Response:
        path = path_of(route, self.world)
        if route not in self.forms:
            self.forms[route] = await form_of(self.client, path) | dict(PUBLIC)[route]
        pairs = {name: value.encode() for name, value in self.forms[route].items()} | {field: typed}
        body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs.items())
        began = time.perf_counter()
        async with asyncio.timeout(HANGS):
            answer = await self.client.post(path, content=body, headers=FORM)
        self.asked += 1
        self.slowest = max(self.slowest, time.perf_counter() - began)
        return answer


@pytest.fixture
async def pages(world: World, any_number: None, configure: Configure) -> AsyncIterator[Pages]:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    async with AsyncExitStack() as stack:
        made = Pages(world, await stack.enter_async_context(browser()))
        yield made
    held(
        test="T11",
        figure=f"{made.asked} hostile texts sent; the slowest answer took {made.slowest:.2f} s",
        target=f"no 5xx, none above {HANGS} s",
        holds=made.slowest < HANGS,
    )


async def _judged(pages: Pages, route: str, field: str, text: str) -> None:
    typed = text.encode("utf-8", "surrogatepass")
    answer = await pages.send(route, field, typed)
    assert answer.status_code in ANSWERS, answer.status_code
    if answer.status_code != 422:
        return
    page = Parsed(answer.text)
    if field != "password":
        assert page.values.get(field) == typed.decode("utf-8", "replace")
    assert 'class="error"' in answer.text or 'role="alert"' in answer.text
    assert {tag for tag, *_ in page.tags}.isdisjoint({"script", "img", "svg", "iframe", "textarea"})
    assert not [name for _, *names in page.tags for name in names if name.startswith("on")]


@settings(settings.get_profile("fields"))
@given(where=st.sampled_from(OF_PAGES), text=TEXTS)
async def test_a_public_form_shows_what_was_typed_as_text(
    pages: Pages, where: tuple[str, str], text: str
) -> None:
    await _judged(pages, *where, text)


@settings(settings.get_profile("codes"))
@given(text=CODES)
async def test_nothing_typed_as_a_code_breaks_or_holds_up_the_page(pages: Pages, text: str) -> None:
    await _judged(pages, routes.REDEEM, "code", text)
