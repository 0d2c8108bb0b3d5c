"""Walks along the chain, seal by seal, and checks each against its entry and the one before."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tortoise.exceptions import OperationalError

from services import audit_chain
from services.audit_chain import GENESIS, Unreadable
from services.audit_findings import Fault, Finding, Findings
from services.database import fetch
from services.head_statement import Head

Progress = Callable[[int, int], None]
TOGETHER = 2000
# Entries written before a head was signed are sealed under it, but for a transaction still open.
LATE = timedelta(hours=1)

COUNT = "SELECT COUNT(*) AS seals FROM audit_seal"
SEALS = """
SELECT seal.seq, seal.entry_id, seal.previous, seal.digest, entry.id, entry.at,
entry.workspace_id, entry.person_id, entry.action, entry.resource, entry.target_id, entry.detail
FROM audit_seal seal LEFT JOIN audit_entry entry ON entry.id = seal.entry_id
WHERE seal.seq > ? ORDER BY seal.seq LIMIT ?"""
# For a row whose entry not even the database can read any more.
SEAL = "SELECT seq, entry_id, previous, digest FROM audit_seal WHERE seq > ? ORDER BY seq LIMIT 1"


class Walk:
    """`digests` are those at the places of the heads; the last seal passed is `seq`.

    Not `dated`, it does not ask whether the times of entries fit those of the heads.
    """

    def __init__(self, heads: Sequence[Head], findings: Findings, *, dated: bool = True) -> None:
        self.findings = findings
        self.seq, self.digest, self.seals, self.last_entry = 0, GENESIS, 0, 0
        self.digests: dict[int, str] = {}
        self._wanted = {head.seq for head in heads}
        coming = sorted(heads, key=lambda head: head.seq, reverse=True)
        self._coming = coming if dated else []
        self._signed_at: datetime | None = None

    async def go(self, progress: Progress | None = None) -> None:
        [counted] = await fetch(COUNT, reading=True)
        while rows := await _part(self.seq, TOGETHER):
            await asyncio.to_thread(self.take, rows)
            if progress:
                progress(self.seals, max(self.seals, counted["seals"]))

    def take(self, rows: list[dict[str, Any]]) -> None:
        """The next rows of `SEALS`, in their order."""
        for row in rows:
            self._link(row)
            self._entry(row)
            self.seq, self.digest = row["seq"], row["digest"]
            self.seals += 1
            self.last_entry = max(self.last_entry, row["entry_id"])
            if self.seq in self._wanted:
                self.digests[self.seq] = self.digest

    def _link(self, row: dict[str, Any]) -> None:
        seq, entry_id = row["seq"], row["entry_id"]
        if seq != self.seq + 1:
            missing = seq - self.seq - 1
            self.findings.add(Finding(fault=Fault.GAP, seq=self.seq + 1, here=missing))
        elif row["previous"] != self.digest:
            self.findings.add(Finding(fault=Fault.UNLINKED, seq=seq, entry_id=entry_id))

    def _entry(self, row: dict[str, Any]) -> None:
        place = {"seq": row["seq"], "entry_id": row["entry_id"]}
        if row.get("id", 0) is None:
            self.findings.add(Finding(fault=Fault.MISSING, **place))
            return
        try:
            content = audit_chain.canonical(row)
        except (Unreadable, KeyError):
            self.findings.add(Finding(fault=Fault.CHANGED, **place))
            return
        if audit_chain.digest(row["previous"], row["seq"], content) != row["digest"]:
            self.findings.add(Finding(fault=Fault.CHANGED, **place))
        elif self._is_backdated(row["seq"], audit_chain.instant(row["at"])):
            self.findings.add(Finding(fault=Fault.BACKDATED, **place))

    def _is_backdated(self, seq: int, at: datetime) -> bool:
        while self._coming and self._coming[-1].seq < seq:
            signed = self._coming.pop().at
            self._signed_at = max(signed, self._signed_at or signed)
        return self._signed_at is not None and at < self._signed_at - LATE


async def _part(after: int, most: int) -> list[dict[str, Any]]:
    """The next seals with their entries; fewer where one of them cannot be read."""
    try:
        return await fetch(SEALS, after, most, reading=True)
    except OperationalError:
        if most == 1:
            return await fetch(SEAL, after, reading=True)
        return await _part(after, most // 2)
