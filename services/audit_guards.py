"""The triggers that refuse every change of the log: whether they are all there."""

from services.audit_findings import Fault, Finding
from services.database import fetch, is_postgres
from services.schema_check import POSTGRES_OBJECTS, REQUIRED_TRIGGERS, SQLITE_OBJECTS


async def missing() -> list[Finding]:
    """Each trigger that is gone: nothing in the database refuses that change any more."""
    objects = await fetch(POSTGRES_OBJECTS if is_postgres() else SQLITE_OBJECTS, reading=True)
    there = {row["name"] for row in objects if row["type"] == "trigger"}
    gone = sorted(REQUIRED_TRIGGERS - there)
    return [Finding(fault=Fault.UNGUARDED, source=name) for name in gone]
