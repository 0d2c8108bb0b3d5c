"""The audit log of the installation: of every workspace, and of what belongs to none."""

from services.actor import Actor
from services.permissions import Permission
from ui.audit_seal_panel import SealPanel
from ui.audit_view import AuditView
from ui.pages import page_title, view


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Audit Log", actor)
    log = AuditView(actor)
    log.head("Who did what in the whole installation. Nobody can edit or delete a line.")
    await SealPanel(actor, for_owner=True).build()
    await log.build()
