"""The database in a backup, read past the application: counts, keys, and where its log ends."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services import audit_walk
from services.audit_findings import Finding, Findings
from services.audit_walk import SEALS, TOGETHER, Walk
from services.head_statement import Head

TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
)
END = "SELECT seq, digest FROM audit_seal ORDER BY seq DESC LIMIT 1"
HEAD = "SELECT at, seq, digest, public_key, signature FROM audit_head ORDER BY seq DESC LIMIT 1"
EVIDENCE = "SELECT DISTINCT digest FROM evidence WHERE digest IS NOT NULL ORDER BY digest"
KEY_CHECK = "SELECT COALESCE(MAX(key_check), '') AS key_check FROM installation"
LAST_ENTRY = "SELECT COALESCE(MAX(id), 0) FROM audit_entry"

Rows = list[dict[str, Any]]


@contextmanager
def opened(file: Path, *, mode: str = "ro") -> Generator[sqlite3.Connection]:
    """To be read."""
    database = sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}", uri=True)
    database.row_factory = lambda cursor, row: {
        column[0]: value for column, value in zip(cursor.description, row, strict=True)
    }
    try:
        database.execute("PRAGMA trusted_schema = OFF")
        yield database
    finally:
        database.close()


def read(database: sqlite3.Connection, statement: str, *values: Any) -> Rows:
    return database.execute(statement, values).fetchall()


def value(database: sqlite3.Connection, statement: str, *values: Any) -> Any:
    [row] = read(database, statement, *values)
    [found] = row.values()
    return found


def counts(database: sqlite3.Connection) -> dict[str, int]:
    names = sorted(row["name"] for row in read(database, TABLES))
    return {name: value(database, f'SELECT COUNT(*) FROM "{name}"') for name in names}  # noqa: S608


def key_checks(database: sqlite3.Connection) -> dict[str, str]:
    """By the number of the key; older databases know the one they were made with."""
    if value(database, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'key'"):
        rows = read(database, "SELECT number, check_value FROM key ORDER BY number")
        if rows:
            return {str(row["number"]): row["check_value"] for row in rows}
    return {"1": value(database, KEY_CHECK)}


def damage(database: sqlite3.Connection) -> Iterator[str]:
    """What SQLite itself finds wrong, in its words."""
    for row in read(database, "PRAGMA integrity_check(5)"):
        if row["integrity_check"] != "ok":
            yield f"The database is damaged: {row['integrity_check']}."
    if rows := read(database, "PRAGMA foreign_key_check"):
        yield f"The database refers to rows that are not there, {len(rows):,} times."


def walk(
    database: sqlite3.Connection, heads: list[Head], progress: audit_walk.Progress | None = None
) -> tuple[Walk, list[Finding]]:
    """Along the whole chain, as Verify goes; its digests at the places of these heads are kept.

    A clock that was once wrong makes no copy unsound: times are left to Verify.
    """
    findings = Findings()
    steps = Walk(heads, findings, dated=False)
    whole = value(database, "SELECT COUNT(*) FROM audit_seal")
    while rows := read(database, SEALS, steps.seq, TOGETHER):
        steps.take(rows)
        if progress:
            progress(steps.seals, max(steps.seals, whole))
    return steps, findings.found
