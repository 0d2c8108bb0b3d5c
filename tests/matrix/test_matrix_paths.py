"""Every page and download for every role, in the workspace, elsewhere and signed out."""

from collections.abc import Iterator

import httpx
import pytest
from nicegui import Client, app
from nicegui.testing import User as Tab

from models import User
from services.actor import Actor
from services.zones import now
from tests.cast import every_row
from tests.matrix.path_rows import DOWNLOADS, OWN_DOWNLOADS, PAGES, PUBLIC, path_of
from tests.matrix.world import ROLES, SECRETS, World
from tests.ui.screens.test_downloads import browser
from tests.ui.screens.visit import House, rows, until, words
from ui import routes
from ui.app import needs
from ui.door import rights

VISITORS = [("here", letter) for letter in ROLES] + [("elsewhere", letter) for letter in "ASE"]
MISSING = "Page not found"


def _may(route: str, may: str, place: str, letter: str) -> bool:
    belongs = place == "here" or "{slug}" not in route
    return letter in may and belongs


def _visitor(world: World, place: str, letter: str) -> Actor:
    return getattr(world, place)[letter]


def test_every_path_stands_in_the_matrix() -> None:
    assert set(PAGES) == set(routes.SUB_PAGES)
    assert set(DOWNLOADS) == set(routes.DOWNLOADS)
    assert set(PUBLIC) == set(routes.PUBLIC)


async def test_the_program_answers_no_other_path(house: House) -> None:
    """Of its own; the door lets nothing else through to NiceGUI than a tab's own routes."""
    answered = {route.path for route in app.routes if hasattr(route, "path")}
    own = {path for path in answered if not path.startswith("/_nicegui")}
    known = {*routes.DOWNLOADS, *routes.PUBLIC, routes.FAVICON, f"{routes.STATIC}/{{path:path}}"}
    assert own - known == set()


@pytest.mark.parametrize(("place", "letter"), VISITORS)
async def test_a_page_is_there_for_whom_it_is_meant_and_for_nobody_else(
    house: House, world: World, place: str, letter: str
) -> None:
    wanted = {
        route: row.title if _may(route, row.may, place, letter) else MISSING
        for route, row in PAGES.items()
    }
    user = await house.visit(_visitor(world, place, letter))
    seen = {route: await title_of(user, path_of(route, world), wanted[route]) for route in PAGES}
    assert seen == wanted


@pytest.fixture
def rights_asked() -> Iterator[None]:
    """The door asks who may see a page, as in the program."""
    rights.use(needs())
    yield
    rights.use({})


@pytest.mark.parametrize(("place", "letter"), VISITORS)
async def test_a_page_one_may_not_see_is_a_404_that_builds_nothing(
    house: House, world: World, rights_asked: None, place: str, letter: str
) -> None:
    async with browser(_visitor(world, place, letter)) as visitor:
        clients = len(Client.instances)
        for route, row in PAGES.items():
            expected = 200 if _may(route, row.may, place, letter) else 404
            path = path_of(route, world)
            assert (await visitor.head(path)).status_code == expected, path
            if expected == 404:
                answer = await visitor.get(path)
                assert (answer.status_code, MISSING in answer.text) == (404, True), path
        assert len(Client.instances) == clients


async def title_of(user: Tab, path: str, wanted: str) -> str:
    """How the tab's title begins once the page stands; what is refused shows nothing of it."""
    await user.open(path)
    try:
        await until(lambda: (_tab(user) or "").startswith(wanted))
    except TimeoutError:
        return f"{_tab(user)}: {words(user)[:200]}"
    if wanted == MISSING:
        told = f"{words(user)}{rows(user)}"
        leaked = [secret for secret in SECRETS if secret in told]
        return f"{MISSING}, but it tells {leaked}" if leaked else wanted
    return wanted if MISSING not in words(user) else MISSING


def _tab(user: Tab) -> str | None:
    return user._client.title if user._client else None


@pytest.mark.parametrize(("place", "letter"), VISITORS)
async def test_a_file_is_there_for_whom_it_is_meant_and_for_nobody_else(
    house: House, world: World, place: str, letter: str
) -> None:
    wanted = {
        path: 200 if _may(route, may, place, letter) else 404
        for route, path, may in _downloads(world)
    }
    async with browser(_visitor(world, place, letter)) as visitor:
        before = await every_row()
        for status in (404, 200):  # what is refused first, as what is given is written down
            for path in [each for each in wanted if wanted[each] == status]:
                answer = await visitor.get(path)
                assert answer.status_code == status, path
                assert status == 200 or not [s for s in SECRETS if s in answer.text], path
            if status == 404:
                assert await every_row() == before


def _downloads(world: World) -> list[tuple[str, str, str]]:
    """Route, path, and who may."""
    found = [(route, path_of(route, world), may) for route, may in DOWNLOADS.items()]
    for route, (row_of, may) in OWN_DOWNLOADS.items():
        path = route.format(slug=world.cast.northwind.slug, message_id=row_of(world))
        found.append((route, path, may))
    return found


@pytest.mark.parametrize("letter", ["", "O", "S"])
async def test_signed_out_and_disabled_every_page_and_file_leads_to_the_sign_in(
    house: House, world: World, letter: str
) -> None:
    async with browser(world.here[letter] if letter else None) as stranger:
        if letter:
            await User.filter(id=world.here[letter].user_id).update(disabled_at=now())
        before = await every_row()
        for route in (*routes.SUB_PAGES, *routes.DOWNLOADS):
            path = path_of(route, world)
            answer = await stranger.get(path)
            target = httpx.URL(answer.headers.get("location", ""))
            assert (answer.status_code, target.path) == (303, routes.LOGIN), path
            assert answer.text == ""
            assert (await stranger.post(path)).status_code == 404, path
        assert await every_row() == before


@pytest.mark.parametrize("signed_in", [False, True])
async def test_a_public_page_is_the_same_for_everybody_and_a_look_changes_nothing(
    house: House, world: World, signed_in: bool
) -> None:
    async with browser(world.here["S"] if signed_in else None) as visitor:
        before = await every_row()
        seen = {
            route: (await visitor.get(path_of(route, world))).status_code for route in routes.PUBLIC
        }
    assert seen == {route: statuses[signed_in] for route, statuses in PUBLIC.items()}
    assert await every_row() == before
