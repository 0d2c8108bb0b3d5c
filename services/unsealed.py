"""Entries of the log that have no seal: not yet, or because they were put in between."""

from services.audit_findings import MOST, Fault, Finding
from services.audit_walk import LATE, Walk
from services.database import fetch
from services.zones import now

UNSEALED = """
SELECT COUNT(*) AS entries FROM audit_entry entry
WHERE NOT EXISTS (SELECT 1 FROM audit_seal seal WHERE seal.entry_id = entry.id)"""
# Near enough to look at, and one look at an index.
UNSEALED_ABOUT = """
SELECT COUNT(*) AS entries FROM audit_entry
WHERE id > (SELECT COALESCE(MAX(entry_id), 0) FROM audit_seal)"""
INSERTED = """
SELECT entry.id FROM audit_entry entry
WHERE (entry.id < 1 OR (entry.id < ? AND entry.at < ?))
AND NOT EXISTS (SELECT 1 FROM audit_seal seal WHERE seal.entry_id = entry.id)
ORDER BY entry.id LIMIT ?"""


async def inserted(walk: Walk) -> list[Finding]:
    """Older and of a lower number than sealed ones, or of no number that the database gives."""
    rows = await fetch(INSERTED, walk.last_entry, now() - LATE, MOST, reading=True)
    return [Finding(fault=Fault.INSERTED, entry_id=row["id"]) for row in rows]
