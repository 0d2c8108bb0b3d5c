"""Entitlements as a file: which, in which order, and what each line says."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import Entitlement
from models.enums import AuditAction, Resource
from services import access_changes, entitlement_export, entitlement_rows, workbooks
from services.actor import Actor
from services.errors import Conflict, Invalid
from services.periods import Period, period
from tests.cast import Cast, activated, entries, issue, redeem
from tests.workbook import cells

EVERYTHING = Period()


async def table(who: Actor, wanted: Period = EVERYTHING) -> list[dict[str, str]]:
    export = await entitlement_export.as_csv(who, wanted)
    text = b"".join([piece async for piece in export.lines]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_a_line_says_who_may_use_what_until_when(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    clock.move_to(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))  # the eleventh in Berlin
    issued = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[0]))
    assert await table(cast.sam) == [
        {
            "holder": "Grace Hopper",
            "e-mail": "grace@example.org",
            "product": "Welding basics",
            "plan": "Month",
            "from": "2026-03-11",
            "until": "2026-04-10",
            "state": "ACTIVE",
            "changed": "2026-03-11 00:30:00+01:00",
        }
    ]


async def test_every_state_is_there_and_what_changed_last_comes_last(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month, 4)
    forever = await issue(cast.ada, cast.forever, 1)
    made = []
    for place in range(4):
        made.append(activated(await redeem(issued.texts[place])).activation_id)
        clock.shift(timedelta(hours=1))
    activated(await redeem(forever.texts[0], email="kat@example.org"))
    clock.shift(timedelta(hours=1))
    held = await Entitlement.get(activation_id=made[0])
    await access_changes.end(cast.ada, held.id)
    clock.shift(timedelta(hours=1))
    await access_changes.undo_activation(cast.ada, made[1], "Wrong person")
    rows = await table(cast.sam)
    assert [(row["state"], row["until"]) for row in rows] == [
        ("NOT STARTED", "2026-06-08"),
        ("NOT STARTED", "2026-07-08"),
        ("ACTIVE", ""),
        ("ENDED", "2026-03-10"),
        ("UNDONE", "2026-05-09"),
    ]
    assert "Wrong person" not in str(rows)


async def changed_on(cast: Cast, *moments: datetime) -> None:
    issued = await issue(cast.ada, cast.month, len(moments))
    for place, moment in enumerate(moments):
        name = f"{moment:%d %H:%M}"
        made = activated(await redeem(issued.texts[place], name=name))
        held = Entitlement.filter(activation_id=made.activation_id)
        await held.update(changed_at=moment)


async def test_days_are_of_the_workspace_and_both_count(cast: Cast) -> None:
    hours = (22, 59), (23, 0)  # Berlin's day ends at 23:00 UTC in winter
    await changed_on(
        cast,
        *(datetime(2026, 1, 9, *hour, tzinfo=UTC) for hour in hours),
        *(datetime(2026, 1, 12, *hour, tzinfo=UTC) for hour in hours),
    )

    async def names(*days: str) -> list[str]:
        return [row["holder"] for row in await table(cast.sam, period(*days))]

    assert await names("2026-01-10", "2026-01-12") == ["09 23:00", "12 22:59"]
    assert await names("2026-01-10") == [
        "09 23:00",
        "12 22:59",
        "12 23:00",
    ]
    assert await names("", "2026-01-09") == ["09 22:59"]
    assert await names("2026-01-11", "2026-01-11") == []


@pytest.mark.parametrize("many", [1, 4, 5, 13])
async def test_more_than_one_chunk_are_all_there_once_even_of_one_moment(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, many_tries: None, many: int
) -> None:
    monkeypatch.setattr(entitlement_rows, "CHUNK", 4)
    moment = datetime(2026, 1, 9, 12, tzinfo=UTC)
    await changed_on(cast, *[moment] * many)
    held = await Entitlement.all().order_by("id").values_list("ends_at", flat=True)
    rows = await table(cast.sam)
    assert len(rows) == len({row["until"] for row in rows}) == len(held) == many


@pytest.mark.parametrize(
    "typed",
    [
        "2026-02-30",
        "20260101",
        "2026-W01-1",
        "01.02.2026",
        "0001-01-01",
        "9999-12-31",
        "x",
        "２０２６-01-01",
        "2026-01-01\n",
    ],
)
def test_a_day_that_is_none_is_refused_at_its_field(typed: str) -> None:
    for field, given in (("from", (typed, "")), ("until", ("", typed))):
        with pytest.raises(Invalid) as refusal:
            period(*given)
        assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("typed", ["1000-01-01", "2999-12-31"])
async def test_the_outermost_days_can_be_asked_for_everywhere(cast: Cast, typed: str) -> None:
    assert await table(cast.sam, period(typed, typed)) == []
    assert await table(cast.ada_at_acme, period(typed, typed)) == []


def test_the_last_day_is_not_before_the_first() -> None:
    with pytest.raises(Invalid) as refusal:
        period("2026-01-02", "2026-01-01")
    assert list(refusal.value.fields) == ["until"]
    assert period("2026-01-01", "2026-01-01") == Period(date(2026, 1, 1), date(2026, 1, 1))


async def test_a_workbook_holds_the_same_as_text(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[0], name="=1+1"))
    export = await entitlement_export.as_xlsx(cast.sam, EVERYTHING)
    assert (export.name, export.media_type) == ("entitlements-northwind.xlsx", workbooks.XLSX)
    head, row = cells(b"".join([piece async for piece in export.lines]))
    assert tuple(head) == entitlement_rows.HEAD
    [line] = await table(cast.sam)
    assert dict(zip(head, row, strict=True)) == line | {"holder": "=1+1"}
    assert line["holder"] == "'=1+1"


async def test_more_than_a_spreadsheet_holds_is_refused_and_goes_as_csv(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[0]))
    activated(await redeem(issued.texts[1]))
    monkeypatch.setattr(entitlement_export, "XLSX_MOST_ROWS", 1)
    with pytest.raises(Conflict, match="CSV"):
        await entitlement_export.as_xlsx(cast.sam, EVERYTHING)
    assert len(await table(cast.sam)) == 2


async def test_an_export_is_recorded_with_its_count_and_its_days(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[0]))
    await entitlement_export.as_csv(cast.sam, EVERYTHING)
    await entitlement_export.as_xlsx(cast.sam, period("2020-01-01", "2020-01-31"))
    every, some = await entries(AuditAction.EXPORT)
    assert (every.resource, every.target_id, every.person_id) == (
        Resource.ENTITLEMENT,
        None,
        cast.sam.person_id,
    )
    assert every.detail == {"entitlements": 1, "format": "csv"}
    assert some.detail == {
        "entitlements": 0,
        "format": "xlsx",
        "from": "2020-01-01",
        "until": "2020-01-31",
    }
