"""What a session that proved nothing lately gets: no full code beyond ten, no change of people."""

from dataclasses import replace
from datetime import timedelta

from models import Budget, Session
from services.actor import Actor
from services.errors import ConfirmationDue
from services.step_up import CODES
from services.zones import now
from tests.conftest import POSTGRES
from tests.matrix.command_rows import ROWS
from tests.matrix.commands import Command
from tests.matrix.doing import done
from tests.matrix.world import World

ASKED = {
    *("codes.show", "codes.copy", "purchases.show", "purchases.copy", "messages.show"),
    *("exports.batch_csv", "exports.batch_xlsx", "exports.begin", "exports.foresee"),
    *("purchase_export.batch_csv", "purchase_export.batch_xlsx", "announced_files.set_csv"),
    *("batches.request", "purchases.request", "deliveries.send", "resending.to_all_failed"),
    *("resending.to_all_waiting", "resending.resend", "resending.redirect"),
    *("messages.retry", "resending.retry"),
    *("members.change_role", "members.remove", "users.disable", "users.enable"),
    *("users.make_owner", "users.remove_owner", "erasure.erase", "audit_heads.mail_to"),
    *("passkeys.begin_adding", "passkeys.remove"),
    *(() if POSTGRES else ("backups.may_download", "backups.download", "backups.delete")),
    *("invitations.invite", "invitations.invite_owner", "invitations.resend"),
}
"""Once ten codes were seen; a new command that gives a full code away has to stand here."""
REST = {"messages.in_full"}
"""For the frame of a mail that `messages.show` let through a moment ago."""


async def test_a_session_that_proved_nothing_lately_is_asked_and_gets_no_full_code(
    world: World,
) -> None:
    who = {letter: await _unconfirmed(actor) for letter, actor in world.here.items()}
    full = [*world.batch.texts, *world.sams.texts, *world.bought.texts]
    asked, given = set[str](), list[str]()
    for command in sorted((each for each in ROWS if each.may), key=lambda each: each.alone):
        told = await _told(command, world, who[command.may[0]])
        if told is None:
            asked.add(command.name)
        elif command.name not in REST and any(text in told for text in full):
            given.append(str(command))
    assert given == []
    assert asked == ASKED


async def _unconfirmed(actor: Actor) -> Actor:
    """At a session of yesterday that has seen ten codes within the hour."""
    yesterday = now() - timedelta(days=1)
    session = await Session.create(
        user_id=actor.user_id,
        token_digest=f"digest {actor.session_id}",
        address="::1",
        browser="",
        seen_at=now(),
        confirmed_at=yesterday,
    )
    await Budget.create(key=f"codes:{session.id}", spent=CODES, began_at=now())
    return replace(actor, session_id=session.id)


async def _told(command: Command, world: World, who: Actor) -> str | None:
    """What it answered; None where a confirmation is due."""
    try:
        return (await done(command, world, who))[0]
    except ConfirmationDue:
        return None
    except Exception:
        if command.stopped:
            return ""
        raise
