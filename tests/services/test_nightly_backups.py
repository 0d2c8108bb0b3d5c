"""Backups of the night: how often, how many are kept, and whatever the clock did."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from time_machine import Traveller

from models import AuditEntry
from services import (
    backup_folder,
    backup_list,
    backup_writing,
    backups,
    last_backup,
    nightly_backups,
)
from services.backup_manifest import Made
from services.backup_writing import BackupFailed
from services.settings import get_settings
from services.zones import now
from tests.cast import Cast
from tests.conftest import POSTGRES, Configure

pytestmark = [
    pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone is copied as a file"),
    pytest.mark.usefixtures("fresh_sealer"),
]


async def test_nightly_ones_give_way_to_newer_and_those_of_people_stay(
    clock: Traveller, cast: Cast, configure: Configure
) -> None:
    configure(backups_kept=2)
    kept = await backups.make(cast.olga)
    assert await nightly_backups.work() == timedelta(hours=1)
    for _ in range(4):
        clock.shift(timedelta(days=1))
        await nightly_backups.work()
    found = [(each.made, each.by) for each in await backup_list.every(cast.olga)]
    assert found == [(Made.NIGHT, ""), (Made.NIGHT, ""), (Made.HAND, "Olga Owner")]
    assert (backup_folder.place(get_settings()) / kept).is_dir()
    state = await backup_list.state(cast.olga)
    assert state.next_at == datetime.fromisoformat("2026-03-15T02:00:00+00:00")


async def test_nights_go_on_after_a_clock_that_was_a_year_ahead(
    clock: Traveller, cast: Cast, configure: Configure
) -> None:
    configure(backups_kept=2)
    year = timedelta(days=365)
    clock.shift(year)
    for _ in range(2):
        clock.shift(timedelta(days=1))
        await nightly_backups.work()
    clock.shift(-year)
    made = set[datetime | None]()
    for _ in range(3):
        await nightly_backups.work()
        made.add((await last_backup.last(get_settings())).made_at)
        clock.shift(timedelta(days=1))
    assert len(made) == 3
    found = [each.made_at for each in await backup_list.every(cast.olga)]
    assert len(found) == 2
    assert all(at and at < now() for at in found)


async def test_a_night_that_failed_is_tried_again_the_next(
    clock: Traveller, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Path:
        raise BackupFailed("No.")

    clock.shift(timedelta(days=1))
    with monkeypatch.context() as patched:
        patched.setattr(backup_writing, "write", fail)
        await nightly_backups.work()
        await nightly_backups.work()
    assert await AuditEntry.filter(action="FAIL", resource="BACKUP").count() == 1
    clock.shift(timedelta(days=1))
    await nightly_backups.work()
    assert [each.made for each in await backup_list.every(cast.olga)] == [Made.NIGHT]


async def test_none_are_made_at_night_where_none_are_kept(
    clock: Traveller, cast: Cast, configure: Configure
) -> None:
    configure(backups_kept=0)
    clock.shift(timedelta(days=3))
    await nightly_backups.work()
    assert await backup_list.every(cast.olga) == []
