"""How many files and how many invitations one account may have."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
import time_machine

from models import Invitation
from models.enums import AuditAction, Role
from services import audit_files, audit_heads, entitlement_export, exports, invitations, periods
from services.actor import Actor
from services.audit_filter import AuditFilter
from services.errors import Limited, NotFound
from tests.cast import Cast, entries, issue
from tests.conftest import Configure

LINKS = "http://127.0.0.1/a/"


async def drained(lines: AsyncIterator[bytes]) -> bytes:
    return b"".join([line async for line in lines])


async def test_every_kind_of_file_counts_and_one_too_many_is_refused_and_not_in_the_log(
    cast: Cast, configure: Configure
) -> None:
    configure(exports_per_account=4)
    issued = await issue(cast.ada, cast.month)
    all_days = periods.period("", "")
    files: list[Callable[[Actor], Awaitable[object]]] = [
        lambda actor: exports.batch_csv(actor, issued.batch.id, address=LINKS),
        lambda actor: entitlement_export.as_csv(actor, all_days),
        lambda actor: audit_files.send(actor, AuditFilter(), "csv"),
        lambda actor: audit_heads.download(actor),
    ]
    for each in files:
        await each(cast.olga)
    taken = len(await entries(AuditAction.EXPORT))
    for each in files:
        with pytest.raises(Limited, match="Try again in 60 minutes"):
            await each(cast.olga)
    assert len(await entries(AuditAction.EXPORT)) == taken
    assert await exports.batch_csv(cast.ada, issued.batch.id, address=LINKS)  # another account


async def test_files_are_counted_for_an_hour(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(exports_per_account=1)
    issued = await issue(cast.ada, cast.month)
    await exports.batch_csv(cast.ada, issued.batch.id, address=LINKS)
    clock.shift(timedelta(hours=1))
    await exports.batch_csv(cast.ada, issued.batch.id, address=LINKS)


async def test_what_does_not_exist_for_somebody_uses_nothing_up(
    cast: Cast, configure: Configure
) -> None:
    configure(exports_per_account=1)
    issued = await issue(cast.ada, cast.month)
    for _ in range(3):
        with pytest.raises(NotFound):
            await exports.batch_csv(cast.ada_at_acme, issued.batch.id, address=LINKS)
    assert await exports.batch_csv(cast.ada, issued.batch.id, address=LINKS)


async def test_of_many_files_at_once_no_more_than_allowed_are_given(
    cast: Cast, configure: Configure
) -> None:
    configure(exports_per_account=3)
    issued = await issue(cast.ada, cast.month)
    asked = (exports.batch_csv(cast.ada, issued.batch.id, address=LINKS) for _ in range(12))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in answers].count(Limited) == 9
    assert len(await entries(AuditAction.EXPORT)) == 3


async def invite(actor: Actor, number: int) -> None:
    await invitations.invite(actor, email=f"p{number}@example.org", role=Role.SALES)


async def test_an_account_sends_so_many_invitations_a_day_in_all_workspaces(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(invitations_per_account=2)
    await invite(cast.ada, 1)
    await invite(cast.ada_at_acme, 2)
    with pytest.raises(Limited, match="Try again in 24 hours"):
        await invite(cast.ada, 3)
    assert await Invitation.all().count() == 2
    first = await Invitation.get(email="p1@example.org")
    with pytest.raises(Limited):  # to send it again is to send one
        await invitations.resend(cast.ada, first.id)
    await invite(cast.olga, 3)
    clock.shift(timedelta(days=1))
    await invite(cast.ada, 4)


async def test_a_workspace_sends_so_many_whoever_does(cast: Cast, configure: Configure) -> None:
    configure(invitations_per_workspace=2)
    await invite(cast.ada, 1)
    await invite(cast.olga, 2)
    for actor in (cast.ada, cast.olga):
        with pytest.raises(Limited):
            await invite(actor, 3)
    await invite(cast.ada_at_acme, 3)
    await invitations.invite_owner(cast.olga, email="boss@example.org")
