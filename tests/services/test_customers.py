"""Who is found by an address, and everything that was sent to it, used by it, or is its."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from models import Batch, Code, Message, Person
from models.enums import Access, BatchState, MessageKind, MessageState, Status
from services import (
    access_changes,
    batch_jobs,
    batches,
    customer_codes,
    customer_search,
    customers,
    outbox,
)
from services.actor import Actor
from services.customers import Customer
from services.database import connection, reader, unit_of_work
from services.errors import NotFound
from services.outbox import Draft
from services.paging import Slice
from tests.cast import Cast, Issued, activated, issue, redeem, wanted

GRACE = "grace@example.org"


async def somebody(workspace_id: int, email: str, name: str = "") -> Person:
    return await Person.create(
        workspace_id=workspace_id, name=name, email=email, email_key=email.casefold()
    )


@unit_of_work
async def mailed(issued: Issued, place: int, person: Person, kind: MessageKind) -> int:
    """As a delivery does it: the code belongs to that person, and a message brings it."""
    code = issued.codes[place]
    await Code.filter(id=code.id).update(sent_to_id=person.id)
    where = {"workspace_id": code.workspace_id, "batch_id": code.batch_id}
    draft = Draft(kind=kind, recipient=person.email, code_id=code.id, **where)
    return (await outbox.put([draft]))[0]


async def codes_of(who: Actor, email: str, part: Slice | None = None) -> list:
    return (await customer_codes.page(who, email, part or Slice(rows=100))).rows


async def found(who: Actor, text: str) -> list[str]:
    return [one.email for one in (await customer_search.find(who, text)).rows]


async def test_the_very_address_comes_first_and_then_those_that_contain_it(cast: Cast) -> None:
    for email in ("ann@example.org", "an@example.org", "zoe@example.org", "joan@example.org"):
        await somebody(cast.northwind.id, email)
    assert await found(cast.sam, " AN@Example.org ") == ["an@example.org", "joan@example.org"]
    assert await found(cast.sam, "ann") == ["ann@example.org"]
    assert await found(cast.sam, "example.org") == sorted(
        ["ann@example.org", "an@example.org", "zoe@example.org", "joan@example.org"]
    )


@pytest.mark.parametrize(
    "text", ["", "  ", "nobody", "%", "_", "\x00", "'; DROP TABLE person", "["]
)
async def test_nothing_is_found_by_nothing_or_by_a_wildcard(cast: Cast, text: str) -> None:
    await somebody(cast.northwind.id, GRACE)
    page = await customer_search.find(cast.sam, text)
    assert (page.rows, page.total) == ([], 0)


async def test_one_address_with_several_names_is_one_customer(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 4)
    activated(await redeem(issued.texts[0], name="Grace Hopper"))
    activated(await redeem(issued.texts[1], name="G. Hopper", email="GRACE@example.org"))
    undone = activated(await redeem(issued.texts[2], name="Grace Hopper"))
    await access_changes.undo_activation(cast.ada, undone.activation_id, "Sold twice")
    await mailed(issued, 3, await somebody(cast.northwind.id, GRACE), MessageKind.PERSONAL)
    [one] = (await customer_search.find(cast.sam, GRACE)).rows
    assert one.names == ("G. Hopper", "Grace Hopper")
    assert (one.sent, one.activated, one.entitlements) == (1, 2, 2)


async def test_of_many_addresses_the_first_twenty_are_shown_and_all_are_counted(
    cast: Cast,
) -> None:
    await Person.bulk_create(
        Person(workspace_id=cast.northwind.id, name="", email=email, email_key=email)
        for email in [f"a{n:03}@zz.example" for n in range(30)] + ["zz.example@zz.example"]
    )
    page = await customer_search.find(cast.sam, "zz.example@zz.example")
    assert (len(page.rows), page.total) == (1, 1)
    page = await customer_search.find(cast.sam, "@zz.example")
    assert (len(page.rows), page.total) == (20, 31)


async def test_neither_members_nor_people_of_other_workspaces_are_customers(cast: Cast) -> None:
    await somebody(cast.elsewhere.id, GRACE)
    assert await found(cast.sam, "example.org") == []
    assert await found(cast.mallory, "example.org") == [GRACE]
    for read in (customers.read, codes_of):
        for who, email in ((cast.sam, GRACE), (cast.ada, "sam@example.org"), (cast.ada, "")):
            with pytest.raises(NotFound):
                await read(who, email)


async def test_sent_to_and_activated_by_are_two_facts_at_both_addresses(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month)
    ann = await somebody(cast.northwind.id, "ann@example.org")
    await mailed(issued, 0, ann, MessageKind.PERSONAL)
    activated(await redeem(issued.texts[0]))
    for email in ("ann@example.org", GRACE):
        [code] = await codes_of(cast.sam, email)
        assert (code.id, code.batch_id, code.status) == (
            issued.codes[0].id,
            issued.batch.id,
            Status.ACTIVATED,
        )
        assert code.masked == f"••••-••••-••••-{issued.bodies[0][-4:]}"
        assert (code.product, code.plan, code.sent_to) == (
            "Welding basics",
            "Month",
            "ann@example.org",
        )
        assert (code.use.email, code.use.at, code.undone) == (GRACE, clock_now(), ())
    assert (await customers.read(cast.sam, "ann@example.org")).entitlements == ()


def clock_now() -> datetime:
    return datetime(2026, 3, 10, 12, tzinfo=UTC)


async def test_a_code_shows_how_the_newest_message_about_it_stands(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month)
    ann = await somebody(cast.northwind.id, "ann@example.org")
    first = await mailed(issued, 0, ann, MessageKind.PERSONAL)
    await Message.filter(id=first).update(state=MessageState.FAILED)
    second = await mailed(issued, 0, ann, MessageKind.PERSONAL)
    await mailed(issued, 0, ann, MessageKind.CONFIRMATION)
    await Message.filter(id=second).update(state=MessageState.SENT, sent_at=clock_now())
    [code] = await codes_of(cast.sam, ann.email)
    assert (code.mail.id, code.mail.state, code.mail.at) == (
        second,
        MessageState.SENT,
        clock_now(),
    )


async def test_a_code_given_without_a_message_has_no_state_of_a_mail(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    ann = await somebody(cast.northwind.id, "ann@example.org")
    await Code.filter(id=issued.codes[0].id).update(sent_to_id=ann.id)
    [code] = await codes_of(cast.sam, ann.email)
    assert (code.mail, code.use) == (None, None)


async def test_what_was_undone_is_shown_as_undone_with_when_by_whom_and_why(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month)
    first = activated(await redeem(issued.texts[0]))
    clock.shift(timedelta(hours=1))
    await access_changes.undo_activation(cast.ada, first.activation_id, "Wrong person")
    clock.shift(timedelta(hours=1))
    activated(await redeem(issued.texts[0], name="Ann", email="ann@example.org"))
    [code] = await codes_of(cast.sam, GRACE)
    [undone] = code.undone
    assert (undone.email, undone.at) == (GRACE, clock_now())
    assert undone.undone == customers.Undone(
        at=clock_now() + timedelta(hours=1), by="Ada Admin", reason="Wrong person"
    )
    assert (code.use.email, code.status) == ("ann@example.org", Status.ACTIVATED)
    [held] = (await customers.read(cast.sam, GRACE)).entitlements
    assert (held.state, held.undone) == (Access.UNDONE, undone.undone)


async def test_entitlements_say_how_they_stand(clock: time_machine.Traveller, cast: Cast) -> None:
    months = await issue(cast.ada, cast.month, 3)
    forever = await issue(cast.ada, cast.forever, 1)
    activated(await redeem(months.texts[0]))
    clock.move_to(datetime(2026, 6, 1, tzinfo=UTC))
    activated(await redeem(months.texts[1]))
    activated(await redeem(months.texts[2]))
    activated(await redeem(forever.texts[0]))
    customer = await customers.read(cast.sam, GRACE)
    assert [(held.plan, held.state, held.outlasted) for held in customer.entitlements] == [
        ("Lifetime", Access.ACTIVE, False),
        ("Month", Access.NOT_STARTED, False),
        ("Month", Access.ACTIVE, True),
        ("Month", Access.ENDED, True),
    ]
    assert customer.entitlements[0].ends_at is None
    assert customer.entitlement_count == 4


async def test_a_whole_batch_that_was_sent_there_is_one_row(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 12)
    buyer = await somebody(cast.northwind.id, "buyer@example.org")
    await Batch.filter(id=issued.batch.id).update(sent_to_id=buyer.id)
    customer = await customers.read(cast.sam, buyer.email)
    [sent] = customer.sets
    assert (sent.batch_id, sent.codes, sent.product, sent.mail) == (
        issued.batch.id,
        12,
        "Welding basics",
        None,
    )
    assert await codes_of(cast.sam, buyer.email) == []
    await announce(issued, buyer)
    [sent] = (await customers.read(cast.sam, buyer.email)).sets
    assert sent.mail is MessageState.QUEUED


@unit_of_work
async def announce(issued: Issued, person: Person) -> None:
    where = {"workspace_id": issued.batch.workspace_id, "batch_id": issued.batch.id}
    await outbox.put([Draft(kind=MessageKind.CODES, recipient=person.email, **where)])


async def test_a_whole_batch_that_is_not_done_was_sent_to_nobody(cast: Cast) -> None:
    asked = wanted(cast.month, "200", notify="buyer@clinic.example")
    batch = await batches.request(cast.sam, asked)
    assert not (await customers.read(cast.sam, "buyer@clinic.example")).sets
    await batch_jobs.cancel(cast.sam, batch.id)
    assert not (await customers.read(cast.sam, "buyer@clinic.example")).sets
    await batch_jobs.retry(cast.sam, batch.id)
    await batch_jobs.work()
    [sent] = (await customers.read(cast.sam, "buyer@clinic.example")).sets
    assert (sent.batch_id, sent.mail) == (batch.id, MessageState.QUEUED)


async def test_codes_of_a_batch_that_is_not_done_are_not_there_yet(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    ann = await somebody(cast.northwind.id, "ann@example.org")
    await mailed(issued, 0, ann, MessageKind.PERSONAL)
    await Batch.filter(id=issued.batch.id).update(state=BatchState.RUNNING)
    assert await codes_of(cast.sam, ann.email) == []
    assert (await customer_search.find(cast.sam, "ann")).rows[0].sent == 0


async def test_codes_come_in_pages(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 30)
    ann = await somebody(cast.northwind.id, "ann@example.org")
    await Code.filter(batch_id=issued.batch.id).update(sent_to_id=ann.id)
    first = await customer_codes.page(cast.sam, ann.email, Slice(rows=25))
    rest = await customer_codes.page(cast.sam, ann.email, Slice(rows=25, number=2))
    assert (first.total, len(first.rows), len(rest.rows)) == (30, 25, 5)
    assert {code.id for code in first.rows + rest.rows} == {code.id for code in issued.codes}


async def statements(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Awaitable[object]]) -> int:
    """How many statements that asks of the database."""
    asked: list[str] = []
    with monkeypatch.context() as patch:
        for client in {type(reader()), type(connection())}:
            for name in ("execute_query", "execute_query_dict"):
                real = getattr(client, name)

                def counted(self, query, *values, real=real, **more):
                    asked.append(query)
                    return real(self, query, *values, **more)

                patch.setattr(client, name, counted)
        await ask()
    return len(asked)


async def test_a_customer_with_much_costs_no_more_statements_than_one_with_little(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, many_tries: None
) -> None:
    issued = await issue(cast.ada, cast.month, 40)
    little = await somebody(cast.northwind.id, "little@example.org")
    much = await somebody(cast.northwind.id, "much@example.org")
    for place in range(12):
        email = "little@example.org" if place < 2 else "much@example.org"
        activated(await redeem(issued.texts[place], email=email))
    for place in range(20, 32):
        await mailed(issued, place, little if place < 22 else much, MessageKind.PERSONAL)

    async def all_of(email: str) -> Customer:
        await customer_search.find(cast.sam, email)
        await codes_of(cast.sam, email)
        return await customers.read(cast.sam, email)

    few = await statements(monkeypatch, lambda: all_of("little@example.org"))
    many = await statements(monkeypatch, lambda: all_of("much@example.org"))
    assert few == many > 5
