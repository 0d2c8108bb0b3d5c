"""A purchase code as a row of a table: what reaches the browser of it, and what it says."""

from typing import Any

from models.enums import Status
from services.purchase_code_list import PurchaseCodeView
from ui import routes, tones, wording

UNUSED = (Status.READY, Status.HELD, Status.EXPIRED, Status.NOT_YET_VALID)


def row(code: PurchaseCodeView, zone: str, *, full: str | None = None) -> dict[str, Any]:
    """The code is masked unless `full` is given. Whoever handles purchase codes may release."""
    return {
        "id": code.id,
        "batch": code.batch_id,
        "code": full or code.masked,
        "ending": code.masked[-4:],
        "workspace": code.workspace,
        "action": code.action,
        "status": code.status.value,
        "tone": tones.STATUS_TONE[code.status],
        "created": wording.brief(code.created_at, zone),
        "activated": wording.brief(code.activated_at, zone) if code.activated_at else "",
        "used": code.evaluated,
        "by": code.by,
        "path": routes.evaluation(code.slug, code.evaluation_id) if code.evaluation_id else "",
        "told": f"{code.evaluated} · {code.by}" if code.evaluated else "",
        "revocable": code.status in UNUSED,
        "releasable": code.status is Status.HELD,
    }
