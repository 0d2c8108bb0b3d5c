"""What follows when claims are won: holder, activation, entitlement, mail, counters, log."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from models.enums import AuditAction, MessageKind, Resource
from services import activation_days, audit, entitlements, holders, links, outbox, signals
from services.answers import Activated
from services.database import execute_each, insert_returning
from services.entitlements import Grant
from services.links import Purpose
from services.outbox import Draft
from services.signals import Changed, Topic
from services.tries import Candidate, Try
from services.zones import now

COLUMNS = ("created_at", "workspace_id", "code_id", "person_id")
COUNT = "UPDATE batch SET ready = ready - ?, activated = activated + ? WHERE id = ?"


def activated(activation_id: int, code: Candidate) -> Activated:
    token = links.make(Purpose.ACTIVATE, code.id, code.link_version)
    return Activated(activation_id=activation_id, token=token)


async def make(wins: Sequence[tuple[Try, Candidate]]) -> list[Activated]:
    """Activate claimed codes, in the unit of work that claimed them."""
    if not wins:
        return []
    at = now()
    grants = await _activations(wins, at)
    await entitlements.grant(grants, at)
    await count([code for _, code in wins], at)
    await outbox.put([_confirmation(each) for each in grants])
    await audit.record_all([_entry(each) for each in grants])
    return [activated(each.activation_id, each.code) for each in grants]


async def _activations(wins: Sequence[tuple[Try, Candidate]], at: datetime) -> list[Grant]:
    people = await holders.of(wins)
    of_win = [people[holders.key(attempt, code)] for attempt, code in wins]
    rows = [
        (at, code.workspace_id, code.id, person_id)
        for (_, code), person_id in zip(wins, of_win, strict=True)
    ]
    made = await insert_returning("activation", COLUMNS, rows)
    ids = {row["code_id"]: row["id"] for row in made}
    return [
        Grant(attempt, code, ids[code.id], person_id)
        for (attempt, code), person_id in zip(wins, of_win, strict=True)
    ]


async def count(codes: Sequence[Candidate], at: datetime) -> None:
    """Move codes from ready to activated in the counters of their batches, and say so."""
    batches = Counter((code.batch_id, code.workspace_id) for code in codes)
    await execute_each(COUNT, [(n, n, batch_id) for (batch_id, _), n in sorted(batches.items())])
    await activation_days.add(codes, at)
    for batch_id, workspace_id in batches:
        signals.emit(Changed(workspace_id, Topic.BATCHES, (batch_id,)))


def _confirmation(made: Grant) -> Draft:
    return Draft(
        kind=MessageKind.CONFIRMATION,
        workspace_id=made.code.workspace_id,
        recipient=made.attempt.email,
        name=made.attempt.name,
        batch_id=made.code.batch_id,
        code_id=made.code.id,
        activation_id=made.activation_id,
    )


def _entry(made: Grant) -> audit.Entry:
    return audit.entry(
        AuditAction.ACTIVATE,
        Resource.CODE,
        made.code.id,
        by=None,
        workspace_id=made.code.workspace_id,
        person_id=made.person_id,
        batch=made.code.batch_id,
        activation=made.activation_id,
        by_link=made.attempt.link is not None,
    )
