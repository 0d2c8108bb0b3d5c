"""What is cleared away every night, each for as long as a setting says."""

import logging
from datetime import timedelta

from models import Budget, Message, Session
from models.enums import MessageState
from services import audit_exports, notifications, passkey_challenges, refusals, waits
from services.database import unit_of_work
from services.settings import get_settings
from services.zones import now

log = logging.getLogger(__name__)
EVERY = timedelta(days=1)


async def work() -> timedelta:
    """Tidy; returns when to do it again."""
    await tidy()
    return EVERY


async def tidy() -> tuple[int, int]:
    """Delete what is old; returns how many ended sessions and how many refusals."""
    counts = await forget_sessions(), await refusals.forget_old()
    await forget_budgets()
    await waits.forget_old()
    await forget_recipients()
    await notifications.forget_read()
    await audit_exports.forget_old()
    await passkey_challenges.forget_expired()
    if any(counts):
        log.info("Housekeeping deleted %d sessions and %d refusals.", *counts)
    return counts


@unit_of_work
async def forget_budgets() -> int:
    """Budgets whose window is long over: the next try begins a new one anyway."""
    return await Budget.filter(began_at__lt=now() - EVERY).delete()


@unit_of_work
async def forget_sessions() -> int:
    """Sessions that ended, idled out or grew too old long enough ago."""
    settings = get_settings()
    oldest = now() - settings.keep_ended_sessions
    ended = await Session.filter(ended_at__lt=oldest).delete()
    idle = await Session.filter(seen_at__lt=oldest - settings.session_idle).delete()
    return ended + idle


@unit_of_work
async def forget_recipients() -> int:
    """To whom mails went that ended long enough ago; that they went stays."""
    at = now()
    ended = Message.filter(
        state__in=(MessageState.SENT, MessageState.FAILED),
        next_try_at__lt=at - get_settings().keep_mail_parameters,
        forgotten_at__isnull=True,
    )
    return await ended.update(
        recipient="", recipient_key="", recipient_name="", last_answer="", forgotten_at=at
    )
