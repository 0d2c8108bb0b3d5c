"""Verify: the chain, its signed heads, and whether the codes are as the log says."""

import asyncio
from collections.abc import Sequence

from models.enums import AuditAction, Resource
from services import audit, audit_reconcile, head_checks, kept_heads, unsealed
from services.actor import Actor
from services.audit_findings import Findings, Verdict
from services.audit_walk import Progress, Walk
from services.database import fetch, unit_of_work
from services.errors import Conflict
from services.head_statement import Head
from services.permissions import Permission, require
from services.unsealed import UNSEALED
from services.zones import now

<<<<<<< HEAD
=======
NO_HEAD = "Line {} is not a head, or it was changed since it was signed."
KEPT_MOST = 2_000_000  # characters, many years of heads
UNSEALED = """
SELECT COUNT(*) AS entries FROM audit_entry entry
WHERE NOT EXISTS (SELECT 1 FROM audit_seal seal WHERE seal.entry_id = entry.id)"""
INSERTED = """
SELECT entry.id FROM audit_entry entry
WHERE (entry.id < 1 OR (entry.id < ? AND entry.at < ?))
AND NOT EXISTS (SELECT 1 FROM audit_seal seal WHERE seal.entry_id = entry.id)
ORDER BY entry.id LIMIT ?"""

>>>>>>> part-attacker
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
    for each in here:
        head_checks.fits(each.head, each.source, walk, findings)
    for head in ours:
        head_checks.fits(head, "kept", walk, findings)
    findings.extend(await unsealed.inserted(walk))
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
<<<<<<< HEAD
=======


@dataclass(frozen=True, slots=True)
class _Here:
    """A head that is as it was signed, and where it stands."""

    head: Head
    source: str


async def _heads_here(findings: Findings) -> list[_Here]:
    # the file first: a head is in the database before it is in the file
    lines = await asyncio.to_thread(heads_file.lines)
    rows = await audit_heads.rows()
    return await asyncio.to_thread(_signed, lines, rows, findings)


def _signed(lines: list[str], rows: list[dict[str, object]], findings: Findings) -> list[_Here]:
    stored = [(row["seq"], audit_heads.read(row), "database") for row in rows]
    known = {head.signature for _, head, _ in stored if head}
    signed: list[_Here] = []
    for place, head, source in [*stored, *_filed(lines, known, findings)]:
        if head is None or not head.is_ours or not head_statement.is_signed(head):
            seq = place if isinstance(place, int) else None
            findings.add(Finding(fault=Fault.HEAD_FORGED, seq=seq, source=source))
        else:
            signed.append(_Here(head, source))
    return signed


def _filed(
    lines: list[str], known: set[str], findings: Findings
) -> list[tuple[object, Head | None, str]]:
    """The heads that stand in the file alone; the others are checked where they are stored."""
    filed: list[tuple[object, Head | None, str]] = []
    for line in lines:
        try:
            head = head_statement.from_line(line)
        except NotAHead:
            filed.append((None, None, "file"))
            continue
        if head.signature not in known:
            filed.append((head.seq, head, "file"))
            if head.is_ours:
                findings.add(Finding(fault=Fault.HEAD_GONE, seq=head.seq, source="file"))
    return filed


def _foreign(kept: Sequence[Head], findings: Findings) -> None:
    for head in kept:
        if not head.is_ours:
            findings.add(Finding(fault=Fault.HEAD_FOREIGN, seq=head.seq, source="kept"))


def _fits(head: Head, source: str, walk: Walk, findings: Findings) -> None:
    if head.seq > walk.seq:
        findings.add(
            Finding(fault=Fault.CUT, seq=head.seq, here=walk.seq, told=head.seq, source=source)
        )
    elif walk.digests.get(head.seq, "") != head.digest:
        findings.add(Finding(fault=Fault.REWRITTEN, seq=head.seq, source=source))


async def _inserted(walk: Walk) -> list[Finding]:
    """Entries without a seal, older and of a lower number than sealed ones, or of no number that
    the database gives.
    """
    rows = await fetch(INSERTED, walk.last_entry, now() - LATE, MOST, reading=True)
    return [Finding(fault=Fault.INSERTED, entry_id=row["id"]) for row in rows]
>>>>>>> part-attacker
