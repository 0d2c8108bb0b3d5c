"""T20: scanners, previews and prefetching open links; it takes a press to change anything."""

import itertools
from urllib.parse import urlsplit

import httpx
import pytest

from models import Activation
from services import links
from services.links import Purpose
from tests.cast import every_row
from tests.matrix.path_rows import path_of
from tests.matrix.world import World
from tests.trust.conftest import Size
from tests.trust.figures import held
from tests.ui.door.site import sent
from tests.ui.screens.test_downloads import browser
from ui import routes

SCANNERS: tuple[dict[str, str], ...] = (
    {},
    {"purpose": "prefetch", "sec-purpose": "prefetch"},
    {"sec-purpose": "prefetch;prerender", "sec-fetch-mode": "navigate"},
    {"user-agent": "Mozilla/5.0 (compatible; Microsoft-SafeLinks)", "sec-fetch-site": "none"},
    {"x-moz": "prefetch", "origin": "null"},
    {"range": "bytes=0-100", "accept": "*/*"},
)
METHODS = ("GET", "HEAD", "OPTIONS", "GET")
LINKS = (
    routes.ACTIVATION,
    routes.INVITATION,
    routes.RESET_LINK,
    routes.SET_CSV,
    routes.CERTIFICATE,
)
HOLDER = {"name": "Grace Hopper", "email": "grace@example.org"}


async def test_looks_at_every_link_of_a_mail_change_no_row(world: World, size: Size) -> None:
    times, paths = size(quick=200, whole=1000), [path_of(route, world) for route in LINKS]
    before, asked = await every_row(), 0
    async with browser() as scanner:
        turns = itertools.cycle(itertools.product(METHODS, SCANNERS))
        for path, (method, headers) in itertools.product(paths, itertools.islice(turns, times)):
            answer = await scanner.request(method, path, headers=headers)
            assert answer.status_code < 500
            asked += 1
    after = await every_row()
    changed = {name for name in before if before[name] != after[name]}
    held(
        test="T20",
        figure=f"{asked} looks at {len(paths)} kinds of links changed {len(changed)} tables",
        target=f"0 tables after {times:,} looks at each",
        holds=not changed,
        why=", ".join(sorted(changed)),
    )


async def test_after_all_looks_one_press_activates_once(world: World, any_number: None) -> None:
    path = path_of(routes.ACTIVATION, world)
    before = await Activation.all().count()
    async with browser() as scanner, browser() as holder:
        await scanner.get(path)
        bare = await scanner.post(path, data=HOLDER)
        assert bare.status_code == 403
        assert await Activation.all().count() == before
        first = await sent(holder, path, **HOLDER)
        assert (first.status_code, first.headers["location"]) == (303, path)
        await sent(holder, path, **HOLDER)
        await sent(scanner, path, name="Somebody", email="somebody@example.org")
    assert await Activation.all().count() == before + 1


@pytest.mark.parametrize("route", [routes.ACTIVATION, routes.INVITATION, routes.RESET_LINK])
async def test_a_link_that_nobody_can_use_says_the_same_whatever_is_wrong(
    world: World, route: str
) -> None:
    """Altered, of another purpose, of a row that is not there, and nonsense."""
    good = urlsplit(path_of(route, world)).path.rpartition("/")[2]
    wrong = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        ("A" if good[0] != "A" else "B") + good[1:],
        good[:20],
        good + good,
        "x" * 35,
        links.make(Purpose.DOWNLOAD, world.announced.id),
        *(links.make(_purpose(route), row) for row in (10**6, 2**40)),
    ]
    async with browser() as visitor:
        answers = [await visitor.get(route.format(token=token)) for token in wrong]
    assert len({_same(answer) for answer in answers}) == 1
    assert good not in answers[0].text


def _purpose(route: str) -> Purpose:
    return {
        routes.ACTIVATION: Purpose.ACTIVATE,
        routes.INVITATION: Purpose.INVITE,
        routes.RESET_LINK: Purpose.RESET,
    }[route]


def _same(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.text
