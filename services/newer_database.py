"""The database that a restore replaces, where it can be read: what it knows of each code."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services import audit_chain, copied_database
from services.copied_database import read, value

DIFFERENT = """
SELECT code.id FROM copy.code code
JOIN copy.batch batch ON batch.id = code.batch_id AND batch.state = 'DONE'
LEFT JOIN main.code newer ON newer.id = code.id
WHERE code.status = 'READY' AND (
    newer.id IS NULL OR newer.status <> code.status OR newer.link_version <> code.link_version
    OR newer.batch_id <> code.batch_id OR newer.ordinal <> code.ordinal
    OR newer.sent_to_id IS NOT code.sent_to_id
    OR (SELECT MAX(id) FROM main.activation WHERE code_id = code.id)
        IS NOT (SELECT MAX(id) FROM copy.activation WHERE code_id = code.id)
) ORDER BY code.id"""
GONE = """
SELECT newer.batch_id AS batch_id, COUNT(*) AS codes FROM main.code newer
JOIN main.batch batch ON batch.id = newer.batch_id AND batch.state = 'DONE'
WHERE NOT EXISTS (
    SELECT 1 FROM copy.code code
    JOIN copy.batch made ON made.id = code.batch_id AND made.state = 'DONE'
    WHERE code.id = newer.id
) GROUP BY newer.batch_id ORDER BY newer.batch_id"""
INVITATIONS = """
SELECT asked.id FROM copy.invitation asked
LEFT JOIN main.invitation newer ON newer.id = asked.id AND newer.email_key = asked.email_key
WHERE asked.accepted_at IS NULL AND asked.withdrawn_at IS NULL AND (
    newer.id IS NULL OR newer.version <> asked.version
    OR newer.accepted_at IS NOT NULL OR newer.withdrawn_at IS NOT NULL
) ORDER BY asked.id"""
RECOVERY = """
SELECT kept.id FROM copy.recovery_code kept
LEFT JOIN main.recovery_code newer ON newer.id = kept.id AND newer.digest = kept.digest
WHERE kept.used_at IS NULL AND (newer.id IS NULL OR newer.used_at IS NOT NULL)
ORDER BY kept.id"""
KNOWS_RECOVERY = """
SELECT (SELECT COUNT(*) FROM main.sqlite_master WHERE name = 'recovery_code')
    * (SELECT COUNT(*) FROM copy.sqlite_master WHERE name = 'recovery_code')"""
END = """
SELECT seal.seq, seal.digest, entry.at FROM audit_seal seal
JOIN audit_entry entry ON entry.id = seal.entry_id ORDER BY seal.seq DESC LIMIT 1"""
NUMBERS = "SELECT name, seq FROM sqlite_sequence"


@dataclass(frozen=True, slots=True)
class End:
    """Where its log ends."""

    seq: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """`different` are codes READY in the copy and not so here; `gone` those only here, by batch.

    `invitations` and `recovery` codes are open in the copy and not any more here.
    `numbers` are the newest ids by table, `last_entry` that of the log.
    """

    different: list[int]
    gone: dict[int, int]
    invitations: list[int]
    recovery: list[int]
    numbers: dict[str, int]
    end: End | None
    last_entry: int
    keys: set[str] = field(default_factory=set[str])


def look(database: Path, copy: Path) -> Newer | None:
    """None where there is none, or it cannot be relied upon. Blocks; nothing in it is changed."""
    if not database.is_file():
        return None
    try:
        with _opened(database, copy) as both:
            if any(copied_database.damage(both)):
                return None
            return _newer(both)
    except sqlite3.Error:
        return None


@contextmanager
def _opened(database: Path, copy: Path) -> Generator[sqlite3.Connection]:
    # to be written to only by SQLite itself, which takes up its log as at every start
    with copied_database.opened(database, mode="rw") as both:
        both.execute("ATTACH ? AS copy", [f"{copy.absolute().as_uri()}?mode=ro"])
        both.execute("PRAGMA query_only = ON")
        yield both


def _newer(both: sqlite3.Connection) -> Newer:
    ends = read(both, END)
    return Newer(
        different=[row["id"] for row in read(both, DIFFERENT)],
        gone={row["batch_id"]: row["codes"] for row in read(both, GONE)},
        invitations=[row["id"] for row in read(both, INVITATIONS)],
        recovery=_recovery(both),
        numbers={row["name"]: row["seq"] for row in read(both, NUMBERS)},
        end=End(ends[0]["seq"], ends[0]["digest"], audit_chain.instant(ends[0]["at"]))
        if ends
        else None,
        last_entry=value(both, copied_database.LAST_ENTRY),
        keys={value(both, copied_database.KEY_CHECK), *copied_database.key_checks(both).values()},
    )


def _recovery(both: sqlite3.Connection) -> list[int]:
    """None where one of the two is older than second factors are."""
    if not value(both, KNOWS_RECOVERY):
        return []
    return [row["id"] for row in read(both, RECOVERY)]
