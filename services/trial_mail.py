"""A mail that tries the way out, sent past the outbox while somebody waits for the answer."""

from models.enums import AuditAction, Resource
from services import audit, emails, mail_pause, mailing, outbox, smtp
from services.actor import Actor
from services.database import unit_of_work
from services.envelopes import Post
from services.errors import Conflict
from services.letters import Mail
from services.mail_outcome import Outcome, Sent
from services.permissions import Permission, require
from services.settings import get_settings

IN_SECONDS = smtp.Patience(answer=15, data=30, whole=45)  # somebody is waiting for it


async def send(actor: Actor, address: str, letter: Mail) -> Outcome:
    """Send a mail past the outbox, and say what the server answered.

    Raises Invalid(email); Conflict where no mail may be sent at all.
    """
    require(actor, Permission.RUN_INSTALLATION)
    recipient = emails.read(address)
    settings = get_settings()
    if not settings.smtp_host or (settings.demo and settings.mail_held_because):
        raise Conflict(settings.mail_held_because)
    await _record(actor)
    line = smtp.Line(smtp.server_of(settings), IN_SECONDS)
    post = Post(recipient=recipient, message_id=outbox.new_message_id(), mail=letter)
    try:
        outcome = await line.send(post)
    finally:
        await line.close()
    if isinstance(outcome, Sent):
        await mail_pause.end()
        mailing.ask_again()
    return outcome


@unit_of_work
async def _record(actor: Actor) -> None:
    await audit.record(AuditAction.SEND, Resource.INSTALLATION, None, by=actor, what="test mail")
