"""One message: read, shown in full, tried again, each only by those who may see it."""

from datetime import timedelta

import pytest
import time_machine

from models import Installation, Message
from models.enums import AuditAction, MessageKind, MessageState
from services import messages, outbox
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict, NotFound
from services.letters import PersonalLetter, Pointless
from services.outbox import Draft
from services.zones import now
from tests.cast import Cast, Issued, entries, issue, redeem
from tests.conftest import Configure

COMMANDS = (
    messages.detail,
    messages.preview,
    messages.show,
    messages.in_full,
    messages.retry,
)


@unit_of_work
async def put(by: Actor, made: Issued) -> int:
    draft = Draft(
        kind=MessageKind.PERSONAL,
        workspace_id=made.batch.workspace_id,
        recipient="grace@example.org",
        batch_id=made.batch.id,
        code_id=made.codes[0].id,
        requested_by_id=by.person_id,
    )
    return (await outbox.put([draft]))[0]


async def test_a_preview_is_masked_and_leaves_no_trace(cast: Cast) -> None:
    made = await issue(cast.sam, cast.month)
    letter = await messages.preview(cast.sam, await put(cast.sam, made))
    assert isinstance(letter, PersonalLetter)
    assert (letter.code.text[-4:], letter.code.token) == (made.codes[0].ending, None)
    assert made.bodies[0] not in letter.code.text.replace("-", "")
    assert await entries(AuditAction.SHOW) == []


async def test_showing_it_in_full_is_recorded_once(cast: Cast) -> None:
    made = await issue(cast.sam, cast.month)
    message_id = await put(cast.sam, made)
    letter = await messages.show(cast.ada, message_id)
    assert isinstance(letter, PersonalLetter) and letter.code.text == made.texts[0]
    assert await messages.in_full(cast.ada, message_id) == letter
    [entry] = await entries(AuditAction.SHOW)
    assert (entry.resource, entry.target_id) == ("MESSAGE", message_id)
    assert (entry.person_id, entry.workspace_id, entry.detail) == (
        cast.ada.person_id,
        cast.northwind.id,
        {},
    )


async def test_what_has_nothing_to_say_is_not_recorded_as_shown(cast: Cast) -> None:
    made = await issue(cast.sam, cast.month)
    message_id = await put(cast.sam, made)
    await redeem(made.texts[0])
    with pytest.raises(Pointless):
        await messages.show(cast.sam, message_id)
    assert await entries(AuditAction.SHOW) == []


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_message_of_others_does_not_exist(cast: Cast, command) -> None:
    made = await issue(cast.ada, cast.month)
    of_ada = await put(cast.ada, made)
    foreign = await put(cast.mallory, await issue(cast.mallory, cast.foreign_plan))
    of_nobody = await put(cast.olga, made)
    await Message.filter(id=of_nobody).update(workspace_id=None)
    for who, message_id in (
        (cast.sam, of_ada),
        (cast.mallory, of_ada),
        (cast.ada, foreign),
        (cast.olga, foreign),
        (cast.olga, of_nobody),
        (cast.eve, of_ada),
        (cast.ada, 0),
        (cast.ada, 10**40),
    ):
        with pytest.raises(NotFound):
            await command(who, message_id)
    assert await entries(AuditAction.SHOW) == await entries(AuditAction.RETRY) == []


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.RETRYING])
async def test_a_message_that_failed_or_waits_is_due_at_once(
    clock: time_machine.Traveller, cast: Cast, state: MessageState
) -> None:
    message_id = await put(cast.sam, await issue(cast.sam, cast.month))
    before = await Message.get(id=message_id)
    later = now() + timedelta(hours=4)
    await Message.filter(id=message_id).update(state=state, tries=3, next_try_at=later)
    clock.shift(timedelta(hours=1))
    await messages.retry(cast.sam, message_id)
    after = await Message.get(id=message_id)
    assert (after.state, after.next_try_at, after.queued_at) == (MessageState.QUEUED, now(), now())
    assert (after.message_id, after.created_at) == (before.message_id, before.created_at)
    [entry] = await entries(AuditAction.RETRY)
    assert (entry.resource, entry.target_id) == ("MESSAGE", message_id)
    with pytest.raises(Conflict, match="about to be sent"):
        await messages.retry(cast.sam, message_id)
    assert len(await entries(AuditAction.RETRY)) == 1


async def test_why_mail_waits_is_told(cast: Cast, configure: Configure) -> None:
    assert "No mail server" in await messages.held_because()
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    assert await messages.held_because() == ""
    # the answer may name somebody of another workspace: it is the owner's
    problem = "530 5.7.1 <bob@elsewhere.example>: authenticate first"
    await Installation.all().update(mail_paused_at=now(), mail_problem=problem)
    assert await messages.held_because() == messages.PAUSED
    await Installation.all().update(mail_paused_at=None)
    assert await messages.held_because() == ""
