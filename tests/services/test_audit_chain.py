"""An entry stands for the same bytes however a database gives it, and for no others."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from models import AuditEntry
from models.enums import AuditAction, Resource
from services import audit, audit_chain
from services.audit_chain import GENESIS, Unreadable
from services.database import fetch, unit_of_work
from services.sealing import ENTRIES
from services.settings import Settings

AT = datetime(2026, 3, 10, 12, 0, 0, 70, tzinfo=UTC)
ROW: dict[str, Any] = {
    "id": 7,
    "at": AT,
    "workspace_id": 1,
    "person_id": None,
    "action": "CREATE",
    "resource": "BATCH",
    "target_id": 3,
    "detail": {"codes": 12, "plan": 4},
}
BYTES = b'[7,"2026-03-10T12:00:00.000070+00:00",1,null,"CREATE","BATCH",3,{"codes":12,"plan":4}]'


@pytest.mark.parametrize(
    "as_given",
    [
        {},
        {"at": "2026-03-10 12:00:00.000070+00:00"},
        {"at": "2026-03-10T13:00:00.000070+01:00"},
        {"at": "2026-03-10 12:00:00.000070"},
        {"detail": '{"plan": 4,  "codes":12}'},
    ],
)
def test_times_and_json_are_the_same_bytes_however_they_are_kept(as_given: dict[str, Any]) -> None:
    assert audit_chain.canonical(ROW | as_given) == BYTES


@pytest.mark.parametrize("column", audit_chain.COLUMNS)
def test_every_column_counts(column: str) -> None:
    other = {"at": datetime(2026, 3, 10, tzinfo=UTC), "detail": {}}.get(column, 99)
    assert audit_chain.canonical(ROW | {column: other}) != BYTES


@pytest.mark.parametrize(
    "forged",
    [
        {"at": "yesterday"},
        {"at": None},
        {"detail": "{"},
        {"detail": '{"codes":1,"codes":12}'},
        {"detail": '{"codes":NaN}'},
        {"action": b"CREATE"},
        {"target_id": float("inf")},
    ],
)
def test_what_this_program_never_wrote_is_unreadable(forged: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        audit_chain.canonical(ROW | forged)


def test_a_digest_depends_on_the_one_before_on_the_place_and_on_the_entry() -> None:
    digests = {
        audit_chain.digest(GENESIS, 1, BYTES),
        audit_chain.digest("1" * 64, 1, BYTES),
        audit_chain.digest(GENESIS, 2, BYTES),
        audit_chain.digest(GENESIS, 1, BYTES + b" "),
    }
    assert len(digests) == 4


async def test_this_database_gives_back_the_bytes_of_what_was_written(db: Settings) -> None:
    detail = {"z": 1, "a": [True, None, "Ünï \u2028", 2**53], "half": 0.5, "of": {"y": 1, "b": 2}}

    @unit_of_work
    async def write() -> None:
        await audit.record(
            AuditAction.CREATE, Resource.BATCH, 2**62, by=None, workspace_id=5, **detail
        )
        await AuditEntry.create(at=AT, action="LOGIN", resource="USER", detail=detail)

    await write()
    written = await AuditEntry.all().order_by("id").values()
    rows = await fetch(ENTRIES, [row["id"] for row in written])
    assert [audit_chain.canonical(row) for row in rows] == [
        audit_chain.canonical({**row, "detail": json.dumps(row["detail"])}) for row in written
    ]
    assert rows[0]["id"] == written[0]["id"]
    assert b"2026-03-10T12:00:00.000070+00:00" in audit_chain.canonical(rows[1])
