"""What Verify found, and what it looked at. Screens have the words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.head_statement import Head

MOST = 50  # told one by one; the others are counted


class Fault(StrEnum):
    CHANGED = "an entry is not as it was sealed"
    MISSING = "a sealed entry is gone"
    GAP = "seals are gone"
    UNLINKED = "a seal does not follow the one before it"
    INSERTED = "an entry was put between sealed ones"
    BACKDATED = "an entry says a time before a head that was signed without it"
    CUT = "the chain ends before a signed head"
    SET_BACK = "a restore set the log back to before a signed head"
    REWRITTEN = "the chain is another one than a signed head says"
    HEAD_FORGED = "a head is not as it was signed"
    HEAD_FOREIGN = "a head was signed by another key"
    HEAD_GONE = "a head of the file is gone from the database"
    CODES_MADE = "a batch has another number of codes than the log says"
    CODES_REVOKED = "a batch has another number of revoked codes than the log says"
    CODES_HELD = "a batch has another number of held codes than the log says"
    CODE_USED = "the status of a code does not follow from the log"
    UNGUARDED = "a trigger that refuses changes of the log is gone"
    NOT_COMPARED = "codes and entries could not be compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`seq` is a place in the chain, `entry_id` the entry, `target_id` a batch or a code.

    `here` is what is there, `told` what the log or the head says; `source` is which
    head or trigger.
    """

    fault: Fault
    seq: int | None = None
    entry_id: int | None = None
    target_id: int | None = None
    here: int = 0
    told: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`kept` is the newest head that came from elsewhere, `signed` the newest that is here."""

    sealed: int
    unsealed: int
    heads: int
    signed: Head | None
    kept: Head | None
    codes: int
    at: datetime
    findings: tuple[Finding, ...]
    more: int

    @property
    def is_clean(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class Findings:
    """Collects what is wrong, up to as much as anybody reads."""

    found: list[Finding] = field(default_factory=list[Finding])
    more: int = 0

    def add(self, *findings: Finding) -> None:
        self.extend(findings)

    def extend(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            if len(self.found) < MOST:
                self.found.append(finding)
            else:
                self.more += 1
