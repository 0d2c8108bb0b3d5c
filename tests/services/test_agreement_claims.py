"""Codes are issued under agreements that leave enough, and never beyond them."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from models import Agreement, AgreementShare, Batch, Code
from models.enums import AuditAction, BatchState, Resource
from services import agreement_claims, batch_jobs, batches, purchases, signals, zones
from services.errors import Conflict, NotFound, QuotaExceeded
from services.signals import Changed, Topic
from tests.cast import Cast, entries
from tests.certification import Certification, asked_for, certification, granted, purchased
from tests.conftest import Configure
from tests.hearing import but_the_log

PURCHASE = purchases.PURCHASE


@pytest.fixture
async def scheme(cast: Cast) -> Certification:
    return await certification()


async def counted(agreement: Agreement) -> tuple[int, int]:
    now = await Agreement.get(id=agreement.id)
    return now.issued, now.returned


async def under(batch: Batch) -> list[int | None]:
    """Of each code the agreement, in the order of their places."""
    found = await Code.filter(batch_id=batch.id).order_by("ordinal")
    return [code.agreement_id for code in found]


async def test_fifty_at_once_never_exceed_an_agreement(cast: Cast, scheme: Certification) -> None:
    agreement = await granted(cast.acme, scheme.lab, 100)
    asked = [purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 3)) for _ in range(50)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    kinds = Counter(type(answer) for answer in answers)
    assert kinds == {Batch: 33, QuotaExceeded: 17}
    assert await Code.all().count() == 99
    assert await Batch.all().count() == 33
    assert await counted(agreement) == (99, 0)
    assert sum(share.codes for share in await AgreementShare.all()) == 99
    # a refusal changes nothing: the last one can still be had
    await purchased(cast.ada, cast.acme, scheme.lab, 1)
    assert await counted(agreement) == (100, 0)


async def test_two_agreements_at_once_never_wait_for_each_other(
    cast: Cast, scheme: Certification
) -> None:
    """Claims take the one that ends first, revocations give back to both."""
    late = await granted(cast.acme, scheme.lab, 30, reference="late", ends=timedelta(days=80))
    soon = await granted(cast.acme, scheme.lab, 30, reference="soon", ends=timedelta(days=8))
    made = [await purchased(cast.ada, cast.acme, scheme.lab, 8) for _ in range(5)]
    revoking = [
        batches.revoke_unused(cast.ada_at_acme, each.batch.id, kind=PURCHASE) for each in made
    ]
    asking = [purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 5)) for _ in range(12)]
    answers = await asyncio.gather(*revoking, *asking, return_exceptions=True)
    assert {type(answer) for answer in answers} <= {int, Batch, QuotaExceeded}
    for agreement in (late, soon):
        issued, returned = await counted(agreement)
        now = Code.filter(agreement_id=agreement.id)
        assert issued == await now.count()
        assert returned == await now.filter(status="REVOKED").count()
        assert issued - returned <= 30


async def test_the_agreement_that_ends_first_is_used_first_and_each_code_remembers_its_own(
    cast: Cast, scheme: Certification
) -> None:
    late = await granted(cast.acme, scheme.lab, 20, reference="late", ends=timedelta(days=90))
    soon = await granted(cast.acme, scheme.lab, 4, reference="soon", ends=timedelta(days=9))
    issued = await purchased(cast.ada, cast.acme, scheme.lab, 6)
    assert await under(issued.batch) == [soon.id] * 4 + [late.id] * 2
    assert await counted(soon) == (4, 0)
    assert await counted(late) == (2, 0)
    await purchases.revoke(cast.ada, issued.codes[0].id)
    assert await counted(soon) == (4, 1)
    assert await counted(late) == (2, 0)
    await batches.revoke_unused(cast.ada_at_acme, issued.batch.id, kind=PURCHASE)
    assert await counted(soon) == (4, 4)
    assert await counted(late) == (2, 2)


@pytest.mark.parametrize(
    ("quantity", "has_agreement", "sentence"),
    [
        (5, True, "You asked for 5; 2 of 20 are left."),
        (
            1,
            False,
            "No agreement for EN18031 - RAL - Certification is valid now. "
            "Ask the owner of this installation.",
        ),
    ],
)
async def test_more_than_is_left_is_refused_with_numbers(
    cast: Cast, scheme: Certification, quantity: int, has_agreement: bool, sentence: str
) -> None:
    await granted(cast.acme, scheme.lab, 20)
    await purchased(cast.ada, cast.acme, scheme.lab, 18)
    action = scheme.lab if has_agreement else scheme.certification
    with pytest.raises(QuotaExceeded) as refused:
        await purchases.request(cast.ada, asked_for(cast.acme, action, quantity))
    assert refused.value.message == sentence
    assert await Batch.all().count() == 1
    assert len(await entries(AuditAction.CREATE)) == 1


async def test_one_left_is_said_as_one(cast: Cast, scheme: Certification) -> None:
    await granted(cast.acme, scheme.lab, 1)
    with pytest.raises(QuotaExceeded, match="You asked for 2; 1 of 1 is left"):
        await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 2))


async def test_whom_to_ask_is_the_support_contact_where_there_is_one(
    cast: Cast, scheme: Certification, configure: Configure
) -> None:
    configure(support_contact="sales@lab.example")
    with pytest.raises(QuotaExceeded, match=r"Ask sales@lab\.example"):
        await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 1))


@pytest.mark.parametrize(
    "when",
    [
        {"ends": timedelta(seconds=-1)},
        {"starts": timedelta(days=1)},
        {"codes_until": timedelta(seconds=-1)},
    ],
)
async def test_an_agreement_of_yesterday_or_tomorrow_grants_nothing(
    cast: Cast, scheme: Certification, when: dict[str, Any]
) -> None:
    await granted(cast.acme, scheme.lab, 20, **when)
    with pytest.raises(QuotaExceeded, match="No agreement"):
        await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 1))
    assert (await agreement_claims.left(cast.ada, workspace_id=cast.acme.id)).granted == 0


async def test_agreements_of_another_workspace_or_action_grant_nothing(
    cast: Cast, scheme: Certification
) -> None:
    await granted(cast.northwind, scheme.lab)
    await granted(cast.acme, scheme.certification)
    with pytest.raises(QuotaExceeded):
        await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 1))


async def test_what_is_left_is_said_with_the_references(cast: Cast, scheme: Certification) -> None:
    await granted(cast.acme, scheme.lab, 20, reference="late")
    await granted(cast.acme, scheme.lab, 5, reference="soon", ends=timedelta(days=3))
    await granted(cast.northwind, scheme.lab, 7, reference="there")
    await granted(cast.elsewhere, scheme.lab, 100)
    await purchased(cast.ada, cast.acme, scheme.lab, 6)
    left = await agreement_claims.left(cast.ada, workspace_id=cast.acme.id, action_id=scheme.lab.id)
    assert (left.left, left.granted, left.references) == (19, 25, ("soon", "late"))
    everywhere = await agreement_claims.left(cast.ada)
    assert (everywhere.left, everywhere.granted) == (26, 32)
    assert (await agreement_claims.left(cast.ada, action_id=-1)).granted == 0


async def test_whoever_handles_no_purchase_codes_there_learns_nothing(
    cast: Cast, scheme: Certification
) -> None:
    await granted(cast.acme, scheme.lab)
    for who in (cast.sam, cast.eve, cast.mallory):
        for wanted in (None, cast.acme.id):
            with pytest.raises(NotFound):
                await agreement_claims.left(who, workspace_id=wanted)
    for workspace_id in (cast.elsewhere.id, 0, 2**70):
        with pytest.raises(NotFound):
            await agreement_claims.left(cast.ada, workspace_id=workspace_id)


@pytest.mark.parametrize(
    ("steps", "told"), [([74, 1, 24, 1], [75, 100]), ([100], [100]), ([80, 1], [75]), ([74], [])]
)
async def test_reaching_three_quarters_and_the_whole_is_recorded_once_each(
    cast: Cast, scheme: Certification, steps: list[int], told: list[int]
) -> None:
    agreement = await granted(cast.acme, scheme.lab, 100)
    for quantity in steps:
        await purchased(cast.ada, cast.acme, scheme.lab, quantity)
    found = await entries(AuditAction.REACH)
    assert [entry.detail for entry in found] == [{"share": share} for share in told]
    assert {(e.resource, e.target_id, e.workspace_id) for e in found} <= {
        (Resource.AGREEMENT, agreement.id, cast.acme.id)
    }


async def test_a_claim_and_a_return_are_told_after_the_commit(
    cast: Cast, scheme: Certification
) -> None:
    agreement = await granted(cast.acme, scheme.lab)
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    issued = await purchased(cast.ada, cast.acme, scheme.lab)
    assert Changed(cast.acme.id, Topic.AGREEMENTS, (agreement.id,)) in heard
    heard.clear()
    await purchases.revoke(cast.ada, issued.codes[0].id)
    stop()
    assert set(heard) == {
        Changed(cast.acme.id, Topic.AGREEMENTS, (agreement.id,)),
        Changed(cast.acme.id, Topic.BATCHES, (issued.batch.id,)),
    }


async def test_codes_expire_with_the_first_agreement_that_says_so(
    cast: Cast, scheme: Certification
) -> None:
    soon = timedelta(days=9)
    await granted(cast.acme, scheme.lab, 2, reference="soon", ends=soon, codes_until=soon)
    await granted(cast.acme, scheme.lab, 9, reference="late")
    both = await Batch.get(id=(await purchased(cast.ada, cast.acme, scheme.lab, 3)).batch.id)
    agreement = await Agreement.get(reference="soon")
    assert both.expires_at == agreement.codes_until
    late = await Batch.get(id=(await purchased(cast.ada, cast.acme, scheme.lab, 1)).batch.id)
    assert late.expires_at is None


async def test_a_large_batch_claims_at_once_and_its_codes_are_under_their_agreements(
    cast: Cast, scheme: Certification, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_jobs, "CHUNK", 70)
    late = await granted(cast.acme, scheme.lab, 500, reference="late")
    soon = await granted(cast.acme, scheme.lab, 100, reference="soon", ends=timedelta(days=3))
    batch = await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 160))
    assert batch.state is BatchState.QUEUED
    assert await counted(soon) == (100, 0)
    await batch_jobs.work()
    assert await under(batch) == [soon.id] * 100 + [late.id] * 60


async def test_a_cancelled_batch_gives_back_and_a_retry_claims_anew(
    cast: Cast, scheme: Certification
) -> None:
    agreement = await granted(cast.acme, scheme.lab, 200)
    batch = await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 160))
    with pytest.raises(NotFound):
        await batch_jobs.cancel(cast.ada_at_acme, batch.id)  # of access codes
    await batch_jobs.cancel(cast.ada_at_acme, batch.id, kind=PURCHASE)
    with pytest.raises(Conflict):
        await batch_jobs.cancel(cast.ada_at_acme, batch.id, kind=PURCHASE)
    assert await counted(agreement) == (160, 160)
    taken = await purchased(cast.ada, cast.acme, scheme.lab, 100)
    with pytest.raises(QuotaExceeded, match="You asked for 160; 100 of 200 are left"):
        await batch_jobs.retry(cast.ada_at_acme, batch.id, kind=PURCHASE)
    assert (await Batch.get(id=batch.id)).state is BatchState.CANCELLED
    await batches.revoke_unused(cast.ada_at_acme, taken.batch.id, kind=PURCHASE)
    await batch_jobs.retry(cast.ada_at_acme, batch.id, kind=PURCHASE)
    await batch_jobs.work()
    assert await under(batch) == [agreement.id] * 160
    assert await counted(agreement) == (420, 260)


async def test_a_batch_given_up_gives_back(cast: Cast, scheme: Certification) -> None:
    agreement = await granted(cast.acme, scheme.lab, 200)
    batch = await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 160))
    await Batch.filter(id=batch.id).update(tries=batch_jobs.MOST_TRIES)
    await batch_jobs.work()
    assert (await Batch.get(id=batch.id)).state is BatchState.FAILED
    assert await counted(agreement) == (160, 160)


async def test_a_crash_while_codes_are_stored_claims_nothing(
    cast: Cast, scheme: Certification, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = await granted(cast.acme, scheme.lab)

    async def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(batches, "insert_many", broken)
    with pytest.raises(Conflict):
        await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 3))
    assert await counted(agreement) == (0, 0)
    [batch] = await Batch.all()
    assert batch.state is BatchState.FAILED
    monkeypatch.undo()
    await batch_jobs.retry(cast.ada_at_acme, batch.id, kind=PURCHASE)
    await batch_jobs.work()
    assert await counted(agreement) == (3, 0)


async def test_an_action_archived_meanwhile_gets_no_codes_by_a_retry(
    cast: Cast, scheme: Certification
) -> None:
    agreement = await granted(cast.acme, scheme.lab, 200)
    batch = await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 150))
    await batch_jobs.cancel(cast.ada_at_acme, batch.id, kind=PURCHASE)
    before = await counted(agreement)
    for row in (scheme.lab, scheme.scheme):
        await type(row).filter(id=row.id).update(archived_at=zones.now())
        with pytest.raises(Conflict, match="was archived"):
            await batch_jobs.retry(cast.ada_at_acme, batch.id, kind=PURCHASE)
        await type(row).filter(id=row.id).update(archived_at=None)
    assert (await Batch.get(id=batch.id)).state is BatchState.CANCELLED
    assert await counted(agreement) == before
