"""Every entry gets its place in one chain, whoever seals and however late it comes."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from tortoise.exceptions import IntegrityError

from models import AuditEntry, AuditSeal
from services import audit_chain, sealing
from services.audit_chain import GENESIS
from services.database import connection, fetch, unit_of_work
from services.settings import Settings
from services.zones import now
from tests.cast import Cast, issue, redeem
from tests.sealed import chain, check, counts, happened, sealed

pytestmark = pytest.mark.usefixtures("fresh_sealer")


async def assert_whole() -> None:
    """One gapless chain over every entry, each once."""
    seals = await chain()
    assert [seal.seq for seal in seals] == list(range(1, len(seals) + 1))
    assert [seal.previous for seal in seals[:1]] == [GENESIS][: len(seals)]
    assert all(after.previous == before.digest for before, after in pairwise(seals))
    assert sorted(seal.entry_id for seal in seals) == [
        entry.id for entry in await AuditEntry.all().order_by("id")
    ]
    rows = {row["id"]: row for row in await fetch(sealing.ENTRIES, [s.entry_id for s in seals])}
    for seal in seals:
        content = audit_chain.canonical(rows[seal.entry_id])
        assert seal.digest == audit_chain.digest(seal.previous, seal.seq, content)


async def test_what_happened_is_sealed_in_its_order(db: Settings) -> None:
    await happened(3)
    assert await sealing.seal() == 3
    assert await sealing.seal() == 0
    await happened(2)
    assert await sealing.seal() == 2
    await assert_whole()


async def test_more_than_one_group_at_once(db: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "TOGETHER", 7)
    monkeypatch.setattr(sealing, "FOUND_AT_ONCE", 20)
    await happened(45)
    assert await sealing.seal() == 45
    await assert_whole()


async def test_eight_sealers_at_once_make_one_chain(db: Settings) -> None:
    await happened(40)
    assert sum(await asyncio.gather(*(sealing.seal() for _ in range(8)))) == 40
    await assert_whole()


async def test_sealing_while_codes_are_activated(cast: Cast, many_tries: None) -> None:
    issued = await issue(cast.ada, cast.month, 20)
    await asyncio.gather(
        *(redeem(text) for text in issued.texts), *(sealing.seal() for _ in range(4))
    )
    await sealing.seal()
    await assert_whole()
    assert (await check()).is_clean


async def test_an_entry_with_a_lower_number_that_comes_later_is_sealed_too(db: Settings) -> None:
    await happened(1)
    await AuditEntry.create(id=50, action="LOGIN", resource="USER", detail={})
    await sealing.seal()
    await AuditEntry.create(id=20, action="LOGOUT", resource="USER", detail={})
    assert await sealing.seal() == 1
    assert [seal.entry_id for seal in await chain()] == [1, 50, 20]
    assert (await check()).is_clean


async def test_what_is_older_than_an_hour_is_not_looked_through_again(db: Settings) -> None:
    long_ago = now() - timedelta(hours=2)
    await AuditEntry.create(id=8, at=long_ago, action="LOGIN", resource="USER", detail={})
    await AuditEntry.create(id=9, at=now(), action="LOGIN", resource="USER", detail={})
    await sealing.seal()
    assert sealing._process.floor == 8
    await AuditEntry.create(id=4, at=long_ago, action="LOGIN", resource="USER", detail={})
    assert await sealing.seal() == 0
    sealing._process.all_at -= sealing.ALL_AGAIN.total_seconds()
    assert await sealing.seal() == 1  # once a day everything is


async def test_a_seal_is_never_changed_or_deleted(db: Settings) -> None:
    await sealed(2)

    @unit_of_work
    async def forge(statement: str) -> None:
        await connection().execute_query(statement)

    for table in ("audit_seal", "audit_head"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET digest = 'x'"):
            with pytest.raises(IntegrityError, match="only ever added to"):
                await forge(statement)
    assert await counts() == (2, 2, 1)


async def test_nothing_is_half_sealed_when_sealing_fails(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await happened(3)
    real = audit_chain.digest

    def fail(previous: str, seq: int, entry: bytes) -> str:
        if seq == 3:
            raise RuntimeError("the power went")
        return real(previous, seq, entry)

    monkeypatch.setattr(audit_chain, "digest", fail)
    with pytest.raises(RuntimeError):
        await sealing.seal()
    assert not await AuditSeal.exists()
    monkeypatch.setattr(audit_chain, "digest", real)
    assert await sealing.seal() == 3
    await assert_whole()


async def test_an_end_in_a_hurry_signs_nothing_that_is_not_whole(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await happened(3)
    monkeypatch.setattr(sealing, "PATIENCE", 0.0)
    await sealing.finish()
    assert (await counts())[2] == 0
    monkeypatch.setattr(sealing, "PATIENCE", 10.0)
    await sealing.finish()
    assert await counts() == (3, 3, 1)
    await assert_whole()
