"""Redemptions that were refused: recorded with their true reason, answered with a reference."""

import re
import secrets

from tortoise.expressions import F

from models import Refusal
from models.enums import AuditAction, RefusalReason, Resource
from services import audit, budgets, code_alphabet, signals
from services.actor import Actor
from services.code_alphabet import ALPHABET
from services.database import unit_of_work
from services.settings import get_settings
from services.signals import Changed, Topic
from services.tries import Candidate, Try
from services.zones import now

REFERENCE = re.compile(f"(?:REFERENCE:?)?([{ALPHABET}]{{8}})")


def reference_in(typed: str) -> str | None:
    """The reference that somebody typed or copied, if it is one."""
    found = REFERENCE.fullmatch(code_alphabet.clean(typed[: code_alphabet.RAW_MAX]))
    return found[1] if found else None


def new_reference() -> str:
    """8 characters of the codes' alphabet, to read out on the telephone."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


async def record(reason: RefusalReason, attempt: Try, code: Candidate | None = None) -> str:
    """Store a refusal and return its reference. Call inside the unit of work that refused.

    One that hit a code is in the log too; whoever guesses cannot fill the log.
    """
    actor = attempt.visitor.actor
    refusal = await Refusal.create(
        workspace_id=code and code.workspace_id,
        code_id=code and code.id,
        reason=reason,
        reference=new_reference(),
        address=budgets.network(attempt.visitor.address),
        person_id=actor and actor.person_id,
        step_id=attempt.due and attempt.due.step_id,
    )
    if code:
        await audit.record(
            AuditAction.REFUSE,
            Resource.CODE,
            code.id,
            by=None,
            workspace_id=code.workspace_id,
            person_id=refusal.person_id,
            refusal=refusal.id,
            reason=reason.value,
        )
    signals.emit(Changed(refusal.workspace_id, Topic.REFUSALS, (refusal.id,)))
    return refusal.reference


@unit_of_work
async def record_limited(address: str, actor: Actor | None) -> None:
    """Count a try that a limit refused: one row for each address and minute.

    It is of the workspace that the first of them had entered, whose admins see it.
    """
    minute = now().replace(second=0, microsecond=0)
    place = {"address": budgets.network(address), "minute": minute}
    if await Refusal.filter(**place).update(tries=F("tries") + 1):
        return
    # two first ones at once: one row is made, and each counts itself in it
    first = Refusal(
        workspace_id=actor and actor.workspace_id,
        reason=RefusalReason.LIMITED,
        reference=new_reference(),
        person_id=actor and actor.person_id,
        tries=0,
        **place,
    )
    await Refusal.bulk_create([first], ignore_conflicts=True)
    await Refusal.filter(**place).update(tries=F("tries") + 1)
    for row in await Refusal.filter(**place):
        signals.emit(Changed(row.workspace_id, Topic.REFUSALS, (row.id,)))


@unit_of_work
async def forget_old() -> int:
    """Delete what is older than the setting says; returns how many."""
    oldest = now() - get_settings().keep_refusals
    return await Refusal.filter(created_at__lt=oldest).delete()
