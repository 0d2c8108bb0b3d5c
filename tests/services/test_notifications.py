"""What stands behind one person's bell, and what they may still see of it."""

from collections.abc import Generator
from datetime import timedelta

import pytest
import time_machine

from models import Batch, Installation, Membership, Message, Notification, User
from models.enums import (
    AuditAction,
    BatchState,
    MessageKind,
    MessageState,
    NotificationKind,
    Resource,
    Role,
)
from services import audit, housekeeping, invitations, notices, notifications, outbox, signals
from services.actor import Actor
from services.database import unit_of_work
from services.errors import NotFound
from services.notifications import Facts, NotificationView
from services.outbox import Draft
from services.paging import Slice
from services.signals import Changed, Topic
from services.zones import now
from tests.cast import Cast, Issued, issue
from tests.conftest import Configure

READY = (AuditAction.COMPLETE, Resource.BATCH)


async def ready(actor: Actor, target: int | None = None, times: int = 1) -> None:
    """As if that many batches were done for that person."""
    entries = [audit.entry(*READY, target or each + 1, by=actor) for each in range(times)]
    await audit.record_all(entries)
    await notices.tell()


async def ids(actor: Actor) -> list[int]:
    """Their ids as the panel lists them."""
    return [view.id for view in await notifications.newest(actor, 100)]


async def the_one(actor: Actor) -> NotificationView:
    [view] = await notifications.newest(actor)
    return view


@pytest.fixture
async def issued(cast: Cast) -> Issued:
    return await issue(cast.sam, cast.month, 5)


@pytest.fixture
def heard() -> Generator[list[Changed]]:
    changes: list[Changed] = []
    end = signals.subscribe(changes.append)
    yield changes
    end()


async def test_the_unread_ones_of_the_person_are_counted(cast: Cast) -> None:
    await ready(cast.sam, times=3)
    await ready(cast.ada)
    counts = [await notifications.unread(who) for who in (cast.sam, cast.ada, cast.olga)]
    assert counts == [3, 1, 0]


async def test_the_panel_has_unread_before_read_and_newest_first(cast: Cast) -> None:
    await ready(cast.sam, times=5)
    one, two, three, four, five = sorted(await ids(cast.sam))
    for each in (five, two):
        await notifications.mark_read(cast.sam, each)
    assert await ids(cast.sam) == [four, three, one, five, two]
    assert [v.id for v in await notifications.newest(cast.sam, 4)] == [four, three, one, five]
    assert [v.id for v in await notifications.newest(cast.sam, 2)] == [four, three]


async def test_the_page_has_all_newest_first_and_can_leave_out_what_was_read(cast: Cast) -> None:
    await ready(cast.sam, times=30)
    every = sorted(await ids(cast.sam), reverse=True)
    await notifications.mark_read(cast.sam, every[0])
    second = await notifications.page(cast.sam, Slice(number=2))
    assert ([view.id for view in second.rows], second.total) == (every[25:], 30)
    unread = await notifications.page(cast.sam, Slice(), unread_only=True)
    assert ([view.id for view in unread.rows], unread.total) == (every[1:26], 29)


async def test_nobody_sees_or_marks_those_of_others(cast: Cast) -> None:
    await ready(cast.sam)
    [its] = await ids(cast.sam)
    for other in (cast.ada, cast.olga, cast.mallory):
        assert await ids(other) == []
        assert (await notifications.page(other, Slice())).total == 0
        with pytest.raises(NotFound):
            await notifications.mark_read(other, its)
        assert await notifications.mark_all_read(other, up_to=its) == 0
    assert await notifications.unread(cast.sam) == 1


@pytest.mark.parametrize("number", [0, -1, 10**6, 2**63, 10**30])
async def test_a_number_that_is_none_is_refused(cast: Cast, number: int) -> None:
    await ready(cast.sam)
    with pytest.raises(NotFound):
        await notifications.mark_read(cast.sam, number)
    assert await notifications.unread(cast.sam) == 1


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
async def test_up_to_a_number_that_is_none_nothing_is_marked(cast: Cast, number: int) -> None:
    await ready(cast.sam)
    assert await notifications.mark_all_read(cast.sam, up_to=number) == 0


async def test_marking_one_tells_the_other_tabs_once(cast: Cast, heard: list[Changed]) -> None:
    await ready(cast.sam)
    [its] = await ids(cast.sam)
    heard.clear()
    for _ in range(2):
        assert (await notifications.mark_read(cast.sam, its)).is_read
    assert heard == [Changed(None, Topic.NOTIFICATIONS, (cast.sam.user_id,))]
    assert await notifications.unread(cast.sam) == 0


async def test_the_moment_of_reading_is_the_first(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await ready(cast.sam)
    [its] = await ids(cast.sam)
    await notifications.mark_read(cast.sam, its)
    first = (await Notification.get()).read_at
    clock.shift(timedelta(hours=1))
    await notifications.mark_read(cast.sam, its)
    assert (await Notification.get()).read_at == first


async def test_all_are_marked_but_what_came_after_one_looked(
    cast: Cast, heard: list[Changed]
) -> None:
    await ready(cast.sam, times=3)
    seen = max(await ids(cast.sam))
    await ready(cast.sam, times=2)
    heard.clear()
    assert await notifications.mark_all_read(cast.sam, up_to=seen) == 3
    assert await notifications.unread(cast.sam) == 2
    assert heard == [Changed(None, Topic.NOTIFICATIONS, (cast.sam.user_id,))]
    assert await notifications.mark_all_read(cast.sam, up_to=seen) == 0
    assert len(heard) == 1


async def test_a_batch_is_told_with_what_it_holds(cast: Cast, issued: Issued) -> None:
    await ready(cast.sam, issued.batch.id)
    view = await the_one(cast.sam)
    assert (view.kind, view.slug, view.workspace, view.time_zone, view.target_id) == (
        NotificationKind.BATCH_READY,
        "northwind",
        "Northwind Academy",
        "Europe/Berlin",
        issued.batch.id,
    )
    assert view.facts == Facts(codes=5, product="Welding basics", plan="Month")


async def test_a_failed_batch_is_told_with_its_reason(cast: Cast, issued: Issued) -> None:
    await Batch.all().update(state=BatchState.FAILED, failure="No room on the disk.")
    await audit.record(AuditAction.FAIL, Resource.BATCH, issued.batch.id, by=cast.sam)
    await notices.tell()
    facts = (await the_one(cast.sam)).facts
    assert facts and facts.failure == "No room on the disk."


async def test_of_a_batch_that_is_gone_there_is_nothing_to_see(cast: Cast) -> None:
    await ready(cast.sam, 10**6)
    view = await the_one(cast.sam)
    assert (view.slug, view.facts) == ("northwind", None)


async def test_who_lost_the_workspace_sees_nothing_of_it(cast: Cast, issued: Issued) -> None:
    await ready(cast.sam, issued.batch.id)
    await Membership.filter(user_id=cast.sam.user_id).delete()
    view = await the_one(cast.sam)
    assert (view.slug, view.workspace, view.facts) == (None, None, None)


async def test_who_lost_the_right_sees_nothing_of_the_batch(cast: Cast, issued: Issued) -> None:
    await ready(cast.sam, issued.batch.id)
    await Membership.filter(user_id=cast.sam.user_id).update(role=Role.EVALUATOR)
    assert (await the_one(cast.sam)).facts is None


async def test_a_batch_of_another_workspace_is_never_shown(cast: Cast, issued: Issued) -> None:
    """Even where an entry of the log names it."""
    await ready(cast.ada_at_acme, issued.batch.id)
    assert (await the_one(cast.ada_at_acme)).facts is None


@unit_of_work
async def mailed(cast: Cast, by: Actor | None, workspace_id: int | None) -> int:
    """A mail that failed for good, and its entry."""
    draft = Draft(
        kind=MessageKind.CODES,
        workspace_id=workspace_id,
        recipient="grace@example.org",
        requested_by_id=by and by.person_id,
    )
    [made] = await outbox.put([draft])
    await Message.filter(id=made).update(state=MessageState.FAILED, last_answer="550 No such user")
    await audit.record(AuditAction.FAIL, Resource.MESSAGE, made, by=by, workspace_id=workspace_id)
    return made


async def test_a_failed_mail_is_told_with_the_last_answer(cast: Cast) -> None:
    made = await mailed(cast, cast.sam, cast.northwind.id)
    await notices.tell()
    view = await the_one(cast.sam)
    assert (view.kind, view.target_id) == (NotificationKind.MAIL_FAILED, made)
    assert view.facts == Facts(recipient="grace@example.org", answer="550 No such user")


async def test_a_failed_mail_of_nobody_is_shown_to_admins_and_to_nobody_else(cast: Cast) -> None:
    await mailed(cast, None, cast.northwind.id)
    await notices.tell()
    assert (await the_one(cast.ada)).facts
    await Membership.filter(user_id=cast.ada.user_id).update(role=Role.SALES)
    assert (await the_one(cast.ada)).facts is None


async def test_a_mail_of_the_installation_is_shown_to_owners_only(cast: Cast) -> None:
    await mailed(cast, None, None)
    await notices.tell()
    assert (await the_one(cast.olga)).facts
    demoted = await actor_without_ownership(cast)
    assert (await the_one(demoted)).facts is None


async def test_an_invitation_that_did_not_arrive_is_shown_to_who_sent_it(cast: Cast) -> None:
    made = await invitations.invite(cast.ada, email="grace@example.org", role=Role.SALES)
    message = await Message.get(invitation_id=made.id)
    await Message.filter(id=message.id).update(last_answer="550 No such user")
    await audit.record(
        AuditAction.FAIL, Resource.MESSAGE, message.id, by=None, person_id=cast.ada.person_id
    )
    await notices.tell()
    view = await the_one(cast.ada)
    assert (view.slug, view.target_id) == (None, message.id)
    assert view.facts == Facts(
        recipient="grace@example.org", answer="550 No such user", invited_to="northwind"
    )
    await Membership.filter(user_id=cast.ada.user_id).update(role=Role.SALES)
    assert (await the_one(cast.ada)).facts is None


async def actor_without_ownership(cast: Cast) -> Actor:
    await User.filter(id=cast.olga.user_id).update(is_owner=False)
    olga = cast.olga
    return Actor(
        user_id=olga.user_id,
        person_id=olga.person_id,
        session_id=olga.session_id,
        name=olga.name,
        email=olga.email,
        is_owner=False,
    )


async def test_a_pause_of_the_outbox_is_told_as_it_stands_now(cast: Cast) -> None:
    await Installation.all().update(mail_paused_at=now(), mail_problem="535 Wrong password")
    await audit.record(AuditAction.PAUSE, Resource.INSTALLATION, None, by=None)
    await notices.tell()
    assert (await the_one(cast.olga)).facts == Facts(answer="535 Wrong password")
    await Installation.all().update(mail_paused_at=None)
    assert (await the_one(cast.olga)).facts == Facts(is_over=True)
    assert (await the_one(await actor_without_ownership(cast))).facts is None


async def test_guessing_is_told_with_the_workspace_to_its_admins(cast: Cast) -> None:
    await audit.record(
        AuditAction.GUESSING,
        Resource.INSTALLATION,
        None,
        by=None,
        budget=f"redeem:workspace:{cast.acme.id}",
    )
    await notices.tell()
    for who in (cast.olga, cast.ada):
        view = await the_one(who)
        assert (view.workspace, view.facts) == ("Acme Devices", Facts())
    await Membership.filter(user_id=cast.ada.user_id).delete()
    view = await the_one(cast.ada)
    assert (view.workspace, view.facts) == (None, None)


async def test_a_page_of_them_asks_once_for_each_kind_of_thing(
    cast: Cast, issued: Issued, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        await ready(cast.sam, issued.batch.id)
        await mailed(cast, cast.sam, cast.northwind.id)
    await notices.tell()
    with caplog.at_level("DEBUG", logger="tortoise.db_client"):
        page = await notifications.page(cast.sam, Slice(rows=100))
    assert len(page.rows) == 40 and all(view.facts for view in page.rows)
    asked = [r for r in caplog.records if "SELECT" in r.getMessage()]
    assert len(asked) == 5  # how many, which, workspaces, batches, messages


async def test_read_ones_are_forgotten_after_half_a_year_and_not_told_again(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await ready(cast.sam, times=2)
    first, second = sorted(await ids(cast.sam))
    await notifications.mark_read(cast.sam, first)
    clock.shift(timedelta(days=180))
    assert await notifications.forget_read() == 0
    clock.shift(timedelta(seconds=1))
    await housekeeping.tidy()
    await notices.tell()
    assert await ids(cast.sam) == [second]


async def test_how_long_read_ones_are_kept_is_a_setting(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(keep_read_notifications="1d")
    await ready(cast.sam)
    await notifications.mark_read(cast.sam, *await ids(cast.sam))
    clock.shift(timedelta(days=1, seconds=1))
    assert await notifications.forget_read() == 1
