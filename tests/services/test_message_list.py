"""The Messages page: who sees which mails, and how they are found."""

import pytest

from models import Message
from models.enums import MessageKind, MessageState
from services import message_list, outbox
from services.actor import Actor
from services.database import unit_of_work
from services.errors import NotFound
from services.message_list import MessageFilter, MessageView
from services.outbox import Draft
from services.paging import Slice
from tests.cast import Cast, Issued, activated, issue, redeem


@unit_of_work
async def put(by: Actor, made: Issued, recipient: str = "grace@example.org", name: str = "") -> int:
    draft = Draft(
        kind=MessageKind.PERSONAL,
        workspace_id=made.batch.workspace_id,
        recipient=recipient,
        name=name,
        batch_id=made.batch.id,
        code_id=made.codes[0].id,
        requested_by_id=by.person_id,
    )
    return (await outbox.put([draft]))[0]


async def rows(
    who: Actor,
    wanted: MessageFilter = MessageFilter(),  # noqa: B008
    **part: object,
) -> list[MessageView]:
    return (await message_list.page(who, wanted, Slice(**part))).rows


async def found(who: Actor, search: str) -> list[int]:
    return [row.id for row in await rows(who, MessageFilter(search=search))]


async def test_the_newest_message_stands_first_with_what_it_is_about(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    first = await put(cast.ada, made)
    activated(await redeem(made.texts[1]))
    confirmation, personal = await rows(cast.ada)
    assert (personal.id, personal.kind) == (first, MessageKind.PERSONAL)
    assert (confirmation.kind, confirmation.recipient, confirmation.name) == (
        MessageKind.CONFIRMATION,
        "grace@example.org",
        "Grace Hopper",
    )
    for row in (confirmation, personal):
        assert (row.product, row.days, row.codes) == ("Welding basics", 30, 3)
        assert (row.state, row.tries) == (MessageState.QUEUED, 0)


async def test_admins_see_every_mail_of_the_workspace_and_sales_people_their_own(
    cast: Cast,
) -> None:
    made = await issue(cast.ada, cast.month)
    of_ada, of_sam = await put(cast.ada, made), await put(cast.sam, made)
    for who in (cast.ada, cast.olga):
        assert [row.id for row in await rows(who)] == [of_sam, of_ada]
    assert [row.id for row in await rows(cast.sam)] == [of_sam]
    assert await message_list.some(cast.sam, (of_ada,)) == []
    assert await message_list.newest(cast.sam) == of_sam
    assert await found(cast.sam, f"#{made.batch.id}") == [of_sam]


async def test_of_many_ids_only_those_a_person_may_see_are_told(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    ids = [await put(who, made) for who in (cast.ada, cast.sam)]
    assert await message_list.visible(cast.ada, [*ids, 10**9]) == ids
    assert await message_list.visible(cast.sam, ids) == ids[1:]
    assert await message_list.visible(cast.mallory, ids) == []


async def test_the_mails_of_another_workspace_are_not_there(cast: Cast) -> None:
    foreign = await put(cast.mallory, await issue(cast.mallory, cast.foreign_plan))
    for who in (cast.ada, cast.olga, cast.sam):
        assert await rows(who) == await message_list.some(who, (foreign,)) == []
        assert await message_list.newest(who) == 0
    assert [row.id for row in await rows(cast.mallory)] == [foreign]


async def test_mails_of_the_installation_are_in_no_workspace(cast: Cast) -> None:
    await Message.filter(id=await put(cast.olga, await issue(cast.ada, cast.month))).update(
        workspace_id=None
    )
    assert await rows(cast.olga) == await rows(cast.ada) == []


async def test_an_evaluator_has_no_messages(cast: Cast) -> None:
    for ask in (
        message_list.page(cast.eve, MessageFilter(), Slice()),
        message_list.some(cast.eve, (1,)),
        message_list.newest(cast.eve),
    ):
        with pytest.raises(NotFound):
            await ask


async def test_messages_are_found_by_recipient_name_and_batch(cast: Cast) -> None:
    made, other = await issue(cast.ada, cast.month), await issue(cast.ada, cast.year)
    grace = await put(cast.ada, made, "Grace@example.org", "Grace Hopper")
    ida = await put(cast.ada, other, "ida@uni.example", "Ida Rhodes")
    for search, one in {
        "GRACE@": grace,
        "rhodes": ida,
        "uni.example": ida,
        f"Batch {made.batch.id}": grace,
        f"#{other.batch.id}": ida,
    }.items():
        assert await found(cast.ada, search) == [one], search


@pytest.mark.parametrize("search", ["%", "_", "'", "\\", "nobody", "9" * 40, "🔥"])
async def test_a_search_that_fits_nothing_finds_nothing(cast: Cast, search: str) -> None:
    await put(cast.ada, await issue(cast.ada, cast.month))
    assert await found(cast.ada, search) == []


@pytest.mark.parametrize("search", ["", "  ", "\x00", "\ud800", "\x1b\r\n"])
async def test_a_search_for_nothing_finds_everything(cast: Cast, search: str) -> None:
    message_id = await put(cast.ada, await issue(cast.ada, cast.month))
    assert await found(cast.ada, search) == [message_id]


async def test_messages_are_kept_by_state(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    of = {state: await put(cast.ada, made) for state in MessageState}
    for state, message_id in of.items():
        await Message.filter(id=message_id).update(state=state)
    for state, message_id in of.items():
        [row] = await rows(cast.ada, MessageFilter(state=state))
        assert row.id == message_id
        assert row.may_retry is (state in (MessageState.FAILED, MessageState.RETRYING))
        assert row.may_resend is (state is MessageState.SENT)


async def test_a_forgotten_recipient_is_empty_and_nothing_can_be_sent_there(cast: Cast) -> None:
    message_id = await put(cast.ada, await issue(cast.ada, cast.month))
    nobody = {"recipient": "", "recipient_key": "", "recipient_name": ""}
    for state in (MessageState.FAILED, MessageState.SENT):
        await Message.filter(id=message_id).update(state=state, **nobody)
        [row] = await rows(cast.ada)
        assert (row.recipient, row.may_retry, row.may_resend) == ("", False, False)


async def test_pages_hold_every_message_once(cast: Cast) -> None:
    made = await issue(cast.ada, cast.month)
    ids = [await put(cast.ada, made) for _ in range(5)]
    for sort in ("queued", "tries", "id; DROP TABLE message"):
        pages = [await rows(cast.ada, number=n, rows=2, sort=sort) for n in (1, 2, 3)]
        assert [row.id for page in pages for row in page] == ids[::-1]
