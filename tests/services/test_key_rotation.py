"""A new key takes over and no code is lost; no key comes into being silently."""

import stat
from pathlib import Path

import pytest

from models import AuditEntry, Key
from models.enums import AuditAction, Resource
from services import (
    audit_heads,
    codes,
    database,
    head_lines,
    head_statement,
    installation,
    key_file,
    key_rotation,
    key_status,
    key_tie,
    keys,
    links,
    redemptions,
    resealing,
    vault,
)
from services.errors import Conflict, NotAllowed, NotFound
from services.key_status import KeyState
from services.keys import KeyFileError, KeyRing
from services.links import Purpose
from services.settings import Settings
from services.zones import now
from tests.cast import Cast, activated, issue, printed, redeem, redeem_link


async def restart(settings: Settings) -> None:
    await database.disconnect()
    await installation.prepare(settings)
    await database.connect(settings)
    await installation.open_key(settings)


async def refused(settings: Settings) -> str:
    await database.disconnect()
    with pytest.raises(KeyFileError) as wrong:
        await installation.prepare(settings)
    await database.connect(settings)
    return str(wrong.value)


def numbers(settings: Settings) -> list[int]:
    return [line.number for line in key_file.read(settings.key_path)]


async def test_a_new_key_is_in_the_file_and_the_database_and_seals_what_is_new(
    cast: Cast, db: Settings
) -> None:
    old = keys.ring()
    before = await issue(cast.ada, cast.month)
    done = await key_rotation.rotate(db)
    assert (done.number, done.replaced, done.codes, done.taken_up) == (2, 1, 3, False)
    assert numbers(db) == [1, 2]
    assert stat.S_IMODE(db.key_path.stat().st_mode) == 0o600
    assert [path.name for path in db.data_dir.iterdir() if "key" in path.name] == ["tallystick.key"]
    assert keys.ring() == key_file.load_all(db.key_path)[-1] != old
    after = await issue(cast.ada, cast.month)
    assert {code.sealed[0] for code in before.codes} == {1}
    assert {code.sealed[0] for code in after.codes} == {2}
    for issued in (before, after):
        assert (await printed(issued.batch)).texts == issued.texts
        activated(await redeem(issued.texts[0]))


async def test_the_log_tells_of_the_rotation_and_names_no_key(cast: Cast, db: Settings) -> None:
    await key_rotation.rotate(db, withdraw_links=True)
    [entry] = await AuditEntry.filter(action=AuditAction.ROTATE)
    assert (entry.resource, entry.target_id, entry.person_id) == (Resource.KEY, 2, None)
    assert entry.detail == {"replaces": 1, "codes": 0, "links_ended": True}


async def test_a_second_rotation_waits_for_the_first(cast: Cast, db: Settings) -> None:
    await issue(cast.ada, cast.month)
    await key_rotation.rotate(db)
    content = db.key_path.read_bytes()
    with pytest.raises(Conflict, match="0 of 3 codes"):
        await key_rotation.rotate(db)
    assert db.key_path.read_bytes() == content
    assert await Key.all().count() == 2
    await resealing.work()
    assert (await key_rotation.rotate(db)).number == 3
    assert numbers(db) == [1, 2, 3]


async def test_a_key_that_a_crash_left_in_the_file_is_taken_up_and_no_other_made(
    cast: Cast, db: Settings
) -> None:
    ring = keys.ring()
    left = key_file.append(db.key_path)  # and the process died here
    await restart(db)
    assert keys.ring() == ring, "nothing uses a key that the database does not know"
    status = await key_status.read(cast.olga)
    assert (status.waiting, [key.number for key in status.keys]) == (2, [1])
    assert await Key.all().count() == 1
    done = await key_rotation.rotate(db)
    assert (done.number, done.taken_up) == (2, True)
    assert keys.ring() == left
    assert numbers(db) == [1, 2]


async def test_a_key_that_leaked_with_the_file_never_takes_over(cast: Cast, db: Settings) -> None:
    key_file.append(db.key_path)  # and the process died here
    done = await key_rotation.rotate(db, withdraw_links=True)
    assert (done.number, done.taken_up) == (3, False)
    assert keys.ring().key_id == 3
    await restart(db)
    assert keys.ring().key_id == 3


async def test_of_keys_that_the_database_does_not_know_the_newest_takes_over(
    cast: Cast, db: Settings
) -> None:
    key_file.append(db.key_path)
    newest = key_file.append(db.key_path)
    assert (await key_rotation.rotate(db)).number == 3
    assert keys.ring() == newest


async def test_where_the_file_cannot_be_written_nothing_changes(
    cast: Cast, db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    content = db.key_path.read_bytes()
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(KeyFileError, match="cannot be written: No space left on device"):
        await key_rotation.rotate(db)
    assert db.key_path.read_bytes() == content
    assert not list(db.data_dir.glob("*.new"))
    assert await Key.all().count() == 1


async def test_a_key_file_that_is_a_link_stays_one(
    cast: Cast, db: Settings, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "safe.key"
    db.key_path.rename(elsewhere)
    db.key_path.symlink_to(elsewhere)
    await key_rotation.rotate(db)
    assert db.key_path.is_symlink()
    assert [line.number for line in key_file.read(elsewhere)] == [1, 2]


async def test_links_made_before_work_on_unless_they_are_withdrawn(
    cast: Cast, db: Settings
) -> None:
    issued = await issue(cast.ada, cast.month)
    invitation, old = links.make(Purpose.INVITE, 7), issued.tokens
    await key_rotation.rotate(db)
    assert await redemptions.open_link(issued.tokens[0]), "a link by the new key"
    activated(await redeem_link(old[0]))
    assert links.read(Purpose.INVITE, invitation)
    await resealing.work()
    await restart(db)
    activated(await redeem_link(old[1]))
    await key_rotation.rotate(db, withdraw_links=True)
    for _ in range(2):
        assert links.read(Purpose.INVITE, invitation) is None
        assert await redemptions.open_link(old[2]) is None
        await restart(db)
    assert codes.link_token(issued.codes[2]) != old[2]
    activated(await redeem(issued.texts[2]))


async def test_heads_signed_by_an_earlier_key_stay_ours(cast: Cast, db: Settings) -> None:
    head = head_statement.sign(4, "d" * 64, now())
    line = head_lines.to_line(head)
    await key_rotation.rotate(db)
    await resealing.work()
    await restart(db)
    kept = head_lines.from_line(line)
    assert kept.is_ours
    row = {"at": head.at, "seq": 4, "digest": head.digest, "signature": head.signature}
    assert audit_heads.read(row | {"public_key": head.public_key}) == head
    assert head_statement.sign(5, "e" * 64, now()).public_key != head.public_key


async def test_a_start_names_the_key_that_is_missing(cast: Cast, db: Settings) -> None:
    first = db.key_path.read_bytes()
    await issue(cast.ada, cast.month)
    await key_rotation.rotate(db)
    both = db.key_path.read_bytes()
    db.key_path.write_bytes(first)
    assert "Key 2 is missing" in await refused(db)
    db.key_path.write_bytes(both.removeprefix(first))
    assert "Key 1 is missing" in await refused(db)
    assert (await key_status.here()).problem.startswith("Key 1 is missing")
    db.key_path.write_bytes(both)
    await restart(db)


async def test_a_key_of_another_installation_in_the_middle_is_named(
    cast: Cast, db: Settings, tmp_path: Path
) -> None:
    await key_rotation.rotate(db)
    second = db.key_path.read_bytes().splitlines(keepends=True)[1]
    key_file.create(tmp_path / "other")
    db.key_path.write_bytes((tmp_path / "other").read_bytes() + second)
    assert "Key 1 in" in (said := await refused(db))
    assert "not the one this database was made with" in said


async def test_a_retired_key_whose_links_ended_may_go(cast: Cast, db: Settings) -> None:
    issued = await issue(cast.ada, cast.month)
    first = db.key_path.read_bytes()
    await key_rotation.rotate(db, withdraw_links=True)
    await resealing.work()
    db.key_path.write_bytes(db.key_path.read_bytes().removeprefix(first))
    await restart(db)
    assert (await printed(issued.batch)).texts == issued.texts
    activated(await redeem(issued.texts[0]))


async def test_keys_that_are_out_of_order_or_there_twice_are_refused(
    cast: Cast, db: Settings
) -> None:
    await key_rotation.rotate(db)
    one, two = db.key_path.read_bytes().splitlines(keepends=True)
    for content in (two + one, one + one, one + two + two):
        db.key_path.write_bytes(content)
        with pytest.raises(KeyFileError, match="not in the order"):
            key_file.read(db.key_path)


async def test_a_database_made_anew_takes_the_newest_key_of_the_file(empty: Settings) -> None:
    empty.data_dir.mkdir(parents=True)
    key_file.create(empty.key_path)
    newest = key_file.append(empty.key_path)
    await installation.prepare(empty)
    await database.connect(empty)
    assert [(each.number, each.check_value) for each in await key_tie.known()] == [
        (2, newest.check_value)
    ]
    await database.disconnect()


async def test_the_owner_reads_how_it_stands_and_nobody_else(cast: Cast, db: Settings) -> None:
    await issue(cast.ada, cast.month)
    await key_rotation.rotate(db)
    status = await key_status.read(cast.olga)
    assert [(key.number, key.state, key.resealed, key.codes) for key in status.keys] == [
        (2, KeyState.IN_USE, 0, 0),
        (1, KeyState.REPLACED, 0, 3),
    ]
    await resealing.work()
    status = await key_status.read(cast.olga)
    assert [(key.number, key.state, key.resealed) for key in status.keys] == [
        (2, KeyState.IN_USE, 0),
        (1, KeyState.RETIRED, 3),
    ]
    for actor in (cast.ada, cast.sam, cast.eve, cast.mallory):
        with pytest.raises((NotFound, NotAllowed)):
            await key_status.read(actor)


def test_no_key_is_shown_by_repr(tmp_path: Path) -> None:
    ring: KeyRing = key_file.create(tmp_path / "key")
    [line] = key_file.read(tmp_path / "key")
    assert repr(line) == "KeyLine(number=1)"
    assert repr(ring.seal) not in repr(keys.Older(ring))


async def test_the_newest_key_alone_has_one_digest_and_two_while_one_is_replaced(
    cast: Cast, db: Settings
) -> None:
    await issue(cast.ada, cast.month)
    assert vault.digests("23456789BCDFGHJK") == (vault.digest("23456789BCDFGHJK"),)
    await key_rotation.rotate(db)
    assert len(set(vault.digests("23456789BCDFGHJK"))) == 2
    await resealing.work()
    assert len(vault.digests("23456789BCDFGHJK")) == 1
