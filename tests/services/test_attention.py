"""What a dashboard asks somebody to look at."""

from datetime import timedelta

from models import Action, Agreement, Batch, Message
from models.enums import BatchState, CodeKind, MessageState
from services import attention
from services.attention import Matter
from services.zones import now, today
from tests.cast import Cast, issue, redeem
from tests.certification import certification, granted


async def test_failed_mail_is_told_with_the_newest_answer(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 1)
    await redeem(issued.texts[0], email="buyer@clinic.example")
    await Message.all().update(state=MessageState.FAILED, last_answer="550 no such mailbox")
    [found] = await attention.of_codes(cast.ada, CodeKind.ACCESS)
    assert (found.matter, found.number) == (Matter.MAIL_FAILED, 1)
    assert (found.name, found.detail) == ("buyer@clinic.example", "550 no such mailbox")
    # nobody asked for a confirmation, so it is no sales person's own
    assert await attention.of_codes(cast.sam, CodeKind.ACCESS) == []


async def test_batches_that_failed_expire_or_run_are_told(cast: Cast) -> None:
    failed = await issue(cast.sam, cast.month, 5)
    await Batch.filter(id=failed.batch.id).update(state=BatchState.FAILED, failure="Disk full.")
    running = await issue(cast.sam, cast.month, 7)
    await Batch.filter(id=running.batch.id).update(state=BatchState.RUNNING, made=3)
    soon = today("Europe/Berlin") + timedelta(days=5)
    ending = await issue(cast.sam, cast.month, 9, expires_on=soon)
    await issue(cast.sam, cast.month, 9, expires_on=soon + timedelta(days=60))
    found = await attention.of_codes(cast.sam, CodeKind.ACCESS)
    assert [(each.matter, each.number, each.target_id) for each in found] == [
        (Matter.BATCH_FAILED, 5, failed.batch.id),
        (Matter.CODES_EXPIRE, 9, ending.batch.id),
        (Matter.BATCH_UNDER_WAY, 7, running.batch.id),
    ]
    assert {each.name for each in found} == {"Welding basics"}
    assert await attention.of_codes(cast.mallory, CodeKind.ACCESS) == []
    assert await attention.of_codes(cast.eve, CodeKind.ACCESS) == []


async def test_an_agreement_that_ends_soon_is_told_to_who_may_read_it(cast: Cast) -> None:
    scheme = await certification()
    await granted(cast.acme, scheme.lab, 20, ends=timedelta(days=10))
    await granted(cast.acme, scheme.certification, 20, reference="later")
    [found] = await attention.of_agreements(cast.ada_at_acme)
    assert (found.number, found.name) == (20, "A-2026-03")
    assert found.detail == "EN18031 - RAL - Lab Assessment"
    assert found.at and found.at < now() + timedelta(days=11)
    assert await attention.of_agreements(cast.eve) == []
    assert await attention.of_agreements(cast.sam) == []


async def test_an_agreement_that_leaves_nothing_to_generate_needs_nobody(cast: Cast) -> None:
    scheme, soon = await certification(), timedelta(days=10)
    await granted(cast.acme, scheme.lab, 20, reference="left", ends=soon)
    used_up = await granted(cast.acme, scheme.lab, 20, reference="used up", ends=soon)
    await Agreement.filter(id=used_up.id).update(issued=22, returned=2)
    await granted(cast.acme, scheme.certification, 20, reference="archived", ends=soon)
    await Action.filter(id=scheme.certification.id).update(archived_at=now())
    names = [each.name for each in await attention.of_agreements(cast.ada_at_acme)]
    assert names == ["left"]
