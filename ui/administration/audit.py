"""The audit log of a workspace."""

from services.actor import Actor
from services.permissions import Permission
from ui.audit_seal_panel import SealPanel
from ui.audit_view import AuditView
from ui.pages import page_title, view


@view(Permission.ADMINISTER_WORKSPACE)
async def page(actor: Actor) -> None:
    page_title("Audit Log", actor)
    log = AuditView(actor)
    log.head("Who did what in this workspace, and when. Nobody can edit or delete a line.")
    await SealPanel(actor).build()
    await log.build()
