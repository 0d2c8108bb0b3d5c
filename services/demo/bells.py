"""What stands behind the bells of the sample's people; old news is read."""

from datetime import timedelta

from models import AuditEntry, AuditFanout, Notification, User
from models.enums import AuditAction, NotificationKind, Resource
from services.demo.scene import Scene

NEWS_FOR = timedelta(days=5)
TOLD = {
    (AuditAction.COMPLETE.value, Resource.BATCH.value): NotificationKind.BATCH_READY,
    (AuditAction.FAIL.value, Resource.BATCH.value): NotificationKind.BATCH_FAILED,
    (AuditAction.FAIL.value, Resource.MESSAGE.value): NotificationKind.MAIL_FAILED,
}


async def ring(scene: Scene) -> None:
    """Tell what the stored log holds to whoever asked for it, as it was told then."""
    users: dict[int | None, User] = {user.person_id: user for user in await User.all()}
    actions = [AuditAction.COMPLETE.value, AuditAction.FAIL.value]
    told = [
        entry
        for entry in await AuditEntry.filter(action__in=actions).order_by("id")
        if (entry.action, entry.resource) in TOLD and entry.person_id in users
    ]
    await Notification.bulk_create(_told(scene, entry, users[entry.person_id]) for entry in told)
    await AuditFanout.bulk_create(AuditFanout(entry_id=entry.id) for entry in told)


def _told(scene: Scene, entry: AuditEntry, user: User) -> Notification:
    at = entry.at
    return Notification(
        user_id=user.id,
        entry_id=entry.id,
        kind=TOLD[entry.action, entry.resource],
        at=at,
        created_at=at,
        workspace_id=entry.workspace_id,
        target_id=entry.target_id,
        detail=entry.detail,
        read_at=at + timedelta(minutes=7) if at < scene.now - NEWS_FOR else None,
    )
