"""Files of the log: small ones at once, large ones in the background, through crashes too."""

import asyncio
import csv
import io
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models import AuditEntry, AuditExport, Membership, Notification
from models.enums import AuditAction, BatchState, NotificationKind, Resource, Role
from services import (
    audit,
    audit_exports,
    audit_files,
    audit_filter,
    audit_scan,
    background,
    notices,
    notifications,
    signals,
)
from services.actor import Actor
from services.audit_filter import AuditFilter
from services.database import unit_of_work
from services.errors import Conflict, NotFound
from services.settings import Settings
from services.sheets import Export
from services.signals import Changed, Topic
from services.zones import now
from tests.cast import Cast, entries, issue, redeem
from tests.services.test_audit_list import outside
from tests.workbook import cells

EVERYTHING = AuditFilter()


@pytest.fixture(autouse=True)
def small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than 5 entries are many."""
    monkeypatch.setattr(audit_files, "AT_ONCE", 5)
    monkeypatch.setattr(audit_files, "CHUNK", 4)
    background._stop.clear()


@unit_of_work
async def put(cast: Cast, number: int, by: Actor | None = None, **more: Any) -> None:
    for each in range(number):
        await audit.record(AuditAction.SHOW, Resource.CODE, each + 1, by=by or cast.ada, **more)


async def read(export: Export) -> list[dict[str, str]]:
    text = b"".join([piece async for piece in export.lines]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def queued(who: Actor, form: str = "csv", wanted: AuditFilter = EVERYTHING) -> int:
    export_id = await audit_exports.request(who, wanted, form)
    assert export_id
    return export_id


def folder(settings: Settings) -> Path:
    return settings.data_dir / "exports"


async def test_a_small_file_is_sent_at_once_and_recorded(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 3)
    await redeem(issued.texts[0], name='=HYPERLINK("http://x")')
    wanted = AuditFilter(search="grace@example.org")
    assert await audit_exports.request(cast.ada, wanted, "csv") is None
    export = await audit_files.send(cast.ada, wanted, "csv")
    assert export.name == "audit-log-northwind.csv"
    [row] = await read(export)
    assert (row["user"], row["e-mail"]) == ('\'=HYPERLINK("http://x")', "grace@example.org")
    assert (row["action"], row["resource"]) == ("ACTIVATE", "CODE")
    assert row["target number"] == str(issued.codes[0].id)
    assert row["workspace"] == "Northwind Academy"
    assert row["date and time"].endswith(("+01:00", "+02:00"))
    [entry] = await entries(AuditAction.EXPORT)
    assert entry.detail == {"entries": 1, "format": "csv", "filter": {"search": True}}


async def test_a_workbook_holds_text_only(cast: Cast) -> None:
    await put(cast, 2, note="=1+1")
    export = await audit_files.send(cast.ada, EVERYTHING, "xlsx")
    head, *rows = cells(b"".join([piece async for piece in export.lines]))
    assert tuple(head) == audit_files.HEAD
    assert [row[9] for row in rows] == ["Shown in full (note =1+1)"] * 2


async def test_many_entries_are_refused_at_once_and_made_in_the_background(
    cast: Cast, db: Settings
) -> None:
    await put(cast, 23)
    with pytest.raises(Conflict, match="made in the background"):
        await audit_files.send(cast.ada, EVERYTHING, "csv")
    heard: list[Changed] = []
    end = signals.subscribe(heard.append)
    export_id = await queued(cast.ada)
    await put(cast, 1)  # later than it was asked for
    await audit_exports.work()
    end()
    assert Changed(cast.northwind.id, Topic.EXPORTS) in heard
    made = await AuditExport.get(id=export_id)
    assert (made.state, made.made, made.tries) == (BatchState.DONE, 23, 1)
    rows = await read(await audit_exports.fetch_file(cast.ada, export_id))
    assert [int(row["target number"]) for row in rows] == list(range(23, 0, -1))
    [path] = folder(db).iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder(db).stat().st_mode) == 0o700
    asked, taken = await entries(AuditAction.EXPORT)
    assert (asked.resource, asked.detail) == ("AUDIT", {"export": export_id, "format": "csv"})
    assert (taken.resource, taken.target_id) == ("EXPORT", export_id)


async def test_who_asked_is_told_and_may_fetch_it(cast: Cast) -> None:
    await put(cast, 9)
    export_id = await queued(cast.ada)
    await audit_exports.work()
    await notices.tell()
    [told] = await notifications.newest(cast.ada)
    assert (told.kind, told.target_id) == (NotificationKind.EXPORT_READY, export_id)
    assert told.facts
    assert (told.facts.entries, told.facts.form) == (9, "csv")
    assert await Notification.all().count() == 1
    await Membership.filter(user_id=cast.ada.user_id, workspace_id=cast.northwind.id).update(
        role=Role.SALES
    )
    [told] = await notifications.newest(cast.ada)
    assert told.facts is None


async def test_nobody_else_gets_the_file(cast: Cast) -> None:
    await put(cast, 9)
    export_id = await queued(cast.ada)
    await audit_exports.work()
    strangers = (cast.olga, cast.ada_at_acme, cast.sam, cast.eve, cast.mallory)
    for who in (*strangers, outside(cast.olga), outside(cast.ada)):
        with pytest.raises(NotFound):
            await audit_exports.fetch_file(who, export_id)
    for nonsense in (0, -1, 2**63, export_id + 1):
        with pytest.raises(NotFound):
            await audit_exports.fetch_file(cast.ada, nonsense)
    assert len(await entries(AuditAction.EXPORT)) == 1


@pytest.mark.parametrize("who", ["sam", "eve", "mallory"])
async def test_those_who_are_no_admins_export_nothing(cast: Cast, who: str) -> None:
    await put(cast, 9)
    actor: Actor = getattr(cast, who)
    for each in (actor, outside(actor), outside(cast.ada)):
        with pytest.raises(NotFound):
            await audit_exports.request(each, EVERYTHING, "csv")
        with pytest.raises(NotFound):
            await audit_files.send(each, EVERYTHING, "csv")
    assert not await AuditExport.exists()
    assert await entries(AuditAction.EXPORT) == []


async def test_the_owners_file_is_of_the_whole_installation(cast: Cast) -> None:
    await put(cast, 3)
    await put(cast, 3, by=cast.mallory)
    await put(cast, 1, by=cast.ada_at_acme)
    export_id = await queued(outside(cast.olga))
    await audit_exports.work()
    export = await audit_exports.fetch_file(outside(cast.olga), export_id)
    assert export.name == "audit-log-installation.csv"
    rows = await read(export)
    assert [row["workspace"] for row in rows] == [
        "Acme Devices", *["Elsewhere"] * 3, *["Northwind Academy"] * 3
    ]  # fmt: skip
    with pytest.raises(NotFound):  # it is not that of the workspace
        await audit_exports.fetch_file(cast.olga, export_id)


async def test_a_file_that_a_crash_cut_off_is_made_anew_and_whole(
    cast: Cast, db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(cast, 23)
    export_id = await queued(cast.ada)
    monkeypatch.setattr(audit_exports, "ADVANCE_EVERY", 0.0)
    real, calls = audit_scan.older, 0

    async def killed(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise asyncio.CancelledError
        return await real(*arguments)

    monkeypatch.setattr(audit_scan, "older", killed)
    with pytest.raises(asyncio.CancelledError):
        await audit_exports.work()
    monkeypatch.setattr(audit_scan, "older", real)
    left = await AuditExport.get(id=export_id)
    assert (left.state, left.made, left.tries) == (BatchState.RUNNING, 8, 1)
    (folder(db) / f"{export_id}-dead.part").write_text("half")
    await audit_exports.work()  # held for another minute
    assert (await AuditExport.get(id=export_id)).state is BatchState.RUNNING
    await audit_exports.free()
    await audit_exports.work()
    done = await AuditExport.get(id=export_id)
    assert (done.state, done.made, done.tries) == (BatchState.DONE, 23, 2)
    assert len(await read(await audit_exports.fetch_file(cast.ada, export_id))) == 23
    assert [path.name for path in folder(db).iterdir()] == [f"{export_id}.csv"]
    assert [e.resource for e in await entries(AuditAction.COMPLETE)] == ["EXPORT"]


async def test_a_stop_puts_it_back_without_counting_a_try(
    cast: Cast, db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(cast, 23)
    export_id = await queued(cast.ada)
    answers = iter([False, True])
    monkeypatch.setattr(background, "is_stopping", lambda: next(answers, True))
    await audit_exports.work()
    left = await AuditExport.get(id=export_id)
    assert (left.state, left.tries) == (BatchState.QUEUED, 0)
    assert list(folder(db).iterdir()) == []


async def test_what_fails_time_and_again_is_given_up_and_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(cast, 9)
    export_id = await queued(cast.ada)

    async def broken(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(audit_exports, "_write", broken)
    monkeypatch.setattr(audit_exports, "AGAIN_AFTER", timedelta(0))
    await audit_exports.work()
    failed = await AuditExport.get(id=export_id)
    assert (failed.state, failed.tries) == (BatchState.FAILED, audit_exports.MOST_TRIES)
    await notices.tell()
    [told] = await notifications.newest(cast.ada)
    assert told.kind is NotificationKind.EXPORT_FAILED
    assert told.facts
    assert told.facts.failure == audit_exports.FAILURE
    with pytest.raises(NotFound):
        await audit_exports.fetch_file(cast.ada, export_id)


async def test_a_workbook_of_too_many_rows_says_so_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(cast, 9)
    monkeypatch.setattr(audit_exports, "XLSX_MOST_ROWS", 8)
    export_id, fits = await queued(cast.ada, "xlsx"), await queued(cast.ada, "csv")
    await audit_exports.work()
    failed = await AuditExport.get(id=export_id)
    assert (failed.state, failed.tries) == (BatchState.FAILED, 1)
    assert failed.failure == audit_exports.TOO_MANY
    assert (await AuditExport.get(id=fits)).state is BatchState.DONE


async def test_two_workers_make_one_file(cast: Cast) -> None:
    await put(cast, 23)
    export_id = await queued(cast.ada)
    await asyncio.gather(*(audit_exports.work() for _ in range(4)))
    done = await AuditExport.get(id=export_id)
    assert (done.state, done.tries) == (BatchState.DONE, 1)
    assert len(await entries(AuditAction.COMPLETE)) == 1


async def test_a_person_waits_for_three_files_at_most(cast: Cast) -> None:
    await put(cast, 9)
    for _ in range(audit_exports.MOST_WAITING):
        await queued(cast.ada)
    with pytest.raises(Conflict):
        await queued(cast.ada)
    await queued(cast.olga)
    await audit_exports.work()
    await queued(cast.ada)


async def test_a_file_is_kept_for_a_week(cast: Cast, db: Settings) -> None:
    await put(cast, 9)
    export_id = await queued(cast.ada)
    await audit_exports.work()
    assert await audit_exports.forget_old() == 0
    await AuditExport.all().update(finished_at=now() - timedelta(days=7, minutes=1))
    assert await audit_exports.forget_old() == 1
    assert list(folder(db).iterdir()) == []
    with pytest.raises(NotFound, match="kept for 7 days"):
        await audit_exports.fetch_file(cast.ada, export_id)
    assert await AuditEntry.filter(resource="EXPORT").count() == 1


async def test_a_form_that_is_none_is_refused(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await audit_exports.request(cast.ada, audit_filter.read({}), "../../x")
