"""Compares codes with the log: each made, used, undone, revoked and held as its entries say."""

from collections.abc import Iterable
from typing import Any

from tortoise.exceptions import OperationalError

from services.audit_findings import MOST, Fault, Finding
from services.database import fetch, json_number

# Each is one statement: codes and entries are seen as they stood at one moment.
COUNT = "SELECT COUNT(*) AS codes FROM code"
MADE = """
SELECT batch.id AS target_id, COALESCE(here.codes, 0) AS here, COALESCE(told.codes, 0) AS told
FROM batch
LEFT JOIN (SELECT batch_id, COUNT(*) AS codes FROM code GROUP BY batch_id) here
  ON here.batch_id = batch.id
LEFT JOIN (
  SELECT target_id, MAX({codes}) AS codes FROM audit_entry
  WHERE resource = 'BATCH' AND action IN ('CREATE', 'COMPLETE') GROUP BY target_id
) told ON told.target_id = batch.id
WHERE batch.state = 'DONE' AND COALESCE(here.codes, 0) <> COALESCE(told.codes, 0)
UNION ALL
SELECT entry.target_id, 0, {codes} FROM audit_entry entry
WHERE entry.resource = 'BATCH' AND entry.action = 'CREATE'
AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.id = entry.target_id)
ORDER BY target_id LIMIT ?"""
TOLD_USES = """
SELECT target_id, SUM(CASE action WHEN 'ACTIVATE' THEN 1 ELSE -1 END) AS uses FROM audit_entry
WHERE resource = 'CODE' AND action IN ('ACTIVATE', 'UNDO') GROUP BY target_id"""
USED = """
WITH told AS ({told})
SELECT code.id AS target_id, CASE WHEN code.status = 'ACTIVATED' THEN 1 ELSE 0 END AS here,
  COALESCE(told.uses, 0) AS told
FROM code LEFT JOIN told ON told.target_id = code.id
WHERE CASE WHEN code.status = 'ACTIVATED' THEN 1 ELSE 0 END <> COALESCE(told.uses, 0)
UNION ALL
SELECT told.target_id, 0, told.uses FROM told
WHERE NOT EXISTS (SELECT 1 FROM code WHERE code.id = told.target_id)
ORDER BY target_id LIMIT ?"""
REVOKED = """
SELECT batch.id AS target_id, COALESCE(here.codes, 0) AS here, COALESCE(told.codes, 0) AS told
FROM batch
LEFT JOIN (
  SELECT batch_id, COUNT(*) AS codes FROM code WHERE status = 'REVOKED' GROUP BY batch_id
) here ON here.batch_id = batch.id
LEFT JOIN (
  SELECT batch_id, SUM(codes) AS codes FROM (
    SELECT code.batch_id, 1 AS codes FROM audit_entry entry
    JOIN code ON code.id = entry.target_id
    WHERE entry.action = 'REVOKE' AND entry.resource = 'CODE'
    UNION ALL
    SELECT target_id, {codes} FROM audit_entry
    WHERE action = 'REVOKE' AND resource = 'BATCH'
  ) each_one GROUP BY batch_id
) told ON told.batch_id = batch.id
WHERE COALESCE(here.codes, 0) <> COALESCE(told.codes, 0)
ORDER BY batch.id LIMIT ?"""
HELD = """
SELECT batch.id AS target_id, COALESCE(here.codes, 0) AS here, COALESCE(told.codes, 0) AS told
FROM batch
LEFT JOIN (
  SELECT batch_id, COUNT(*) AS codes FROM code WHERE status = 'HELD' GROUP BY batch_id
) here ON here.batch_id = batch.id
LEFT JOIN (
  SELECT batch_id, SUM(codes) AS codes FROM (
    SELECT target_id AS batch_id, {codes} AS codes FROM audit_entry
    WHERE action = 'HOLD' AND resource = 'BATCH'
    UNION ALL
    SELECT target_id, -{codes} FROM audit_entry
    WHERE action = 'RELEASE' AND resource = 'BATCH'
    UNION ALL
    SELECT target_id, -COALESCE({held}, 0) FROM audit_entry
    WHERE action = 'REVOKE' AND resource = 'BATCH'
    UNION ALL
    SELECT code.batch_id, -1 FROM audit_entry entry JOIN code ON code.id = entry.target_id
    WHERE entry.action = 'RELEASE' AND entry.resource = 'CODE'
    UNION ALL
    SELECT code.batch_id, -COALESCE({entry_held}, 0)
    FROM audit_entry entry JOIN code ON code.id = entry.target_id
    WHERE entry.action = 'REVOKE' AND entry.resource = 'CODE'
  ) each_one GROUP BY batch_id
) told ON told.batch_id = batch.id
WHERE COALESCE(here.codes, 0) <> COALESCE(told.codes, 0)
ORDER BY batch.id LIMIT ?"""
CHECKS = {
    Fault.CODES_MADE: MADE,
    Fault.CODE_USED: USED.replace("{told}", TOLD_USES),
    Fault.CODES_REVOKED: REVOKED,
    Fault.CODES_HELD: HELD,
}
NUMBERS = {
    "{codes}": ("detail", "codes"),
    "{held}": ("detail", "held"),
    "{entry_held}": ("entry.detail", "held"),
}


async def compare() -> tuple[int, list[Finding]]:
    """How many codes there are, and what does not fit the log."""
    [counted] = await fetch(COUNT, reading=True)
    found = [finding for fault in CHECKS for finding in await _check(fault)]
    return counted["codes"], found


async def _check(fault: Fault) -> Iterable[Finding]:
    try:
        statement = CHECKS[fault]
        for place, (column, name) in NUMBERS.items():
            statement = statement.replace(place, json_number(column, name))
        rows = await fetch(statement, MOST, reading=True)
    except OperationalError:  # an entry that the database cannot read
        return [Finding(fault=Fault.NOT_COMPARED)]
    return [_finding(fault, row) for row in rows]


def _finding(fault: Fault, row: dict[str, Any]) -> Finding:
    return Finding(
        fault=fault, target_id=row["target_id"], here=int(row["here"]), told=int(row["told"])
    )
