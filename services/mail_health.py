"""How mail stands: what waits, what failed, and why nothing goes out, for the owner."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Count

from models import Installation, Message
from models.enums import MessageState
from services import mailing
from services.actor import Actor
from services.database import reader
from services.permissions import Permission, require
from services.settings import get_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHealth:
    """`held`, `paused` and `trouble` say why no mail goes out: a setting, the server, the line."""

    server: str
    tls: str
    user: str
    sender: str
    held: str
    paused: str
    paused_at: datetime | None
    trouble: str
    queued: int
    retrying: int
    failed: int
    oldest: datetime | None


async def mail(actor: Actor) -> MailHealth:
    require(actor, Permission.RUN_INSTALLATION)
    return await of_mail()


async def of_mail() -> MailHealth:
    """As `mail`, for who starts the program."""
    settings = get_settings()
    installation = await Installation.all().using_db(reader()).first()
    counts = await _counts()
    return MailHealth(
        server=f"{settings.smtp_host}:{settings.smtp_port}" if settings.smtp_host else "",
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        sender=settings.mail_from,
        held=settings.mail_held_because,
        paused=installation.mail_problem if installation else "",
        paused_at=installation.mail_paused_at if installation else None,
        trouble=mailing.trouble(),
        queued=counts.get(MessageState.QUEUED, 0) + counts.get(MessageState.SENDING, 0),
        retrying=counts.get(MessageState.RETRYING, 0),
        failed=counts.get(MessageState.FAILED, 0),
        oldest=await _oldest(),
    )


async def _counts() -> dict[MessageState, int]:
    """Of what waits or failed; whose recipient was forgotten can no more be helped."""
    open_ones = Message.filter(forgotten_at__isnull=True).exclude(state=MessageState.SENT)
    rows = await (
        open_ones.using_db(reader())
        .annotate(messages=Count("id"))
        .group_by("state")
        .values("state", "messages")
    )
    return {MessageState(row["state"]): int(row["messages"]) for row in rows}


async def _oldest() -> datetime | None:
    states = (MessageState.QUEUED, MessageState.SENDING, MessageState.RETRYING)
    rows = (
        await Message.filter(state__in=states)
        .using_db(reader())
        .order_by("created_at")
        .limit(1)
        .values("created_at")
    )
    return rows[0]["created_at"] if rows else None
