"""When a code may be used, by whom, what the holder then has, and what the others are told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import (
    Activation,
    Batch,
    Code,
    Entitlement,
    Membership,
    Message,
    Person,
    Refusal,
    Workspace,
)
from models.enums import AuditAction, CodeKind, MessageKind, RefusalReason, Role, Status
from services import batches, code_alphabet, redemptions, signals
from services.answers import Outcome
from services.redemptions import Receipt
from services.signals import Changed, Topic
from services.tries import Visitor
from tests.cast import (
    VISITOR,
    Cast,
    Issued,
    activated,
    entries,
    issue,
    redeem,
    redeem_link,
    refused,
)

TICK = timedelta(microseconds=1)


async def receipt(outcome: Outcome) -> Receipt:
    made = activated(outcome)
    found = await redemptions.receipt(made.activation_id, made.token)
    assert found
    return found


async def test_an_activation_moves_code_counters_and_log_together(cast: Cast) -> None:
    heard: list[Changed] = []
    issued = await issue(cast.ada, cast.month)
    stop = signals.subscribe(heard.append)
    outcome = activated(await redeem(issued.texts[0]))
    stop()
    code = await Code.get(id=issued.codes[0].id).select_related("batch")
    activation = await Activation.get(id=outcome.activation_id)
    assert (code.status, code.batch.ready, code.batch.activated) == (Status.ACTIVATED, 2, 1)
    mail = await Message.get(activation_id=activation.id)
    for changed in (
        Changed(cast.northwind.id, Topic.BATCHES, (issued.batch.id,)),
        Changed(cast.northwind.id, Topic.MESSAGES, (mail.id,)),
    ):
        assert heard.count(changed) == 1
    [entry] = await entries(AuditAction.ACTIVATE)
    assert (entry.target_id, entry.workspace_id) == (code.id, cast.northwind.id)
    assert entry.person_id == activation.person_id
    assert entry.detail["activation"] == activation.id
    assert await Entitlement.filter(activation_id=activation.id).count() == 1


async def test_the_holder_gets_the_same_activation_again(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    first = activated(await redeem(issued.texts[0]))
    for again in (
        await redeem(issued.texts[0]),
        await redeem(issued.texts[0], email="GRACE@EXAMPLE.ORG", name="G. Hopper"),
        await redeem_link(issued.tokens[0]),
    ):
        assert again == first
    assert await Activation.all().count() == await Entitlement.all().count() == 1
    assert await Message.filter(kind=MessageKind.CONFIRMATION).count() == 1
    assert len(await entries(AuditAction.ACTIVATE)) == 1
    assert not await Refusal.exists()


async def test_another_holder_is_refused_with_a_reference(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[0]))
    outcome = refused(await redeem(issued.texts[0], email="mallory@example.org"))
    refusal = await Refusal.get(reference=outcome.reference)
    assert (refusal.reason, refusal.code_id, refusal.workspace_id) == (
        RefusalReason.ALREADY_ACTIVATED,
        issued.codes[0].id,
        cast.northwind.id,
    )


async def unusable(
    cast: Cast, clock: time_machine.Traveller
) -> dict[RefusalReason, tuple[str, str]]:
    """For each true reason a code and its link that are refused for it."""
    revoked, used, held, purchase = [await issue(cast.ada, cast.month, 1) for _ in range(4)]
    early = await issue(cast.ada, cast.month, 1, valid_from=date(2026, 4, 1))
    expired = await issue(cast.ada, cast.month, 1, expires_on=date(2026, 3, 10))
    await batches.revoke_unused(cast.ada, revoked.batch.id)
    activated(await redeem(used.texts[0], email="first@example.org"))
    await Code.filter(batch_id=held.batch.id).update(status=Status.HELD)
    await Batch.filter(id=purchase.batch.id).update(kind=CodeKind.PURCHASE)
    clock.shift(timedelta(days=1))
    made = {
        RefusalReason.REVOKED: revoked,
        RefusalReason.ALREADY_ACTIVATED: used,
        RefusalReason.HELD: held,
        RefusalReason.WRONG_KIND: purchase,
        RefusalReason.NOT_YET_VALID: early,
        RefusalReason.EXPIRED: expired,
    }
    both = {reason: (issued.texts[0], issued.tokens[0]) for reason, issued in made.items()}
    return both | {RefusalReason.NOT_FOUND: (code_alphabet.generate(1)[0], "x" * 35)}


async def test_each_refusal_is_recorded_with_its_true_reason(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    for reason, (text, token) in (await unusable(cast, clock)).items():
        for outcome in (await redeem(text), await redeem_link(token)):
            refusal = await Refusal.get(reference=refused(outcome).reference)
            assert refusal.reason is reason
            assert (refusal.workspace_id is None) is (reason is RefusalReason.NOT_FOUND)


async def test_a_stranger_is_answered_the_same_whatever_is_wrong(
    clock: time_machine.Traveller, cast: Cast, many_tries: None
) -> None:
    told = set()
    for text, token in (await unusable(cast, clock)).values():
        for visitor in (VISITOR, replace(VISITOR, actor=cast.mallory)):
            for outcome in (await redeem(text, visitor=visitor), await redeem_link(token)):
                assert len(refused(outcome).reference or "") == 8
                told.add(replace(refused(outcome), reason=RefusalReason.NOT_FOUND, reference=""))
    assert len(told) == 1


async def test_members_of_the_codes_workspace_may_be_told_the_reason(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    text, _ = (await unusable(cast, clock))[RefusalReason.REVOKED]
    people = (cast.olga, cast.ada_at_acme, cast.sam, cast.eve, cast.mallory)
    answers = [await redeem(text, visitor=replace(VISITOR, actor=who)) for who in people]
    assert [refused(answer).to_member for answer in answers] == [True, True, True, False, False]


async def test_a_member_removed_is_told_nothing_more(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await batches.revoke_unused(cast.ada, issued.batch.id)
    await Membership.filter(user_id=cast.sam.user_id, role=Role.SALES).delete()
    answer = refused(await redeem(issued.texts[0], visitor=replace(VISITOR, actor=cast.sam)))
    assert not answer.to_member


async def test_a_refusal_uses_nothing_up(clock: time_machine.Traveller, cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 1, valid_from=date(2026, 3, 11))
    refused(await redeem(issued.texts[0]))
    batch = await Batch.get(id=issued.batch.id)
    assert (batch.ready, batch.activated) == (1, 0)
    assert not await Activation.exists()
    assert not await Person.filter(email_key="grace@example.org").exists()
    clock.shift(timedelta(days=1))
    activated(await redeem(issued.texts[0]))


EDGES = [
    # zone, the day on which the codes work, its first and its last instant
    ("Europe/Berlin", date(2026, 3, 15), "2026-03-14T23:00", "2026-03-15T23:00"),
    ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00", "2026-03-29T22:00"),  # 23 hours
    ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00", "2026-10-25T23:00"),  # 25 hours
    ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00", "2026-11-02T05:00"),
    ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00", "2026-04-24T21:00"),  # no midnight
    ("Asia/Kathmandu", date(2026, 3, 15), "2026-03-14T18:15", "2026-03-15T18:15"),
    ("Pacific/Kiritimati", date(2026, 3, 15), "2026-03-14T10:00", "2026-03-15T10:00"),
]


@pytest.mark.parametrize(("zone", "day", "first", "end"), EDGES)
async def test_a_code_works_from_the_first_to_the_last_instant_of_its_days_there(
    clock: time_machine.Traveller, cast: Cast, zone: str, day: date, first: str, end: str
) -> None:
    await Workspace.filter(id=cast.northwind.id).update(time_zone=zone)
    there = replace(cast.ada, time_zone=zone)
    issued = await issue(there, cast.month, valid_from=day, expires_on=day)
    begins = datetime.fromisoformat(first).replace(tzinfo=UTC)
    ends = datetime.fromisoformat(end).replace(tzinfo=UTC)
    answers = []
    for moment, text in (
        (begins - TICK, issued.texts[0]),
        (begins, issued.texts[0]),
        (ends - TICK, issued.texts[1]),
        (ends, issued.texts[2]),
    ):
        clock.move_to(moment)
        answers.append(getattr(await redeem(text), "reason", "activated"))
    assert answers == [
        RefusalReason.NOT_YET_VALID,
        "activated",
        "activated",
        RefusalReason.EXPIRED,
    ]


@pytest.mark.parametrize(
    ("moment", "until", "ends_at"),
    [
        # 30 days after 10 March; summer time has begun by then
        ("2026-03-10T12:00", date(2026, 4, 9), "2026-04-09T22:00"),
        # half past midnight of the 11th in Berlin
        ("2026-03-10T23:30", date(2026, 4, 10), "2026-04-10T22:00"),
        ("2026-09-30T12:00", date(2026, 10, 30), "2026-10-30T23:00"),
        ("2024-01-30T12:00", date(2024, 2, 29), "2024-02-29T23:00"),
    ],
)
async def test_days_count_to_the_end_of_the_last_day_in_the_workspace(
    clock: time_machine.Traveller, cast: Cast, moment: str, until: date, ends_at: str
) -> None:
    clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    issued = await issue(cast.ada, cast.month)
    assert (await receipt(await redeem(issued.texts[0]))).until == until
    entitlement = await Entitlement.get()
    assert entitlement.ends_at == datetime.fromisoformat(ends_at).replace(tzinfo=UTC)


async def test_a_second_code_of_the_same_plan_continues_where_the_first_ends(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued, later = await issue(cast.ada, cast.month), await issue(cast.sam, cast.month)
    await redeem(issued.texts[0])
    clock.shift(timedelta(days=5))
    second = await receipt(await redeem(issued.texts[1], email="GRACE@example.org"))
    third = await receipt(await redeem(later.texts[0]))
    assert (second.begins_on, second.until) == (date(2026, 4, 10), date(2026, 5, 9))
    assert (third.begins_on, third.until) == (date(2026, 5, 10), date(2026, 6, 8))
    first, between, last = await Entitlement.all().order_by("id")
    assert (first.ends_at, between.ends_at) == (between.starts_at, last.starts_at)


async def test_after_the_first_has_ended_the_second_begins_at_once(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month)
    await redeem(issued.texts[0])
    clock.move_to(datetime(2026, 4, 9, 22, tzinfo=UTC))
    second = await receipt(await redeem(issued.texts[1]))
    assert (second.begins_on, second.until) == (date(2026, 4, 10), date(2026, 5, 10))


async def test_another_plan_another_holder_and_an_undone_activation_continue_nothing(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    month, year = await issue(cast.ada, cast.month), await issue(cast.ada, cast.year)
    first = activated(await redeem(month.texts[0]))
    begun = [
        (await receipt(await redeem(year.texts[0]))).begins_on,
        (await receipt(await redeem(month.texts[1], email="ada@example.org"))).begins_on,
    ]
    await Activation.filter(id=first.activation_id).update(undone_at=first_moment())
    begun.append((await receipt(await redeem(month.texts[2]))).begins_on)
    assert begun == [date(2026, 3, 10)] * 3


def first_moment() -> datetime:
    return datetime(2026, 3, 10, 12, tzinfo=UTC)


async def test_an_undone_activation_leaves_the_code_to_the_next_holder(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, 1)
    undone = activated(await redeem(issued.texts[0]))
    await Activation.filter(id=undone.activation_id).update(undone_at=first_moment())
    await Code.filter(id=issued.codes[0].id).update(status=Status.READY)
    again = activated(await redeem(issued.texts[0], email="next@example.org"))
    assert again.activation_id != undone.activation_id
    assert await Activation.filter(undone_at=None).count() == 1


async def test_a_lifetime_has_no_last_day(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.forever)
    for text in issued.texts[:2]:
        got = await receipt(await redeem(text))
        assert (got.days, got.until) == (None, None)
    assert [row.ends_at for row in await Entitlement.all()] == [None, None]


async def test_one_name_and_address_is_one_person_in_a_workspace(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    for text, name in zip(issued.texts, ("Grace Hopper", "Grace Hopper", "G. Hopper"), strict=True):
        await redeem(text, name=name)
    people = await Person.filter(workspace_id=cast.northwind.id).order_by("id")
    assert [(person.name, person.email_key) for person in people] == [
        ("Grace Hopper", "grace@example.org"),
        ("G. Hopper", "grace@example.org"),
    ]


async def test_a_code_works_for_its_own_workspace_only(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    visitor = Visitor(address="192.0.2.7", actor=cast.mallory)
    outcome = activated(await redeem(issued.texts[0], visitor=visitor))
    entitlement = await Entitlement.get(activation_id=outcome.activation_id)
    holder = await entitlement.person
    assert entitlement.workspace_id == holder.workspace_id == cast.northwind.id


async def test_codes_of_an_archived_product_keep_working(cast: Cast) -> None:
    issued: Issued = await issue(cast.ada, cast.month)
    await cast.welding.update_from_dict({"archived_at": first_moment()}).save()
    activated(await redeem(issued.texts[0]))
