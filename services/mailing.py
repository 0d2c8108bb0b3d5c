"""Sends what the outbox holds: one line for each drain, one answer for each message."""

import logging
import random
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models.enums import AuditAction, Resource
from services import (
    account_letters,
    audit,
    letters,
    mail_pause,
    outbox_answers,
    outbox_claims,
    outbox_due,
    signals,
    smtp,
)
from services.actor import Actor
from services.background import is_stopping
from services.database import unit_of_work
from services.envelopes import Post
from services.errors import NotFound
from services.letters import Compose, Letter, Pointless
from services.mail_outcome import Misconfigured, Outcome, Permanent, Sent, Step, Temporary
from services.outbox_claims import Claimed
from services.permissions import Permission, require
from services.settings import get_settings
from services.signals import Changed, Topic
from services.zones import now

log = logging.getLogger(__name__)

LONGEST_WAIT = timedelta(minutes=1)
PROBE_EVERY = timedelta(minutes=5)
FIRST_BACK_OFF, LONGEST_BACK_OFF = timedelta(seconds=5), timedelta(minutes=5)
LOSSES = 3  # lines lost in a row: then the server is taken for dead
PATIENCE = smtp.Patience()
UNWRITTEN = "This mail could not be written. The log of the program says why."
AT_ANY_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """What became of a message, while the database took no word of it."""

    claimed: Claimed
    outcome: Outcome
    until: datetime


@dataclass
class _Remembered:
    """What this process knows of the server; a restart asks it anew."""

    is_begun: bool = False
    unwritten: dict[int, _Unwritten] = field(default_factory=dict[int, _Unwritten])
    not_before: datetime = AT_ANY_TIME
    losses: int = 0
    trouble: str = ""

    def lost(self, outcome: Temporary) -> bool:
        """Count a line that broke; whether to leave the server alone for a while."""
        self.losses += 1
        if outcome.step is Step.LINE and self.losses < LOSSES:
            return False
        grown = FIRST_BACK_OFF * 2 ** min(self.losses - 1, 10)
        pause = min(grown, LONGEST_BACK_OFF) * random.uniform(0.8, 1.2)  # noqa: S311
        self.not_before, self.trouble = now() + pause, outcome.answer
        return True

    def is_left_alone(self) -> bool:
        # longer than it ever is: the clock was turned back
        return timedelta(0) < self.not_before - now() <= LONGEST_BACK_OFF * 1.2

    def answered(self) -> None:
        self.losses, self.trouble = 0, ""


_server = _Remembered()


def trouble() -> str:
    """Why the server is left alone for some minutes, in its own words; or nothing."""
    return _server.trouble


async def drain(compose: Compose) -> timedelta:
    """Send what is due; returns when to look again at the latest."""
    if not _server.is_begun:
        await outbox_claims.free()
        _server.is_begun = True
    await _write_down_what_is_left()
    if get_settings().mail_held_because:
        return LONGEST_WAIT
    if not _server.is_left_alone():
        await _send_due(compose)
    return await _until_next()


async def _until_next() -> timedelta:
    if _server.unwritten:
        return FIRST_BACK_OFF
    due = await outbox_due.next_due()
    if due is None:
        return LONGEST_WAIT
    wait = max(due, _server.not_before) - now()
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


async def _send_due(compose: Compose) -> None:
    was_paused = await mail_pause.is_on()
    line = smtp.Line(smtp.server_of(get_settings()), PATIENCE)
    try:
        while await _send_some(line, compose, was_paused):
            pass
    finally:
        await line.close()


async def _send_some(line: smtp.Line, compose: Compose, was_paused: bool) -> bool:
    """Send the longest due; returns whether there may be more to send now."""
    progress = False
    for message_id in await outbox_due.now_due():
        if is_stopping():
            return False
        if message_id in _server.unwritten:
            continue
        claimed = await outbox_claims.claim(message_id)
        if claimed is None:
            continue
        progress = True
        outcome = await _try(claimed, line, compose)
        await _keep(_Unwritten(claimed, outcome, now() + outbox_claims.LEASE), was_paused)
        if _must_stop(outcome):
            return False
    return progress


async def _try(claimed: Claimed, line: smtp.Line, compose: Compose) -> Outcome:
    try:
        mail = compose(await _letter(claimed))
        post = Post(
            recipient=claimed.recipient,
            message_id=claimed.message_id,
            mail=mail,
            reply_to=claimed.reply_to,
        )
        return await line.send(post)
    except (Pointless, NotFound) as error:
        return Permanent(error.message)
    except Exception as error:  # noqa: BLE001 - the other messages must go
        _log(claimed, error)
        return Temporary(UNWRITTEN)


async def _letter(claimed: Claimed) -> Letter:
    of_installation = claimed.workspace_id is None
    return await (account_letters if of_installation else letters).read(claimed.id)


def _log(claimed: Claimed, error: Exception) -> None:
    # What an exception says may hold an address; where it came from does not
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("Message %d failed: %s\n%s", claimed.id, type(error).__name__, where)


async def _keep(known: _Unwritten, was_paused: bool = True) -> None:
    """Write it down, or remember it where the database is locked: else a mail would go twice."""
    claimed = known.claimed
    try:
        await _write_down(claimed, known.outcome, was_paused)
    except Exception as error:  # noqa: BLE001 - tried again before anything else is sent
        _log(claimed, error)
        _server.unwritten[claimed.id] = known
        if now() < known.until:
            return
    _server.unwritten.pop(claimed.id, None)


async def _write_down_what_is_left() -> None:
    for known in list(_server.unwritten.values()):
        await _keep(known)


@unit_of_work
async def _write_down(claimed: Claimed, outcome: Outcome, was_paused: bool) -> None:
    match outcome:
        case Sent(answer):
            await outbox_answers.sent(claimed, answer)
            if was_paused:
                await mail_pause.end()
        case Temporary(answer):
            await outbox_answers.postpone(claimed, answer)
        case Permanent(answer):
            await outbox_answers.fail(claimed, answer)
        case Misconfigured(answer):
            await mail_pause.begin(answer)
            await outbox_answers.give_back(claimed, answer)


def _must_stop(outcome: Outcome) -> bool:
    """Whether this drain ends here, and when the server is to be asked again."""
    if isinstance(outcome, Misconfigured):
        _server.answered()
        _server.not_before = now() + PROBE_EVERY
        return True
    if isinstance(outcome, Temporary) and outcome.step is not Step.ANSWER:
        return _server.lost(outcome)
    _server.answered()
    return False


async def try_now(actor: Actor) -> None:
    """Ask the server again at once, whatever it said before."""
    require(actor, Permission.RUN_INSTALLATION)
    await _record_try(actor)
    ask_again()


@unit_of_work
async def _record_try(actor: Actor) -> None:
    await audit.record(AuditAction.RETRY, Resource.INSTALLATION, None, by=actor, what="mail")


def ask_again() -> None:
    """Forget what was learnt of the server, and wake whoever sends."""
    _server.not_before = AT_ANY_TIME
    _server.answered()
    signals.emit(Changed(None, Topic.MESSAGES))
