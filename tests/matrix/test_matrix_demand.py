"""Who is to set up a second factor first: every command but that is shut to them."""

from contextlib import suppress
from dataclasses import replace

from services.errors import FactorDue, NotFound
from tests.cast import every_row
from tests.matrix.command_rows import ROWS
from tests.matrix.doing import done
from tests.matrix.world import World

OPEN = {
    *("totp.begin", "totp.add", "totp.remove", "recovery.renew", "factors.mine"),
    *("passkeys.of", "passkeys.begin_adding", "passkeys.add", "passkeys.rename"),
    *("passkeys.remove", "passkeys.begin_confirming", "passkeys.confirm"),
    *("confirming.asks", "confirming.confirm"),
    *("accounts.rename", "accounts.choose_theme", "accounts.change_password"),
    *("own_sessions.of", "own_sessions.end", "own_sessions.end_others"),
}
"""One's own way in, and the name on it."""
EMPTY = {
    *("attention.of_agreements", "attention.of_codes", "attention.of_evaluations"),
    *("notifications.latest", "notifications.newest", "notifications.unread"),
}
"""What stands on pages that are refused, or in the header: answered with nothing."""
PLACES = {"workspaces.of", "sessions.seated"}
"""Which workspaces there will be."""


async def test_every_other_command_is_refused_before_it_does_or_says_anything(
    world: World,
) -> None:
    due = {letter: replace(actor, factor_due=True) for letter, actor in world.here.items()}
    opened, told = set[str](), list[str]()
    for command in (each for each in ROWS if each.may and each.name not in OPEN):
        before = await every_row()
        with suppress(FactorDue, NotFound):
            said, _ = await done(command, world, due[command.may[0]])
            opened.add(command.name)
            if command.name not in PLACES and said not in ("0", "[]"):
                told.append(f"{command}: {said}")
        if command.writes:
            assert await every_row() == before, command
    assert (opened, told) == (EMPTY | PLACES, [])
