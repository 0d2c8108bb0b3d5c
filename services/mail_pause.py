"""The queue stands still while no mail could go out: said once, until the first mail goes again."""

from models import Installation
from models.enums import AuditAction, Resource
from services import audit
from services.database import unit_of_work
from services.zones import now

WHAT = "mail"


async def is_on() -> bool:
    return await Installation.exists(mail_paused_at__not_isnull=True)


@unit_of_work
async def begin(problem: str) -> None:
    """Pause for what the server said; only the first one is an entry of the log."""
    if await Installation.filter(mail_paused_at=None).update(
        mail_paused_at=now(), mail_problem=problem
    ):
        await audit.record(AuditAction.PAUSE, Resource.INSTALLATION, None, by=None, what=WHAT)
    else:
        await Installation.exclude(mail_problem=problem).update(mail_problem=problem)


@unit_of_work
async def end() -> None:
    if await Installation.filter(mail_paused_at__not_isnull=True).update(
        mail_paused_at=None, mail_problem=""
    ):
        await audit.record(AuditAction.RESTORE, Resource.INSTALLATION, None, by=None, what=WHAT)
