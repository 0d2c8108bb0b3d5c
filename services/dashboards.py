"""The numbers people act on: a dashboard's, and the few on the way to it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models.enums import CodeKind
from services import activation_days
from services.actor import Actor
from services.database import fetch
from services.permissions import HANDLING, Permission, require
from services.zones import now

SOON = timedelta(days=30)
# counters of the batches, so that a million codes are a few hundred rows
CODES = """
SELECT
    SUM(CASE WHEN expires_at IS NULL OR expires_at > ? THEN ready ELSE 0 END) AS ready,
    SUM(CASE WHEN ready > 0 AND (expires_at IS NULL OR expires_at > ?) THEN 1 ELSE 0 END)
        AS holding,
    SUM(CASE WHEN expires_at > ? AND expires_at <= ? THEN ready ELSE 0 END) AS expiring,
    SUM(CASE WHEN ready > 0 AND expires_at > ? AND expires_at <= ? THEN 1 ELSE 0 END) AS ending,
    SUM(activated) AS activated,
    SUM(revoked) AS revoked,
    SUM(held) AS held
FROM batch WHERE workspace_id = ? AND kind = ? AND state = 'DONE'"""
LEFT = """
SELECT SUM(quantity) AS granted, SUM(quantity - issued + returned) AS remaining,
    COUNT(*) AS agreements, MIN(reference) AS reference
FROM agreement
JOIN action ON action.id = agreement.action_id AND action.archived_at IS NULL
JOIN scheme ON scheme.id = action.scheme_id AND scheme.archived_at IS NULL
WHERE workspace_id = ? AND starts_at <= ? AND ends_at > ?"""
EVALUATIONS = """
SELECT state, COUNT(*) AS number FROM evaluation WHERE workspace_id = ? GROUP BY state"""
AWAITING = """
SELECT COUNT(*) AS number FROM evaluation
JOIN step ON step.evaluation_id = evaluation.id AND step.state = 'PAYMENT'
WHERE evaluation.workspace_id = ? AND evaluation.state = 'OPEN'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNumbers:
    """READY codes and in how many batches they are; of those, what expires within 30 days.

    `held` are none of them until they are released.
    """

    ready: int
    ready_batches: int
    expiring: int
    expiring_batches: int
    activated: int
    activated_today: int
    revoked: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftNumbers:
    """What the valid agreements leave of what can be generated; `reference` where there is one."""

    left: int
    granted: int
    agreements: int
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationNumbers:
    open: int
    awaiting_code: int
    certified: int
    failed: int


async def codes(actor: Actor, kind: CodeKind) -> CodeNumbers:
    """Of the workspace's codes of that kind. Raises NotFound without the right to them."""
    require(actor, HANDLING[kind])
    at = now()
    soon = at + SOON
    [row] = await fetch(
        CODES, at, at, at, soon, at, soon, actor.workspace, kind.value, reading=True
    )
    [(_, today)] = await activation_days.recent(actor, kind, 1)
    return CodeNumbers(
        ready=_number(row, "ready"),
        ready_batches=_number(row, "holding"),
        expiring=_number(row, "expiring"),
        expiring_batches=_number(row, "ending"),
        activated=_number(row, "activated"),
        activated_today=today,
        revoked=_number(row, "revoked"),
        held=_number(row, "held"),
    )


def _number(row: dict[str, Any], name: str) -> int:
    return int(row[name] or 0)


async def left(actor: Actor) -> LeftNumbers:
    require(actor, Permission.READ_AGREEMENTS)
    at = now()
    [row] = await fetch(LEFT, actor.workspace, at, at, reading=True)
    agreements = _number(row, "agreements")
    return LeftNumbers(
        left=_number(row, "remaining"),
        granted=_number(row, "granted"),
        agreements=agreements,
        reference=row["reference"] if agreements == 1 else "",
    )


async def evaluations(actor: Actor) -> EvaluationNumbers:
    require(actor, Permission.USE_CYBERPASS)
    states = await fetch(EVALUATIONS, actor.workspace, reading=True)
    by_state = {row["state"]: row["number"] for row in states}
    [awaiting] = await fetch(AWAITING, actor.workspace, reading=True)
    return EvaluationNumbers(
        open=by_state.get("OPEN", 0),
        awaiting_code=awaiting["number"],
        certified=by_state.get("CERTIFIED", 0),
        failed=by_state.get("FAILED", 0),
    )
