"""The same rows by bare sqlite3: one transaction each, values made before the clock starts."""

import os
import secrets
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter

from models.enums import AuditAction, BatchState, CodeKind, Resource, Status
from services.issuing import CODE_COLUMNS

MOMENT = "2026-01-01 12:00:00.000001+00:00"
LATER = "2026-01-31 23:00:00+00:00"

BATCH = """
INSERT INTO batch (created_at, workspace_id, kind, product_id, plan_id, requested_by_id,
    idempotency_key, quantity, prefix, note, state, failure, finished_at, ready, activated, revoked)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', '', ?, '', ?, ?, 0, 0)"""
CODE = f"INSERT INTO code ({', '.join(CODE_COLUMNS)}) VALUES (?{', ?' * (len(CODE_COLUMNS) - 1)})"
AUDIT = """
INSERT INTO audit_entry (at, workspace_id, person_id, action, resource, target_id, detail)
VALUES (?, ?, ?, ?, ?, ?, ?)"""
CLAIM = "UPDATE code SET status = ? WHERE digest = ? AND status = ? RETURNING id, batch_id"
PERSON = """
INSERT INTO person (created_at, workspace_id, name, email, email_key) VALUES (?, ?, ?, ?, ?)"""
ACTIVATION = """
INSERT INTO activation (created_at, workspace_id, code_id, person_id) VALUES (?, ?, ?, ?)"""
ENTITLEMENT = """
INSERT INTO entitlement (created_at, workspace_id, activation_id, person_id, product_id, plan_id,
    starts_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
MESSAGE = """
INSERT INTO message (created_at, workspace_id, kind, state, batch_id, code_id, activation_id,
    recipient, recipient_key, recipient_name, message_id, tries, queued_at, next_try_at, holder,
    last_answer)
VALUES (?, 1, 'CONFIRMATION', 'QUEUED', ?, ?, ?, ?, ?, 'Ada', ?, 0, ?, ?, '', '')"""
COUNT = "UPDATE batch SET ready = ready - 1, activated = activated + 1 WHERE id = ?"


@contextmanager
def _transaction(raw: sqlite3.Connection) -> Generator[None]:
    raw.execute("BEGIN IMMEDIATE")
    yield
    raw.execute("COMMIT")


def generate(raw: sqlite3.Connection, codes: int, key: str) -> tuple[float, list[bytes]]:
    """Seconds to write a batch, its codes and the audit entry; and the digests of the codes."""
    digests = [os.urandom(32) for _ in range(codes)]
    ready = Status.READY.value
    rows = [
        (MOMENT, 1, 0, ordinal, digest, os.urandom(45), "7KQM", None, ready, 1)
        for ordinal, digest in enumerate(digests, start=1)
    ]
    batch = (MOMENT, 1, CodeKind.ACCESS.value, 1, 1, 1, key, codes, BatchState.DONE.value, MOMENT)
    entry = AuditAction.CREATE.value, Resource.BATCH.value
    start = perf_counter()
    with _transaction(raw):
        batch_id = raw.execute(BATCH, (*batch, codes)).lastrowid
        raw.executemany(CODE, [(*row[:2], batch_id, *row[3:]) for row in rows])
        raw.execute(AUDIT, (MOMENT, 1, 1, *entry, batch_id, f'{{"plan":1,"codes":{codes}}}'))
    return perf_counter() - start, digests


PEERS_SCHEMA = """
CREATE TABLE batch (id INTEGER PRIMARY KEY);
CREATE TABLE code (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,
    batch INTEGER NOT NULL REFERENCES batch (id));
CREATE INDEX code_batch ON code (batch);
INSERT INTO batch VALUES (1);"""
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def peer_baseline(folder: Path, codes: int) -> float:
    """Seconds to draw plain codes one character at a time and insert them, all in one commit.

    Against this the peers were measured; it keeps nothing sealed and writes two columns.
    """
    path = folder / "peers.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.executescript(PEERS_SCHEMA)
        start = perf_counter()
        drawn = ["".join(secrets.choice(CROCKFORD) for _ in range(16)) for _ in range(codes)]
        with _transaction(raw):
            raw.executemany("INSERT INTO code (code, batch) VALUES (?, 1)", [(c,) for c in drawn])
        seconds = perf_counter() - start
    path.unlink()
    return seconds


def activate(raw: sqlite3.Connection, digests: list[bytes]) -> float:
    """Activations in a second, each a transaction of its own."""
    start = perf_counter()
    for digest in digests:
        with _transaction(raw):
            _activate(raw, digest, f"ada.{digest[:8].hex()}@bench.test")
    return len(digests) / (perf_counter() - start)


def _activate(raw: sqlite3.Connection, digest: bytes, email: str) -> None:
    claim = (Status.ACTIVATED.value, digest, Status.READY.value)
    [(code_id, batch_id)] = raw.execute(CLAIM, claim).fetchall()
    person_id = raw.execute(PERSON, (MOMENT, 1, "Ada", email, email)).lastrowid
    activation_id = raw.execute(ACTIVATION, (MOMENT, 1, code_id, person_id)).lastrowid
    raw.execute(ENTITLEMENT, (MOMENT, 1, activation_id, person_id, 1, 1, MOMENT, LATER))
    raw.execute(COUNT, (batch_id,))
    about = (batch_id, code_id, activation_id, email, email, f"<{digest.hex()}@bench.test>")
    raw.execute(MESSAGE, (MOMENT, *about, MOMENT, MOMENT))
    detail = f'{{"batch":{batch_id},"activation":{activation_id},"by_link":false}}'
    what = (AuditAction.ACTIVATE.value, Resource.CODE.value, code_id)
    raw.execute(AUDIT, (MOMENT, 1, person_id, *what, detail))
