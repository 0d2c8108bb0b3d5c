"""That an agreement ends, or is used, is told once, to those it concerns."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models import Agreement, AuditEntry, Membership, Notification
from models.enums import AuditAction, NotificationKind, Resource, Role
from services import agreement_ends, agreement_list, audit, notices, notifications
from services.actor import Actor
from services.agreement_form import AgreementTerms
from services.agreements import change
from services.notifications import NotificationView
from tests.cast import Cast, entries
from tests.certification import certification, granted
from ui.notices import words

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_process", notices._Process())


async def grant(cast: Cast, **more: Any) -> Agreement:
    made = await certification(more.pop("scheme", "EN18031 - RAL"))
    return await granted(cast.northwind, made.lab, **more)


async def told(who: Actor) -> list[NotificationView]:
    await notices.tell()
    return await notifications.newest(who)


@pytest.mark.parametrize(
    ("ends", "is_told"),
    [
        (30 * DAY - timedelta(minutes=1), True),
        (timedelta(minutes=1), True),
        (30 * DAY + timedelta(minutes=1), False),
        (-timedelta(minutes=1), False),
    ],
)
async def test_it_is_told_in_the_last_thirty_days(
    cast: Cast, ends: timedelta, is_told: bool
) -> None:
    made = await grant(cast, starts=-90 * DAY, ends=ends)
    assert await agreement_ends.look() <= timedelta(hours=1)
    row = await Agreement.get(id=made.id)
    assert (row.ending_told_at is not None, await AuditEntry.all().count()) == (is_told, is_told)


async def test_it_is_told_once_however_many_look(cast: Cast) -> None:
    made = await grant(cast, ends=10 * DAY)
    await asyncio.gather(*(agreement_ends.look() for _ in range(6)))
    await agreement_ends.look()
    [entry] = await entries(AuditAction.EXPIRE)
    assert (entry.resource, entry.target_id) == ("AGREEMENT", made.id)
    assert (entry.workspace_id, entry.person_id) == (cast.northwind.id, None)
    assert entry.detail == {"ends": made.ends_at.isoformat(timespec="seconds")}


async def test_one_that_was_extended_is_told_of_its_new_end(cast: Cast) -> None:
    made = await grant(cast, ends=10 * DAY)
    await agreement_ends.look()
    view = (await agreement_list.some(cast.ada, (made.id,)))[0]
    terms = AgreementTerms(
        quantity="20",
        valid_from=view.first_day,
        valid_until=view.last_day + 5 * DAY,
        reference=view.reference,
    )
    await change(cast.olga, made.id, terms, revision=1)
    await agreement_ends.look()
    await agreement_ends.look()
    assert len(await entries(AuditAction.EXPIRE)) == 2


async def test_the_admins_of_its_workspace_and_the_owners_are_told(cast: Cast) -> None:
    await Membership.create(
        workspace_id=cast.acme.id, user_id=cast.mallory.user_id, role=Role.ADMIN
    )
    await grant(cast, ends=10 * DAY)
    await agreement_ends.look()
    await notices.tell()
    people = {row.user_id for row in await Notification.all()}
    assert people == {cast.ada.user_id, cast.olga.user_id}


async def test_the_end_is_said_with_reference_action_and_day(cast: Cast) -> None:
    made = await grant(cast, ends=10 * DAY)
    await agreement_ends.look()
    [view] = await told(cast.ada)
    said = words(view)
    assert said.title.startswith("Agreement A-2026-03 ends on ")
    assert said.about == "EN18031 - RAL - Lab Assessment"
    assert said.reason == "20 of 20 codes are not generated yet."
    assert said.path == "/w/northwind/cyberpass/agreements"
    await Agreement.filter(id=made.id).update(ends_at=made.created_at - DAY)
    [view] = await told(cast.olga)
    assert words(view).title == "Agreement A-2026-03 has ended"


@pytest.mark.parametrize(
    ("share", "title"),
    [(75, "75 % of A-2026-03 is used"), (100, "Agreement A-2026-03 is used up")],
)
async def test_how_much_is_used_is_said(cast: Cast, share: int, title: str) -> None:
    made = await grant(cast)
    await Agreement.filter(id=made.id).update(issued=share // 5)
    await audit.record(
        AuditAction.REACH,
        Resource.AGREEMENT,
        made.id,
        by=None,
        workspace_id=cast.northwind.id,
        share=share,
    )
    for who in (cast.ada, cast.olga):
        [view] = await told(who)
        assert view.kind is NotificationKind.AGREEMENT_USED
        said = words(view)
        assert (said.title, said.about) == (title, "EN18031 - RAL - Lab Assessment")
        assert said.reason == f"{20 - share // 5} of 20 codes are left now."


async def test_who_is_no_admin_any_more_reads_nothing_of_it(cast: Cast) -> None:
    await grant(cast, ends=10 * DAY)
    await agreement_ends.look()
    await notices.tell()
    await Membership.filter(user_id=cast.ada.user_id).update(role=Role.SALES)
    [view] = await told(cast.ada)
    assert view.facts is None
    assert words(view).title == "An agreement ends"
