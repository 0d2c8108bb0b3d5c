"""T27: what the browser of each role holds, whether it is shown or not, has no secret in it."""

import json
from typing import Any

import pytest
from nicegui.testing import User as Tab

from models import Invitation, PasswordReset
from services import links
from services.links import Purpose
from tests.matrix.path_rows import PAGES, path_of
from tests.matrix.test_matrix_paths import title_of
from tests.matrix.world import World
from tests.trust.figures import held
from tests.trust.test_canaries import leaks
from tests.ui.screens.visit import House, until
from ui import routes


def _source(tab: Tab) -> str:
    """Every element as it is sent, whoever may see it, and the page around them."""
    with tab:
        elements = [element._to_dict() for element in tab.client.elements.values()]
    return json.dumps(elements, default=str) + repr(tab.client.__dict__.get("_head_html", ""))


async def _secrets(world: World) -> dict[str, str]:
    made = (world.batch, world.sams, world.bought)
    found = {token: "link" for each in made for token in each.tokens}
    found |= {links.make(Purpose.RESET, row.id): "reset" for row in await PasswordReset.all()}
    found |= {links.make(Purpose.INVITE, row.id): "invitation" for row in await Invitation.all()}
    return found


@pytest.mark.parametrize("letter", "ASE")
async def test_no_page_of_a_role_holds_a_code_or_a_link(
    house: House, world: World, letter: str
) -> None:
    bodies = [body for each in (world.batch, world.sams, world.bought) for body in each.bodies]
    secrets, found, seen = await _secrets(world), list[Any](), 0
    tab = await house.visit(world.here[letter])
    for route, row in PAGES.items():
        if letter not in row.may:
            continue
        await title_of(tab, path_of(route, world), row.title)
        if route in (routes.BATCH, routes.PURCHASE_BATCH):
            await until(lambda: any(body[-4:] in _source(tab) for body in bodies))
        source = _source(tab)
        seen += len(source)
        found += [f"{route}: code" for _ in leaks(source.encode(), bodies)]
        found += [f"{route}: {kind}" for secret, kind in secrets.items() if secret in source]
    held(
        test="T27",
        figure=f"{len(bodies)} codes and {len(secrets)} links: {len(found)} in the pages of role "
        f"{letter} ({seen:,} letters)",
        target="0",
        holds=not found and seen > 10_000,
        why=", ".join(found[:5]),
    )
