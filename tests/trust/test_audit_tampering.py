"""T24: a sealed log is forged in every way; Verify finds each with the last signed head."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services import audit_chain, heads_file
from services.audit_chain import COLUMNS, GENESIS
from services.database import execute_each, fetch, insert_many, unit_of_work
from services.settings import Settings
from tests.sealed import check, disarm, sealed
from tests.trust.conftest import Size
from tests.trust.figures import held

pytestmark = pytest.mark.usefixtures("fresh_sealer")

ENTRIES = 24
SEAL = ("seq", "entry_id", "previous", "digest")
HEAD = ("id", "at", "seq", "digest", "public_key", "signature")
Row = dict[str, Any]


@dataclass
class Log:
    """All three tables, as somebody has them who may write whatever they like."""

    entries: list[Row]
    seals: list[Row]
    heads: list[Row]

    @classmethod
    async def read(cls) -> "Log":
        return cls(
            await fetch("SELECT * FROM audit_entry ORDER BY id"),
            await fetch("SELECT * FROM audit_seal ORDER BY seq"),
            await fetch("SELECT * FROM audit_head ORDER BY id"),
        )

    async def write(self) -> None:
        await _write(self)

    def entry(self, entry_id: int) -> Row:
        return next(row for row in self.entries if row["id"] == entry_id)

    def chain_again(self) -> None:
        """Number and digest every seal anew, as the program itself would."""
        previous = GENESIS
        for seq, seal in enumerate(self.seals, start=1):
            content = audit_chain.canonical(self.entry(seal["entry_id"]))
            seal |= {"seq": seq, "previous": previous}
            seal["digest"] = previous = audit_chain.digest(previous, seq, content)

    def number_again(self) -> None:
        for seq, seal in enumerate(self.seals, start=1):
            seal["seq"] = seq


@unit_of_work
async def _write(log: Log) -> None:
    for table, columns, rows in (
        ("audit_entry", COLUMNS, log.entries),
        ("audit_seal", SEAL, log.seals),
        ("audit_head", HEAD, log.heads),
    ):
        await execute_each(f"DELETE FROM {table} WHERE 1 = ?", [(1,)])
        if rows:
            await insert_many(table, columns, [[row[name] for name in columns] for row in rows])


def edit(log: Log, dice: random.Random) -> None:
    row, column = dice.choice(log.entries), dice.choice(COLUMNS)
    if column == "at":
        shift = timedelta(microseconds=dice.choice([1, -1, 10**6, -86_400 * 10**6]))
        row["at"] = audit_chain.instant(row["at"]) + shift
    elif column == "detail":
        other: Row = json.loads(row["detail"])
        other[dice.choice(["step", "more"])] = dice.choice([None, -1, "x", 0.5, [1]])
        row["detail"] = json.dumps(other)
    elif column in ("action", "resource"):
        row[column] = dice.choice(["LOGIN", "CODE", row[column] + " ", row[column].lower()])
    else:
        row[column] = dice.choice([value for value in (7_000, 1_001) if value != row[column]])


def delete(log: Log, dice: random.Random) -> None:
    log.entries.remove(dice.choice(log.entries))


def delete_and_number_again(log: Log, dice: random.Random) -> None:
    seal = dice.choice(log.seals)
    log.seals.remove(seal)
    log.entries.remove(log.entry(seal["entry_id"]))
    log.number_again()


def delete_and_chain_again(log: Log, dice: random.Random) -> None:
    delete_and_number_again(log, dice)
    log.chain_again()


def swap_entries(log: Log, dice: random.Random) -> None:
    one, other = dice.sample(log.entries, 2)
    one["id"], other["id"] = other["id"], one["id"]


def swap_seals(log: Log, dice: random.Random) -> None:
    one, other = dice.sample(log.seals, 2)
    one["seq"], other["seq"] = other["seq"], one["seq"]


def swap_and_chain_again(log: Log, dice: random.Random) -> None:
    swap_entries(log, dice)
    log.chain_again()


def _insert(log: Log, dice: random.Random) -> None:
    at = dice.randrange(len(log.seals))
    forged = {**dice.choice(log.entries), "id": 5_000, "target_id": 99}
    log.entries.append(forged)
    log.seals.insert(at, {**log.seals[at], "entry_id": 5_000})


def insert(log: Log, dice: random.Random) -> None:
    _insert(log, dice)
    log.number_again()


def insert_and_chain_again(log: Log, dice: random.Random) -> None:
    _insert(log, dice)
    log.chain_again()


def truncate(log: Log, dice: random.Random) -> None:
    keep = dice.randrange(len(log.seals))
    gone = {seal["entry_id"] for seal in log.seals[keep:]}
    log.seals = log.seals[:keep]
    log.entries = [row for row in log.entries if row["id"] not in gone]


def edit_and_chain_again(log: Log, dice: random.Random) -> None:
    row = dice.choice(log.entries)
    row["person_id"] = 4_000
    log.chain_again()


def delete_seals(log: Log, dice: random.Random) -> None:
    for seal in dice.sample(log.seals, dice.randint(1, 5)):
        log.seals.remove(seal)


def edit_a_seal(log: Log, dice: random.Random) -> None:
    seal, column = dice.choice(log.seals), dice.choice(SEAL)
    seal[column] = {
        "seq": 5_000,
        "entry_id": 5_000,
        "previous": "f" * 64,
        "digest": "f" * 64,
    }[column]


WAYS: list[Callable[[Log, random.Random], None]] = [
    edit,
    edit,
    edit_and_chain_again,
    delete,
    delete_and_number_again,
    delete_and_chain_again,
    swap_entries,
    swap_seals,
    swap_and_chain_again,
    insert,
    insert_and_chain_again,
    truncate,
    truncate,
    delete_seals,
    edit_a_seal,
]


async def test_every_tampering_is_found_and_an_untouched_log_never(
    db: Settings, size: Size
) -> None:
    tamperings = size(quick=200, whole=1_000)
    await sealed(ENTRIES // 2)
    head = await sealed(ENTRIES // 2)
    await disarm()
    untouched = await Log.read()
    lines = heads_file.path().read_text()
    missed: list[str] = []
    for number in range(tamperings):
        dice = random.Random(number)
        way = WAYS[number % len(WAYS)]
        log = deepcopy(untouched)
        way(log, dice)
        if hides_the_heads := number % 2:
            log.heads = []
        heads_file.path().write_text("" if hides_the_heads else lines)
        await log.write()
        if (await check(head)).is_clean:
            missed.append(f"{number}: {way.__name__}")
        if number % 25 == 0:
            heads_file.path().write_text(lines)
            await untouched.write()
            assert (await check(head)).findings == ()
    held(
        test="T24",
        figure=f"{tamperings - len(missed):,} of {tamperings:,} tamperings found",
        target="all, and nothing in an untouched log",
        holds=not missed,
        why=str(missed[:3]),
    )
