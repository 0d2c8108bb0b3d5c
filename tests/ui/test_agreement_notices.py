"""What the bell says of an agreement that ends, or is used, to those who may read it."""

from datetime import timedelta
from typing import Any

import pytest

from models import Agreement, Membership
from models.enums import AuditAction, NotificationKind, Resource, Role
from services import agreement_ends, audit, notices, notifications
from services.actor import Actor
from services.notifications import NotificationView
from tests.cast import Cast
from tests.certification import certification, granted
from ui.notices import words

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "_process", notices._Process())


async def grant(cast: Cast, **more: Any) -> Agreement:
    return await granted(cast.northwind, (await certification()).lab, **more)


async def told(who: Actor) -> list[NotificationView]:
    await notices.tell()
    return await notifications.newest(who)


async def test_the_end_is_said_with_reference_action_and_day(cast: Cast) -> None:
    made = await grant(cast, ends=10 * DAY)
    await agreement_ends.look()
    [view] = await told(cast.ada)
    said = words(view)
    assert said.title.startswith("Agreement A-2026-03 ends on ")
    assert said.about == "EN18031 - RAL - Lab Assessment"
    assert said.reason == "20 of 20 codes can still be generated."
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
