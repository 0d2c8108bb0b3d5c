"""The log as people read it: whose it is, what a filter keeps, and pages that nothing moves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Person
from models.enums import AuditAction, Resource
from services import (
    audit,
    audit_filter,
    audit_list,
    audit_scan,
    audit_words,
    codes,
    products,
)
from services.actor import Actor
from services.audit_filter import AuditFilter
from services.audit_list import EntryView
from services.database import unit_of_work
from services.errors import Invalid, NotFound
from services.paging import Key
from services.sessions import SignIn, sign_in
from tests.cast import PASSWORD, Cast, issue, redeem

EVERYTHING = AuditFilter()


def outside(actor: Actor) -> Actor:
    """The same person, in no workspace."""
    return Actor(
        user_id=actor.user_id,
        person_id=actor.person_id,
        session_id=actor.session_id,
        name=actor.name,
        email=actor.email,
        is_owner=actor.is_owner,
    )


async def shown(actor: Actor, wanted: AuditFilter = EVERYTHING, **key: Any) -> list[EntryView]:
    return (await audit_list.page(actor, wanted, **key)).rows


async def kept(actor: Actor, **asked: str) -> list[str]:
    """What a filter keeps, oldest first."""
    names = {"from_": "from"}
    wanted = audit_filter.read({names.get(name, name): value for name, value in asked.items()})
    return [f"{e.action} {e.resource}" for e in reversed(await shown(actor, wanted))]


@unit_of_work
async def put(cast: Cast, number: int, **more: Any) -> None:
    actor = more.pop("by", cast.ada)
    for each in range(number):
        await audit.record(AuditAction.SHOW, Resource.CODE, each + 1, by=actor, **more)


async def test_an_entry_is_told_in_words(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 12)
    await codes.copy(cast.sam, issued.batch.id, (issued.codes[0].id,))
    await redeem(issued.texts[0])
    used, copied, made = await shown(cast.ada)
    assert (used.name, used.email) == ("Grace Hopper", "grace@example.org")
    assert used.target == f"Code ••••-{issued.codes[0].ending}"
    assert used.told == f"Used (batch {issued.batch.id}, typed in)"
    assert (copied.name, copied.told[:14]) == ("Sam Sales", "Copied in full")
    assert (made.target, made.workspace) == (f"Batch {issued.batch.id}", "Northwind Academy")
    assert made.told == "12 codes asked for"
    assert made.facts == {"plan": cast.month.id, "codes": 12}


@pytest.mark.parametrize(
    ("action", "resource", "detail", "told"),
    [
        ("SHOW", "CODE", {"story": True}, "The whole story was looked up"),
        ("REVOKE", "BATCH", {"codes": 1}, "1 code that nobody had used revoked"),
        ("REVOKE", "BATCH", {}, ""),  # an entry from before it was counted
        ("UNDO", "CODE", {"reason": True, "batch": 4}, None),
        ("EXPIRE", "AGREEMENT", {"ends": "2026-12-17T23:00:00+00:00"}, None),
        ("UPDATE", "WORKSPACE", {"fields": ["time_zone", "reply_to"]}, "Time zone, reply to"),
        ("DECIDE", "STEP", {"passed": False, "evaluation": 3}, "Failed"),
        ("UPDATE", "MEMBER", {"role": "ADMIN", "was": "SALES"}, "As admin, was sales"),
        ("EXPORT", "AUDIT", {"format": "csv", "filter": {"user": "3", "search": True}}, None),
        ("NEWER", "THING", {"odd_key": "{x}"}, "Odd key {x}"),
    ],
)
def test_each_detail_is_said(
    action: str, resource: str, detail: dict[str, Any], told: str | None
) -> None:
    said = {
        "UNDO": "The use was undone, and the code is ready again (batch 4, with a reason)",
        "EXPIRE": "Ends soon (ends 17 Dec 2026)",
        "EXPORT": "Taken as a file (only user 3, search, as CSV)",
    }
    assert audit_words.told(action, resource, detail) == (said[action] if told is None else told)


async def test_an_erased_person_is_shown_as_such(cast: Cast) -> None:
    await put(cast, 1)
    await Person.filter(id=cast.ada.person_id).update(erased_at=datetime.now(UTC))
    [entry] = await shown(cast.olga)
    assert (entry.name, entry.email) == (f"Erased person {cast.ada.person_id}", "")


@pytest.mark.parametrize("who", ["sam", "eve", "mallory"])
async def test_for_those_who_are_no_admins_there_is_no_log(cast: Cast, who: str) -> None:
    actor: Actor = getattr(cast, who)
    for read in (audit_list.page, audit_list.search):
        for each in (actor, outside(actor)):
            with pytest.raises(NotFound):
                await read(each, EVERYTHING)
    for each in (actor, outside(actor)):
        with pytest.raises(NotFound):
            await audit_list.people(each)


async def test_an_admin_reads_that_workspace_and_never_the_installation(cast: Cast) -> None:
    await sign_in(SignIn(email="ada@example.org", password=PASSWORD, address="192.0.2.1"))
    await put(cast, 1)
    await put(cast, 1, by=cast.ada_at_acme)
    await put(cast, 1, by=cast.mallory)
    for actor, workspace in ((cast.ada, cast.northwind), (cast.ada_at_acme, cast.acme)):
        [entry] = await shown(actor)
        assert entry.workspace_id == workspace.id
        for foreign in (cast.elsewhere.id, audit_filter.NOWHERE):
            assert not await shown(actor, AuditFilter(workspace_id=foreign))
    with pytest.raises(NotFound):
        await audit_list.page(outside(cast.ada), EVERYTHING)
    every = await shown(outside(cast.olga))
    assert [e.workspace for e in every] == ["Elsewhere", "Acme Devices", "Northwind Academy", ""]
    assert [e.action for e in await shown(outside(cast.olga), AuditFilter(workspace_id=0))] == [
        "LOGIN"
    ]
    [one] = await shown(outside(cast.olga), AuditFilter(workspace_id=cast.acme.id))
    assert one.workspace == "Acme Devices"


async def test_each_filter_keeps_what_it_says(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await codes.show(cast.sam, issued.batch.id)
    await products.create(cast.ada, "Brazing")
    await redeem(issued.texts[0])
    assert await kept(cast.ada, action="CREATE") == ["CREATE BATCH", "CREATE PRODUCT"]
    assert await kept(cast.ada, resource="BATCH") == ["CREATE BATCH", "SHOW BATCH"]
    assert await kept(cast.ada, user=str(cast.sam.person_id)) == ["SHOW BATCH"]
    target = {"resource": "BATCH", "target": f"#{issued.batch.id}"}
    assert await kept(cast.ada, **target, action="SHOW") == ["SHOW BATCH"]
    assert await kept(cast.ada, resource="PRODUCT", action="SHOW") == []
    assert await kept(cast.ada, search="grace hopper") == ["ACTIVATE CODE"]
    assert await kept(cast.ada, search="GRACE@EXAMPLE") == ["ACTIVATE CODE"]
    assert await kept(cast.ada, search=f"Batch {issued.batch.id}") == ["CREATE BATCH", "SHOW BATCH"]
    assert await kept(cast.ada, search="sam") == ["SHOW BATCH"]


async def test_the_search_takes_every_sign_for_itself(cast: Cast) -> None:
    odd = ["100%", "a_b", 'say "hello"', "it's", "back\\slash", "Größe", "?", "$1"]
    for each in odd:
        await put(cast, 1, note=each)
    await put(cast, 1, note="100 of aXb")
    for each in odd:
        assert [e.facts["note"] for e in await shown(cast.ada, AuditFilter(search=each))] == [each]
    assert len(await shown(cast.ada, AuditFilter(search="%"))) == 1
    assert len(await shown(cast.ada, AuditFilter(search="_"))) == 1
    assert await kept(cast.ada, search="'; DROP TABLE audit_entry; --") == []
    assert await kept(cast.ada, search="\x00") == ["SHOW CODE"] * (len(odd) + 1)


async def test_many_people_of_one_name_are_found_as_well(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(cast, 1)
    await put(cast, 1, by=cast.sam)
    monkeypatch.setattr(audit_filter, "MOST_PEOPLE", 0)
    assert [e.name for e in await shown(cast.ada, AuditFilter(search="ADA%"))] == []
    assert [e.name for e in await shown(cast.ada, AuditFilter(search="Ada"))] == ["Ada Admin"]


async def test_a_period_takes_whole_days_of_the_workspaces_zone(cast: Cast) -> None:
    start = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)  # 23:30 on the 9th in Berlin
    what = audit.entry(AuditAction.COPY, Resource.CODE, 1, by=cast.ada)[1:]

    @unit_of_work
    async def store() -> None:
        hours = (start + timedelta(hours=n) for n in range(60))
        await audit.record_all([(at, *what) for at in hours])

    await store()
    day = {"from_": "2026-03-10", "until": "2026-03-10"}
    assert len(await kept(cast.ada, **day)) == 24
    first = await shown(cast.ada, audit_filter.read({"from": "2026-03-12"}))
    assert min(e.at for e in first) >= datetime(2026, 3, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-02", "until": "2026-02-01"}, "until"),
        ({"user": "7 OR 1=1"}, "user"),
        ({"user": str(2**63)}, "user"),
        ({"user": "0"}, "user"),
        ({"target": "-1"}, "target"),
        ({"target": "²"}, "target"),
        ({"action": "create"}, "action"),
        ({"resource": "'"}, "resource"),
        ({"workspace": "northwind"}, "workspace"),
    ],
)
def test_a_filter_that_cannot_be_is_refused_by_field(asked: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        audit_filter.read(asked)
    assert list(refused.value.fields) == [field]


def test_a_filter_comes_back_from_its_query() -> None:
    asked = {
        "from": "2026-01-01",
        "until": "2026-01-31",
        "user": "3",
        "action": "CREATE",
        "resource": "BATCH",
        "target": "97",
        "workspace": "0",
        "search": '100% "sure"',
    }
    assert audit_filter.read(asked).as_query() == asked
    assert AuditFilter().as_query() == {}


async def test_pages_follow_each_other_while_entries_come_in(cast: Cast) -> None:
    await put(cast, 23)
    first = await audit_list.page(cast.ada, EVERYTHING, rows=10)
    assert (first.newer, [e.target_id for e in first.rows]) == (None, list(range(23, 13, -1)))
    await put(cast, 5)
    second = await audit_list.page(cast.ada, EVERYTHING, first.older, rows=10)
    assert [e.target_id for e in second.rows] == list(range(13, 3, -1))
    last = await audit_list.page(cast.ada, EVERYTHING, second.older, rows=10)
    assert ([e.target_id for e in last.rows], last.older) == ([3, 2, 1], None)
    back = await audit_list.page(cast.ada, EVERYTHING, last.newer, rows=10)
    assert [e.id for e in back.rows] == [e.id for e in second.rows]
    assert back.older == second.older
    again = await audit_list.page(cast.ada, EVERYTHING, back.newer, rows=10)
    assert [e.id for e in again.rows] == [e.id for e in first.rows]
    top = await audit_list.page(cast.ada, EVERYTHING, again.newer, rows=10)
    assert (len(top.rows), top.newer) == (10, None)  # the newest page, filled up from below
    assert await audit_list.since(cast.ada, EVERYTHING, first.rows[0].id) == [
        e.id for e in reversed(top.rows[:5])
    ]


async def test_a_search_that_takes_too_long_says_how_far_it_came(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(cast, 30)
    monkeypatch.setattr(audit_scan, "SHORTEST", 10)
    monkeypatch.setattr(audit_scan, "QUICK", 0.0)
    ticks = iter(range(10**6))
    monkeypatch.setattr(audit_scan, "perf_counter", lambda: next(ticks) / 2)
    found = await audit_list.page(cast.ada, AuditFilter(search="nothing like it"))
    assert (found.rows, found.reached is not None, found.newer) == ([], True, None)
    steps = 0
    while found.older:
        found = await audit_list.page(cast.ada, AuditFilter(search="nothing like it"), found.older)
        steps += 1
    assert steps >= 2
    assert found.reached is None


async def test_nothing_is_found_in_an_empty_log(cast: Cast) -> None:
    found = await audit_list.page(
        cast.ada, audit_filter.read({"from": "2026-01-01"}), Key(before=9)
    )
    assert (found.rows, found.older, found.reached) == ([], None, None)


async def test_the_log_can_be_narrowed_to_those_who_have_an_account_here(cast: Cast) -> None:
    assert list((await audit_list.people(cast.ada)).values()) == ["Ada Admin", "Sam Sales"]
    assert len(await audit_list.people(outside(cast.olga))) == 5
