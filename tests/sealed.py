"""A log that is sealed, and what somebody can do to it who has the database in their hands."""

from dataclasses import replace
from typing import Any

from models import AuditEntry, AuditHead, AuditSeal
from models.enums import AuditAction, Resource
from services import audit, audit_heads, audit_verify, sealing
from services.audit_findings import Fault, Verdict
from services.database import connection, execute_each, is_postgres, unit_of_work
from services.head_statement import Head

TABLES = ("audit_entry", "audit_seal", "audit_head")


@unit_of_work
async def happened(times: int) -> None:
    for number in range(times):
        await audit.record(
            AuditAction.UPDATE, Resource.PLAN, number + 1, by=None, workspace_id=1, step=number
        )


async def sealed(times: int) -> Head:
    """That many entries, sealed; returns the head that was signed over them."""
    await happened(times)
    await sealing.finish()
    return (await audit_heads.every())[-1]


async def disarm() -> None:
    """Drop the triggers, as somebody may who owns the database."""
    for table in TABLES:
        for change in ("update", "delete"):
            where = f" ON {table}" if is_postgres() else ""
            await connection().execute_script(f"DROP TRIGGER {table}_no_{change}{where}")


@unit_of_work
async def forge(statement: str, *values: Any) -> None:
    await execute_each(statement, [values])


async def check(*kept: Head) -> Verdict:
    """What Verify finds in the rows themselves: whoever changed them puts the triggers back."""
    verdict = await audit_verify.check(kept)
    rows = [found for found in verdict.findings if found.fault is not Fault.UNGUARDED]
    return replace(verdict, findings=tuple(rows))


def faults(verdict: Verdict) -> set[Fault]:
    return {finding.fault for finding in verdict.findings}


async def chain() -> list[AuditSeal]:
    return await AuditSeal.all().order_by("seq")


async def counts() -> tuple[int, int, int]:
    return (
        await AuditEntry.all().count(),
        await AuditSeal.all().count(),
        await AuditHead.all().count(),
    )
