"""Which entries of the log somebody is told of, and who: one table. Screens have the words."""

from dataclasses import dataclass
from enum import StrEnum

from models.enums import AuditAction, NotificationKind, Resource


class Told(StrEnum):
    ASKER = "who asked for it"
    ADMINS = "the admins of its workspace"
    ADMINS_AND_OWNERS = "the owners, and the admins of its workspace if it has one"
    OWNERS = "the owners"


@dataclass(frozen=True, slots=True)
class Notice:
    """`told` is tried in order until there is somebody to tell."""

    kind: NotificationKind
    told: tuple[Told, ...]


TABLE: dict[tuple[str, str], Notice] = {
    (AuditAction.COMPLETE, Resource.BATCH): Notice(NotificationKind.BATCH_READY, (Told.ASKER,)),
    (AuditAction.FAIL, Resource.BATCH): Notice(NotificationKind.BATCH_FAILED, (Told.ASKER,)),
    (AuditAction.FAIL, Resource.MESSAGE): Notice(
        NotificationKind.MAIL_FAILED, (Told.ASKER, Told.ADMINS, Told.OWNERS)
    ),
    (AuditAction.REACH, Resource.AGREEMENT): Notice(
        NotificationKind.AGREEMENT_USED, (Told.ADMINS_AND_OWNERS,)
    ),
    (AuditAction.EXPIRE, Resource.AGREEMENT): Notice(
        NotificationKind.AGREEMENT_ENDS, (Told.ADMINS_AND_OWNERS,)
    ),
    (AuditAction.COMPLETE, Resource.EXPORT): Notice(NotificationKind.EXPORT_READY, (Told.ASKER,)),
    (AuditAction.FAIL, Resource.EXPORT): Notice(NotificationKind.EXPORT_FAILED, (Told.ASKER,)),
    (AuditAction.PAUSE, Resource.INSTALLATION): Notice(
        NotificationKind.MAIL_PAUSED, (Told.OWNERS,)
    ),
    (AuditAction.GUESSING, Resource.INSTALLATION): Notice(
        NotificationKind.GUESSING, (Told.ADMINS_AND_OWNERS,)
    ),
    (AuditAction.FAIL, Resource.BACKUP): Notice(NotificationKind.BACKUP_FAILED, (Told.OWNERS,)),
    (AuditAction.RESTORE, Resource.BACKUP): Notice(NotificationKind.CODES_HELD, (Told.OWNERS,)),
}
