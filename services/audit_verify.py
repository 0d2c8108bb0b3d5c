"""Verify: the chain, its signed heads, and whether the codes are as the log says."""

import asyncio
from collections.abc import Sequence

from models.enums import AuditAction, Resource
from services import audit, audit_guards, audit_reconcile, head_checks, kept_heads, unsealed
from services.actor import Actor
from services.audit_findings import Findings, Verdict
from services.audit_walk import Progress, Walk
from services.database import fetch, unit_of_work
from services.errors import Conflict
from services.head_statement import Head
from services.permissions import Permission, require
from services.unsealed import UNSEALED
from services.zones import now

_alone = asyncio.Lock()


async def verify(actor: Actor, *, kept: str = "", progress: Progress | None = None) -> Verdict:
    """Check the whole log for whoever administers something; that it was done is in the log.

    `kept` are heads from elsewhere, one a line. Raises Invalid(kept), and Conflict while
    somebody else verifies.
    """
    require(actor, Permission.ADMINISTER_WORKSPACE)
    heads = kept_heads.read(kept)
    if _alone.locked():
        raise Conflict("The log is being verified already. Try again in a minute.")
    async with _alone:
        verdict = await check(heads, progress)
    await _record(actor, verdict)
    return verdict


@unit_of_work
async def _record(actor: Actor, verdict: Verdict) -> None:
    detail = {"sealed": verdict.sealed, "findings": len(verdict.findings) + verdict.more}
    detail |= {"kept": verdict.kept.seq} if verdict.kept else {}
    await audit.record(AuditAction.VERIFY, Resource.AUDIT, None, by=actor, **detail)


async def check(kept: Sequence[Head], progress: Progress | None = None) -> Verdict:
    """As `verify`, for who starts the program; writes nothing."""
    findings = Findings()
    here = await head_checks.heads_here(findings)
    kept_heads.tell_foreign(kept, findings)
    ours = [head for head in kept if head.is_ours]
    walk = Walk([*(each.head for each in here), *ours], findings)
    await walk.go(progress)
    restores = await head_checks.restores()
    for each in here:
        head_checks.tell_unfit(each.head, each.source, walk, findings, restores)
    for head in ours:
        head_checks.tell_unfit(head, "kept", walk, findings, restores)
    findings.extend(await unsealed.inserted(walk))
    findings.extend(await audit_guards.missing())
    codes, unlike = await audit_reconcile.compare()
    findings.extend(unlike)
    [waiting] = await fetch(UNSEALED, reading=True)
    return Verdict(
        sealed=walk.seals,
        unsealed=waiting["entries"],
        heads=len({each.head.seq for each in here}),
        signed=max((each.head for each in here), key=lambda head: head.seq, default=None),
        kept=max(kept, key=lambda head: head.seq, default=None),
        codes=codes,
        at=now(),
        findings=tuple(findings.found),
        more=findings.more,
    )
