"""How far the log is sealed and signed, and when somebody last verified it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import AuditEntry, AuditHead, AuditSeal
from models.enums import AuditAction, Resource
from services.database import fetch, moment, reader
from services.unsealed import UNSEALED_ABOUT
from services.zones import now

LATE_AFTER = timedelta(minutes=5)
OLDEST = """
SELECT at FROM audit_entry
WHERE id > (SELECT COALESCE(MAX(entry_id), 0) FROM audit_seal) ORDER BY id LIMIT 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """`findings` are those of the last Verify from a screen. `is_late` where sealing lags."""

    sealed: int
    unsealed: int
    is_late: bool
    signed_to: int
    signed_at: datetime | None
    verified_at: datetime | None
    findings: int


async def state() -> LogState:
    last = await AuditSeal.all().using_db(reader()).order_by("-seq").first()
    head = await AuditHead.all().using_db(reader()).order_by("-seq").first()
    verified = AuditEntry.filter(action=AuditAction.VERIFY.value, resource=Resource.AUDIT.value)
    check = await verified.using_db(reader()).order_by("-id").first()
    [waiting] = await fetch(UNSEALED_ABOUT, reading=True)
    oldest = await fetch(OLDEST, reading=True)
    since = moment(oldest[0]["at"]) if oldest else None
    return LogState(
        sealed=last.seq if last else 0,
        unsealed=waiting["entries"],
        is_late=since is not None and now() - since > LATE_AFTER,
        signed_to=head.seq if head else 0,
        signed_at=head.at if head else None,
        verified_at=check.at if check else None,
        findings=int(check.detail.get("findings", 0)) if check else 0,
    )
