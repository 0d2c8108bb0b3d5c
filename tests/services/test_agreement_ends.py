"""That an agreement ends is told once for each end, to those it concerns."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models import Agreement, AuditEntry, Membership, Notification
from models.enums import AuditAction, Role
from services import agreement_ends, agreement_list, notices
from services.agreement_form import AgreementTerms
from services.agreements import change
from tests.cast import Cast, entries
from tests.certification import certification, granted

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_process", notices._Process())


async def grant(cast: Cast, **more: Any) -> Agreement:
    return await granted(cast.northwind, (await certification()).lab, **more)


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
