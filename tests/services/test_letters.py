"""What a message says is read from what it is about, at the moment it is sent."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import Activation, Batch, Code, Entitlement, Message, Person, Workspace
from models.enums import BatchState, MessageKind, Status
from services import batches, codes, deliveries, letters, links, outbox
from services.database import unit_of_work
from services.errors import NotFound
from services.letters import (
    CodesLetter,
    ConfirmationLetter,
    DownloadLetter,
    PersonalLetter,
    Pointless,
)
from services.links import DOWNLOAD_LASTS, Purpose
from services.outbox import Draft
from services.recipients import Recipient
from tests.cast import Cast, Issued, activated, issue, redeem

KINDS = (MessageKind.CODES, MessageKind.DOWNLOAD, MessageKind.PERSONAL)


@unit_of_work
async def put(made: Issued, kind: MessageKind, **more: object) -> int:
    draft = Draft(
        kind=kind,
        workspace_id=made.batch.workspace_id,
        recipient="grace@example.org",
        name="Grace Hopper",
        batch_id=made.batch.id,
        code_id=made.codes[0].id if kind is MessageKind.PERSONAL else None,
    )
    [message_id] = await outbox.put([draft])
    if more:
        await Message.filter(id=message_id).update(**more)
    return message_id


async def confirmation_of(made: Issued) -> Message:
    return await Message.get(code_id=made.codes[0].id, kind=MessageKind.CONFIRMATION)


async def test_a_set_holds_every_ready_code_with_its_own_link(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month, 4, prefix="NW", note="for our eyes only")
    activated(await redeem(made.texts[1]))
    await codes.revoke(cast.ada, made.codes[2].id)
    letter = await letters.read(await put(made, MessageKind.CODES))
    assert isinstance(letter, CodesLetter)
    assert [(each.text, each.token) for each in letter.codes] == [
        (made.texts[0], made.tokens[0]),
        (made.texts[3], made.tokens[3]),
    ]
    assert (letter.made, letter.product, letter.plan, letter.days) == (
        4,
        "Welding basics",
        "Month",
        30,
    )
    assert (letter.workspace, letter.zone) == ("Northwind Academy", "Europe/Berlin")
    assert "our eyes" not in repr(letter)


async def test_validity_is_told_as_days_of_the_workspace(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    first, last = date(2026, 3, 29), date(2026, 4, 2)  # from the day that summer time begins
    made = await issue(cast.ada, cast.month, valid_from=first, expires_on=last)
    for kind in (MessageKind.CODES, MessageKind.PERSONAL):
        letter = await letters.read(await put(made, kind))
        assert isinstance(letter, CodesLetter | PersonalLetter)
        assert (letter.valid_from, letter.expires_on) == (first, last)


async def test_a_code_that_is_not_valid_yet_is_sent(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    made = await issue(cast.ada, cast.month, valid_from=date(2026, 4, 1))
    assert await letters.read(await put(made, MessageKind.PERSONAL))
    assert await letters.read(await put(made, MessageKind.CODES))


async def test_the_download_is_of_this_message_and_ends_after_seven_days(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    made = await issue(cast.ada, cast.month)
    message_id = await put(made, MessageKind.DOWNLOAD)
    letter = await letters.read(message_id)
    assert isinstance(letter, DownloadLetter) and letter.token
    link = links.read(Purpose.DOWNLOAD, letter.token)
    assert link and link.row_id == message_id
    assert links.read(Purpose.ACTIVATE, letter.token) is None
    assert letter.until == datetime(2026, 3, 17, 12, tzinfo=UTC)
    clock.shift(DOWNLOAD_LASTS - timedelta(seconds=1))
    assert await letters.read(message_id) == letter
    clock.shift(timedelta(seconds=1))
    with pytest.raises(Pointless, match=r"link .* has ended"):
        await letters.read(message_id)


async def test_a_personal_mail_holds_one_code(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    letter = await letters.read(await put(made, MessageKind.PERSONAL))
    assert isinstance(letter, PersonalLetter)
    assert (letter.code.text, letter.code.token) == (made.texts[0], made.tokens[0])
    assert (letter.name, letter.recipient) == ("Grace Hopper", "grace@example.org")


async def test_a_link_withdrawn_since_is_replaced_by_the_new_one(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    message_id = await put(made, MessageKind.PERSONAL)
    await Code.filter(id=made.codes[0].id).update(link_version=2)
    letter = await letters.read(message_id)
    assert isinstance(letter, PersonalLetter) and letter.code.token
    link = links.read(Purpose.ACTIVATE, letter.code.token)
    assert link and link.version == 2


async def test_an_earlier_mail_never_brings_the_link_to_whom_it_was_taken_from(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    other = await Person.create(
        workspace_id=cast.northwind.id, name="Ida", email="ida@x.org", email_key="ida@x.org"
    )
    message_id = await put(made, MessageKind.PERSONAL)
    await Code.filter(id=made.codes[0].id).update(sent_to_id=other.id)
    with pytest.raises(Pointless, match="another address"):
        await letters.read(message_id)
    await Message.filter(id=message_id).update(recipient="IDA@X.org", recipient_key="ida@x.org")
    assert await letters.read(message_id)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (Status.ACTIVATED, "activated already"),
        (Status.REVOKED, "was revoked"),
        (Status.HELD, "held after a restore"),
    ],
)
async def test_a_code_that_is_gone_is_not_sent_and_the_reason_is_a_sentence(
    cast: Cast, status: Status, why: str
) -> None:
    made = await issue(cast.ada, cast.month)
    message_id = await put(made, MessageKind.PERSONAL)
    await Code.filter(id=made.codes[0].id).update(status=status)
    with pytest.raises(Pointless, match=why) as refused:
        await letters.read(message_id)
    assert refused.value.message.endswith(".")


async def test_expired_codes_are_not_sent(clock: time_machine.Traveller, cast: Cast) -> None:
    made = await issue(cast.ada, cast.month, expires_on=date(2026, 3, 10))
    ids = [await put(made, kind) for kind in (MessageKind.CODES, MessageKind.PERSONAL)]
    clock.shift(timedelta(days=1))
    for message_id in ids:
        with pytest.raises(Pointless, match="expired"):
            await letters.read(message_id)


async def test_a_set_leaves_out_what_went_to_people(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    people = [Recipient("ann@uni.example")]
    await deliveries.send(cast.ada, made.batch.id, people, "one dialog")
    message_id = await put(made, MessageKind.CODES)
    letter = await letters.read(message_id)
    assert isinstance(letter, CodesLetter)
    assert [each.text for each in letter.codes] == made.texts[1:]
    people = [Recipient("bob@uni.example"), Recipient("cem@uni.example")]
    await deliveries.send(cast.ada, made.batch.id, people, "another dialog")
    with pytest.raises(Pointless, match="sent to somebody"):
        await letters.read(message_id)


async def test_a_set_without_any_unused_code_is_not_sent(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    message_id = await put(made, MessageKind.CODES)
    await batches.revoke_unused(cast.ada, made.batch.id)
    with pytest.raises(Pointless, match="Every code of this batch is used"):
        await letters.read(message_id)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", [state for state in BatchState if state is not BatchState.DONE])
async def test_nothing_is_said_of_a_batch_that_is_not_done(
    cast: Cast, kind: MessageKind, state: BatchState
) -> None:
    made = await issue(cast.ada, cast.month)
    message_id = await put(made, kind)
    await Batch.filter(id=made.batch.id).update(state=state)
    with pytest.raises(Pointless):
        await letters.read(message_id)


@pytest.mark.parametrize("kind", KINDS)
async def test_masked_it_holds_no_code_and_no_token(cast: Cast, kind: MessageKind) -> None:
    made = await issue(cast.ada, cast.month, prefix="NW")
    message_id = await put(made, kind)
    letter = await letters.read(message_id, masked=True)
    told = repr(letter)
    assert not any(secret in told for secret in (*made.texts, *made.bodies, *made.tokens))
    assert links.make(Purpose.DOWNLOAD, message_id) not in told
    if isinstance(letter, PersonalLetter):
        assert letter.code.text == f"••••-••••-••••-{made.codes[0].ending}"


async def test_an_activation_queues_one_confirmation_to_its_holder(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    made = await issue(cast.ada, cast.month)
    outcome = activated(await redeem(made.texts[0], email="Grace@Example.ORG"))
    message = await confirmation_of(made)
    assert (message.recipient, message.recipient_key, message.recipient_name) == (
        "Grace@example.org",
        "grace@example.org",
        "Grace Hopper",
    )
    assert (message.activation_id, message.batch_id) == (outcome.activation_id, made.batch.id)
    assert (message.workspace_id, message.requested_by_id) == (cast.northwind.id, None)
    letter = await letters.read(message.id)
    assert isinstance(letter, ConfirmationLetter)
    assert (letter.begins_on, letter.until) == (date(2026, 3, 10), date(2026, 4, 9))
    assert letter.token == outcome.token
    masked = await letters.read(message.id, masked=True)
    assert isinstance(masked, ConfirmationLetter) and masked.token is None


async def test_a_confirmation_tells_of_a_lifetime_and_of_what_was_changed_since(cast: Cast) -> None:
    forever, month = await issue(cast.ada, cast.forever), await issue(cast.ada, cast.month)
    activated(await redeem(forever.texts[0]))
    letter = await letters.read((await confirmation_of(forever)).id)
    assert isinstance(letter, ConfirmationLetter)
    assert (letter.days, letter.until) == (None, None)
    activated(await redeem(month.texts[0]))
    until = datetime(2031, 1, 1, tzinfo=UTC)
    await Entitlement.filter(plan_id=cast.month.id).update(ends_at=until)
    letter = await letters.read((await confirmation_of(month)).id)
    assert isinstance(letter, ConfirmationLetter)
    assert letter.until == date(2031, 1, 1)  # Berlin is an hour ahead


async def test_what_was_undone_is_not_confirmed(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    activated(await redeem(made.texts[0]))
    message = await confirmation_of(made)
    await Activation.filter(id=message.activation_id).update(undone_at=message.created_at)
    with pytest.raises(Pointless, match="undone"):
        await letters.read(message.id)


async def test_a_mail_says_the_names_of_the_moment_it_is_sent(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    message_id = await put(made, MessageKind.CODES)
    await Workspace.filter(id=cast.northwind.id).update(name="Northwind College")
    letter = await letters.read(message_id)
    assert isinstance(letter, CodesLetter)
    assert letter.workspace == "Northwind College"


@pytest.mark.parametrize("message_id", [0, -1, 10**12, 2**63, 10**40])
async def test_a_message_that_is_not_there_is_not_found(cast: Cast, message_id: int) -> None:
    with pytest.raises(NotFound):
        await letters.read(message_id)
