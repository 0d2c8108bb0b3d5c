"""What the sample has revoked, singly and by Revoke unused."""

from collections.abc import Iterable

from models.enums import AuditAction, Resource
from services.demo.batches import Codes
from services.demo.scene import Issued, Scene


def revocations(scene: Scene, issued: Iterable[Issued], codes: Codes) -> None:
    """Record what was revoked, singly and by Revoke unused."""
    for one in issued:
        batch = one.batch
        for ordinal, (at, by) in one.revoked.items():
            code = codes[batch.id, ordinal]
            place = {"person_id": by, "workspace_id": batch.workspace_id}
            scene.record(
                at, AuditAction.REVOKE, Resource.CODE, code.id, **place, ending=code.ending
            )
        if one.withdrawn:
            at, by = one.withdrawn
            place = {"person_id": by, "workspace_id": batch.workspace_id}
            left = batch.revoked - len(one.revoked)
            scene.record(at, AuditAction.REVOKE, Resource.BATCH, batch.id, **place, codes=left)
