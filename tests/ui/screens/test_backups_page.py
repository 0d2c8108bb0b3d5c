"""The owner's Backups page: how they stand, one now, the list, and what can be done with each."""

import pytest

from services import backup_folder
from services.settings import get_settings
from tests.conftest import POSTGRES
from tests.ui.screens.visit import House, emit, press, rows, sees, until
from ui import routes


@pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone is copied as a file")
async def test_one_is_made_checked_again_and_deleted(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.BACKUPS)
    await sees(user, "The key file is never in a backup", "No backup yet", "WAITING")
    await press(user, "Back up now")
    await until(lambda: rows(user))
    [row] = rows(user)
    assert (row["state"], row["by"]) == ("SOUND", "By hand · Olga Owner")
    await sees(user, "WORKING")
    [backup] = backup_folder.every(backup_folder.place(get_settings()))
    (backup / "database.sqlite3").write_bytes(b"x")
    await emit(user, "check", row["id"])
    await sees(user, "Not sound. database.sqlite3 was changed after the backup was made.")
    await until(lambda: rows(user)[0]["state"] == "DAMAGED")
    await emit(user, "delete", row["id"])
    await press(user, "Delete")
    await until(lambda: not backup.exists())
    await sees(user, "No backup yet")


@pytest.mark.skipif(bool(POSTGRES), reason="SQLite alone is copied as a file")
async def test_an_owner_elsewhere_sees_it_at_once(house: House) -> None:
    first = await house.visit(house.cast.olga, routes.BACKUPS)
    second = await house.visit(house.cast.olga, routes.BACKUPS)
    await press(first, "Back up now")
    await until(lambda: len(rows(second)) == 1)


@pytest.mark.skipif(not POSTGRES, reason="a matter of PostgreSQL alone")
async def test_on_postgres_it_says_how(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.BACKUPS)
    await sees(user, "pg_dump --format=custom", "The key file is never in a backup")
