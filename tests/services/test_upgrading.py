"""Databases of earlier versions, and of this one: migrated, whole, and everything in them works."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models import Code
from models.enums import RefusalReason
from services import (
    audit_verify,
    certificates,
    codes,
    database,
    installation,
    second_step,
    sessions,
)
from services.actor import Actor
from services.second_step import SecondStep
from services.sessions import SecondFactorDue, SignIn
from services.settings import Settings
from services.version import VERSION
from tests import fixtures, recount
from tests.cast import activated, redeem, redeem_link, refused
from tests.conftest import POSTGRES, forget_process
from tests.fixtures import Known
from tests.second_factors import ADDRESS, App

pytestmark = [
    pytest.mark.skipif(bool(POSTGRES), reason="kept as files of SQLite"),
    pytest.mark.usefixtures("fresh_sealer"),
]
NOT_COUNTED = {"tortoise_migrations", "sqlite_sequence"}


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A kept database that this program migrated and opened; `before` are its rows by table."""

    known: Known
    settings: Settings
    before: dict[str, int]


@pytest.fixture(params=fixtures.versions())
async def upgraded(request: pytest.FixtureRequest, settings: Settings) -> AsyncIterator[Upgraded]:
    settings.data_dir.mkdir(mode=0o700)
    known = fixtures.load(request.param, settings.sqlite_path, settings.key_path)
    before = fixtures.row_counts(settings.sqlite_path)
    await installation.prepare(settings)
    await database.connect(settings)
    forget_process()
    yield Upgraded(known, settings, before)
    await database.disconnect()


async def _enter(known: Known) -> Actor:
    """An admin with an authenticator app, by password and its code."""
    attempt = SignIn(email=known.admin, password=known.password, address=ADDRESS)
    with pytest.raises(SecondFactorDue) as due:
        await sessions.sign_in(attempt)
    shown = App(known.app_secret, []).code()
    step = SecondStep(half=due.value.half, code=shown, address=ADDRESS)
    return await sessions.enter(await second_step.finish(step), known.workspace)


async def _why_not(code: str) -> RefusalReason:
    return refused(await redeem(code, email="somebody.else@example.org")).reason


def test_there_is_one_of_this_version_with_rows_in_every_table(settings: Settings) -> None:
    settings.data_dir.mkdir()
    fixtures.load(VERSION, settings.sqlite_path, settings.key_path)
    counts = fixtures.row_counts(settings.sqlite_path)
    assert not [table for table, rows in counts.items() if not rows]


def test_the_one_of_this_version_has_the_newest_schema(settings: Settings, template: str) -> None:
    settings.data_dir.mkdir()
    fixtures.load(VERSION, settings.sqlite_path, settings.key_path)
    assert fixtures.schema_of(settings.sqlite_path) == fixtures.schema_of(Path(template))


async def test_nothing_is_lost_and_nothing_is_an_orphan(upgraded: Upgraded) -> None:
    after = fixtures.row_counts(upgraded.settings.sqlite_path)
    assert {table: after.get(table) for table in upgraded.before if table not in NOT_COUNTED} == {
        table: rows for table, rows in upgraded.before.items() if table not in NOT_COUNTED
    }
    assert await database.fetch("PRAGMA foreign_key_check") == []
    assert await database.fetch("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert await recount.wrong() == []


async def test_its_log_is_whole(upgraded: Upgraded) -> None:
    verdict = await audit_verify.check(())
    assert verdict.findings == ()
    assert verdict.sealed > 0


async def test_its_people_sign_in_with_both_factors_and_see_their_codes(
    upgraded: Upgraded,
) -> None:
    known = upgraded.known
    admin = await _enter(known)
    row = await Code.get(id=known.code_id)
    [shown] = await codes.show(admin, row.batch_id, (row.id,))
    assert shown.text == known.code


async def test_its_codes_are_activated_once(upgraded: Upgraded) -> None:
    activated(await redeem(upgraded.known.code))
    assert await _why_not(upgraded.known.code) is RefusalReason.ALREADY_ACTIVATED
    assert await recount.wrong() == []


async def test_its_links_work(upgraded: Upgraded) -> None:
    activated(await redeem_link(upgraded.known.link))


async def test_what_was_used_or_held_is_refused(upgraded: Upgraded) -> None:
    assert await _why_not(upgraded.known.held) is RefusalReason.HELD
    assert await _why_not(upgraded.known.used) is RefusalReason.ALREADY_ACTIVATED


async def test_its_certificates_are_found(upgraded: Upgraded) -> None:
    found = await certificates.look_up(upgraded.known.certificate, address=ADDRESS)
    assert found.number.replace("-", "") == upgraded.known.certificate
