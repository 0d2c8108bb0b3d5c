"""The audit log of the installation."""

from services.actor import Actor
from services.permissions import Permission
from ui.audit_seal_panel import SealPanel
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Audit Log", actor)
    page_head("Audit Log")
    await SealPanel(actor, for_owner=True).build()
    empty("Audit Log arrive with a later version", "Nothing can be done here yet.")
