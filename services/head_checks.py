"""Whether signed heads are as they were signed, and fit the chain."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from services import audit_chain, audit_heads, head_lines, head_statement, heads_file
from services.audit_findings import Fault, Finding, Findings
from services.audit_walk import Walk
from services.database import fetch
from services.head_lines import NotAHead
from services.head_statement import Head

RESTORES = """
SELECT id, at, detail FROM audit_entry WHERE action = 'RESTORE' AND resource = 'BACKUP'
ORDER BY id"""


@dataclass(frozen=True, slots=True)
class SetBack:
    """A restore: the log ended with this seal again."""

    entry_id: int
    seal: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Here:
    """A head that is as it was signed, and where it stands."""

    head: Head
    source: str


async def heads_here(findings: Findings) -> list[Here]:
    """Those that are as they were signed; the others, and those gone from the table, are told."""
    # the file first: a head is in the database before it is in the file
    lines = await asyncio.to_thread(heads_file.lines)
    rows = await audit_heads.rows()
    return await asyncio.to_thread(_signed, lines, rows, findings)


def _signed(lines: list[str], rows: list[dict[str, object]], findings: Findings) -> list[Here]:
    stored = [(row["seq"], audit_heads.read(row), "database") for row in rows]
    known = {head.signature for _, head, _ in stored if head}
    signed: list[Here] = []
    for place, head, source in [*stored, *_filed(lines, known, findings)]:
        if head is None or not head.is_ours or not head_statement.is_signed(head):
            seq = place if isinstance(place, int) else None
            findings.add(Finding(fault=Fault.HEAD_FORGED, seq=seq, source=source))
        else:
            signed.append(Here(head, source))
    return signed


def _filed(
    lines: list[str], known: set[str], findings: Findings
) -> list[tuple[object, Head | None, str]]:
    """The heads that stand in the file alone; the others are checked where they are stored."""
    filed: list[tuple[object, Head | None, str]] = []
    for line in lines:
        try:
            head = head_lines.from_line(line)
        except NotAHead:
            filed.append((None, None, "file"))
            continue
        if head.signature not in known:
            filed.append((head.seq, head, "file"))
            if head.is_ours:
                findings.add(Finding(fault=Fault.HEAD_GONE, seq=head.seq, source="file"))
    return filed


def tell_unfit(
    head: Head, source: str, walk: Walk, findings: Findings, restores: Sequence[SetBack] = ()
) -> None:
    """Add a finding where the chain does not hold the head; a restore explains an earlier one."""
    over = head.seq > walk.seq
    if not over and walk.digests.get(head.seq, "") == head.digest:
        return
    for each in restores:
        if each.seal < head.seq and head.at <= each.at:
            place = {"seq": head.seq, "entry_id": each.entry_id, "here": each.seal}
            findings.add(Finding(fault=Fault.SET_BACK, source=source, **place))
            return
    fault = Fault.CUT if over else Fault.REWRITTEN
    here, told = (walk.seq, head.seq) if over else (0, 0)
    findings.add(Finding(fault=fault, seq=head.seq, here=here, told=told, source=source))


async def restores() -> list[SetBack]:
    """Where the log says that it was set back; a head that was signed before fits no more."""
    found: list[SetBack] = []
    for row in await fetch(RESTORES, reading=True):
        with suppress(ValueError, TypeError, KeyError):
            told = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
            at = audit_chain.instant(row["at"])
            found.append(SetBack(row["id"], int(told["seal"]), at))
    return found
