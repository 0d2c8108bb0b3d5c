"""Finds the codes that tries name, claims them and gives them back, each by one UPDATE."""

from collections.abc import Sequence
from typing import Any

from models.enums import CodeKind
from services.database import execute_each, fetch, moment
from services.tries import Candidate, Try
from services.zones import now

COLUMNS = """
SELECT code.id, code.digest, code.workspace_id, workspace.time_zone AS zone, code.batch_id,
    code.link_version, batch.kind, batch.valid_from, plan.product_id, plan.id AS plan_id, plan.days,
    batch.action_id, code.agreement_id
FROM code
JOIN batch ON batch.id = code.batch_id AND batch.state = 'DONE'
JOIN workspace ON workspace.id = code.workspace_id
LEFT JOIN plan ON plan.id = batch.plan_id
"""
BY_DIGEST = COLUMNS + "WHERE code.digest IN (?)"
BY_ID = COLUMNS + "WHERE code.id IN (?)"

CLAIM = """
UPDATE code SET status = 'ACTIVATED'
WHERE id = ? AND link_version = COALESCE(?, link_version) AND status = 'READY' AND EXISTS (
    SELECT 1 FROM batch
    WHERE batch.id = code.batch_id AND batch.state = 'DONE'
        AND (batch.valid_from IS NULL OR batch.valid_from <= ?)
        AND (batch.expires_at IS NULL OR batch.expires_at > ?)
)"""

RELEASE = "UPDATE code SET status = 'READY' WHERE id = ? AND status = 'ACTIVATED'"


async def find(tries: Sequence[Try]) -> list[Candidate | None]:
    """The code of each try. Codes of unfinished batches and withdrawn links are not found."""
    digests = [each for attempt in tries if not attempt.link for each in attempt.digests]
    ids = [attempt.link.row_id for attempt in tries if attempt.link]
    typed = await fetch(BY_DIGEST, digests) if digests else []
    linked = await fetch(BY_ID, ids) if ids else []
    by_digest = {row["digest"]: _candidate(row) for row in typed}
    by_link = {(row["id"], row["link_version"]): _candidate(row) for row in linked}
    return [
        by_link.get((attempt.link.row_id, attempt.link.version))
        if attempt.link
        else next((by_digest[each] for each in attempt.digests if each in by_digest), None)
        for attempt in tries
    ]


async def of_id(code_id: int) -> Candidate | None:
    """A code that is issued, by its row."""
    rows = await fetch(BY_ID, [code_id])
    return _candidate(rows[0]) if rows else None


def _candidate(row: dict[str, Any]) -> Candidate:
    read = {"kind": CodeKind(row["kind"]), "valid_from": moment(row["valid_from"])}
    values: dict[str, Any] = {**row, **read}
    del values["digest"]
    return Candidate(**values)


async def claim(wanted: Sequence[tuple[Try, Candidate]]) -> list[bool]:
    """Claim each code; of two claims on one code the first wins.

    A link must not have been withdrawn meanwhile; a typed code works whatever becomes of its link.
    """
    at = now()
    # every unit of work takes its codes in the same order, so that no two wait for each other
    order = sorted(range(len(wanted)), key=lambda place: wanted[place][1].id)
    rows = [
        (code.id, attempt.link and attempt.link.version, at, at)
        for attempt, code in (wanted[place] for place in order)
    ]
    claimed = dict(zip(order, await execute_each(CLAIM, rows), strict=True))
    return [bool(claimed[place]) for place in range(len(wanted))]


async def release(code_id: int) -> bool:
    """Give back a code whose activation is undone, in the unit of work that undoes it."""
    [released] = await execute_each(RELEASE, [(code_id,)])
    return bool(released)
