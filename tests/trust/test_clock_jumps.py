"""T10: the clock jumps forward and back over leases, tokens, expiries, budgets and DST."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import Activation, AgreementShare, AuditExport, Batch, Code, PasswordReset
from models.enums import BatchState, RefusalReason, Status
from services import (
    audit_exports,
    audit_files,
    audit_verify,
    background,
    batch_jobs,
    batches,
    invitations,
    joining,
    lanes,
    letters,
    links,
    mailing,
    password_resets,
    sealing,
    sessions,
    setup_token,
)
from services.answers import Activated
from services.audit_filter import AuditFilter
from services.audit_findings import Fault
from services.code_alphabet import generate
from services.errors import Gone, Invalid, Limited
from services.issuing import rows_of
from services.letters import Letter, Mail
from services.links import Purpose
from services.sessions import SignIn
from services.settings import get_settings
from tests import recount
from tests.cast import PASSWORD, Cast, activated, issue, redeem, refused, wanted
from tests.conftest import Configure
from tests.mail_server import Box, running
from tests.outgoing import compose, point_at, queue, restart, states
from tests.sealed import faults

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
JUMPS = [HOUR, -HOUR, DAY, -DAY]
HERE = "192.0.2.9"
NEW = "copper kettle orchard 17"
every_jump = pytest.mark.parametrize("jump", JUMPS, ids=str)


@pytest.fixture(autouse=True)
def quick_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_resets, "ANSWER_AFTER", 0)
    monkeypatch.setattr(lanes, "PACE", 0)


@every_jump
async def test_a_batch_that_rests_after_a_failure_is_finished_soon(
    clock: time_machine.Traveller, cast: Cast, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    batch = await batches.request(cast.ada, wanted(cast.month, "200"))
    with monkeypatch.context() as broken:
        broken.setattr(batch_jobs, "rows_of", lambda *_: 1 / 0)
        await batch_jobs.work()
    clock.shift(jump)
    await batch_jobs.work()
    clock.shift(batch_jobs.HELD_FOR)
    await batch_jobs.work()
    assert (await Batch.get(id=batch.id)).state is BatchState.DONE
    assert await Code.filter(batch_id=batch.id).count() == 200


@every_jump
async def test_a_jump_while_a_batch_is_made_makes_no_code_twice(
    clock: time_machine.Traveller, cast: Cast, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    def made(
        of: Batch, first: int, last: int, shares: list[AgreementShare]
    ) -> list[tuple[object, ...]]:
        clock.shift(jump)
        return rows_of(of, first, last, shares)

    monkeypatch.setattr(batch_jobs, "CHUNK", 50)
    monkeypatch.setattr(batch_jobs, "rows_of", made)
    batch = await batches.request(cast.ada, wanted(cast.month, "200"))
    await batch_jobs.work()
    assert (await Batch.get(id=batch.id)).state is BatchState.DONE
    assert await Code.filter(batch_id=batch.id).count() == 200
    assert not await recount.wrong()


@every_jump
async def test_a_file_of_the_log_that_rests_after_a_failure_is_made_soon(
    clock: time_machine.Traveller, cast: Cast, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    monkeypatch.setattr(audit_files, "AT_ONCE", 1)
    await issue(cast.ada, cast.month, 1)
    await issue(cast.ada, cast.month, 1)
    export_id = await audit_exports.request(cast.ada, AuditFilter(), "csv")
    with monkeypatch.context() as broken:
        broken.setattr(audit_exports, "_write", lambda *_: 1 / 0)
        await audit_exports.work()
    clock.shift(jump)
    await audit_exports.work()
    clock.shift(audit_exports.HELD_FOR)
    await audit_exports.work()
    made = await AuditExport.get(id=export_id)
    assert (made.state, made.tries) == (BatchState.DONE, 2)


@every_jump
async def test_a_jump_while_a_mail_is_sent_sends_none_twice(
    clock: time_machine.Traveller,
    cast: Cast,
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
    jump: timedelta,
) -> None:
    async def read(message_id: int) -> Letter:
        return Letter(recipient=f"p{message_id}@example.org")

    jumps = [jump]

    def composed(letter: Letter) -> Mail:
        clock.shift(jumps.pop() if jumps else 0)
        return compose(letter)

    monkeypatch.setattr(letters, "read", read)
    background._stop.clear()
    restart(monkeypatch)
    box = Box()
    async with running(box) as port:
        point_at(configure, port)
        await queue(cast, "a@example.org", "b.451@example.org", "c@example.org")
        await mailing.drain(composed)
        assert (await states()).count("SENT") == 2
        clock.shift(-jump)
        clock.shift(5 * HOUR)  # as long as a retry ever waits
        await mailing.drain(compose)
    assert await states() == ["SENT"] * 3
    assert len(box.accepted) == len({mail.recipient for mail in box.accepted}) == 3


@every_jump
async def test_a_link_that_was_used_stays_used(
    clock: time_machine.Traveller, cast: Cast, configure: Configure, jump: timedelta
) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    await password_resets.ask("sam@example.org", address=HERE)
    reset = await PasswordReset.get()
    token = links.make(Purpose.RESET, reset.id)
    await password_resets.use(token, NEW)
    for shift in (jump, -jump, -jump):
        clock.shift(shift)
        assert await password_resets.open_link(token) is None
        with pytest.raises(Gone):
            await password_resets.use(token, NEW)


async def test_no_token_outlives_its_time_and_a_jump_back_voids_none(
    clock: time_machine.Traveller, cast: Cast, configure: Configure
) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    setup = await setup_token.issue()
    await password_resets.ask("sam@example.org", address=HERE)
    reset = links.make(Purpose.RESET, (await PasswordReset.get()).id)
    invited = await invitations.invite(cast.ada, email="new@example.org", role=cast.sam.role)
    invitation = links.make(Purpose.INVITE, invited.id)

    async def open_now() -> tuple[bool, bool, bool]:
        return (
            await setup_token.is_good(setup),
            await password_resets.open_link(reset) is not None,
            isinstance(await joining.open_link(invitation), joining.Offer),
        )

    assert await open_now() == (True, True, True)
    clock.shift(-DAY)
    assert await open_now() == (True, True, True)
    clock.shift(DAY + HOUR)
    assert await open_now() == (False, False, True)
    clock.shift(7 * DAY)
    assert await open_now() == (False, False, False)


@every_jump
async def test_a_session_that_ended_stays_ended(
    clock: time_machine.Traveller, cast: Cast, jump: timedelta
) -> None:
    request = SignIn(email="sam@example.org", password=PASSWORD, address=HERE)
    ended, kept = await sessions.sign_in(request), await sessions.sign_in(request)
    await sessions.sign_out(ended)
    for shift in (jump, -jump, -jump):
        clock.shift(shift)
        await sessions.touch(ended)
        assert await sessions.find(ended) is None
    clock.shift(jump)
    assert await sessions.find(kept), "nothing was written for good while the clock was wrong"


@every_jump
async def test_an_expiry_holds_at_its_own_moment_only(
    clock: time_machine.Traveller, cast: Cast, many_tries: None, jump: timedelta
) -> None:
    # the last day of the code in Berlin is the one on which summer time begins, one hour short
    clock.move_to(datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC))
    issued = await issue(cast.ada, cast.month, 3, expires_on=date(2026, 3, 29))
    clock.shift(jump)
    outcome = await redeem(issued.texts[0])
    if jump < timedelta(0):
        activated(outcome)
    else:
        assert refused(outcome).reason is RefusalReason.EXPIRED
    clock.shift(-jump)
    assert isinstance(await redeem(issued.texts[1]), Activated)
    clock.shift(timedelta(seconds=1))
    assert refused(await redeem(issued.texts[2])).reason is RefusalReason.EXPIRED
    assert (await Code.get(id=issued.codes[2].id)).status is Status.READY


@pytest.mark.parametrize("jump", [-HOUR, -DAY], ids=str)
async def test_turning_the_clock_back_locks_nobody_out_and_gives_nobody_more_tries(
    clock: time_machine.Traveller, cast: Cast, configure: Configure, jump: timedelta
) -> None:
    configure(wait_after_failures=100)
    wrong = SignIn(email="sam@example.org", password="not this one", address=HERE)
    for _ in range(10):
        with pytest.raises(Exception, match="wrong"):
            await sessions.sign_in(wrong)
    for body in generate(20):
        refused(await redeem(body))
    clock.shift(jump)
    with pytest.raises(Limited) as limited:
        await sessions.sign_in(wrong)
    assert limited.value.minutes <= 60
    outcome = refused(await redeem(next(iter(generate(1)))))
    assert outcome.reason is RefusalReason.LIMITED
    assert (outcome.minutes or 0) <= 10
    clock.shift(HOUR)
    await sessions.sign_in(SignIn(email="sam@example.org", password=PASSWORD, address=HERE))
    activated(await redeem((await issue(cast.ada, cast.month, 1)).texts[0]))


@every_jump
async def test_a_wait_that_a_jump_left_behind_lasts_no_longer_than_any(
    clock: time_machine.Traveller, cast: Cast, configure: Configure, jump: timedelta
) -> None:
    configure(sign_in_tries_per_account=1_000)
    wrong = SignIn(email="sam@example.org", password="not this one", address=HERE)
    seconds = await _guess_until_limited(wrong)
    clock.shift(jump)
    later = await _guess_until_limited(wrong)
    assert seconds <= later <= get_settings().wait_longest.total_seconds()
    clock.shift(later)
    await sessions.sign_in(SignIn(email="sam@example.org", password=PASSWORD, address=HERE))


async def _guess_until_limited(wrong: SignIn) -> int:
    """How long to wait then."""
    for _ in range(get_settings().wait_after_failures + 1):
        try:
            await sessions.sign_in(wrong)
        except Limited as limited:
            return limited.seconds
        except Invalid:
            continue
    raise AssertionError("guesses are not held up")


@pytest.mark.usefixtures("fresh_sealer", "many_tries")
async def test_the_log_keeps_its_order_through_every_jump(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month, len(JUMPS) * 2)
    for number, text in enumerate(issued.texts):
        clock.shift(JUMPS[number % len(JUMPS)])
        activated(await redeem(text, email=f"p{number}@example.org"))
        await sealing.finish()
    assert await Activation.all().count() == len(issued.texts)
    verdict = await audit_verify.check([])
    # that an entry is older than a head before it is told, and told apart from forgery
    assert faults(verdict) == {Fault.BACKDATED}
    assert verdict.sealed > len(issued.texts)
