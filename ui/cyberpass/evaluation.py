"""One evaluation as a stepper."""

from services.actor import Actor
from services.permissions import Permission
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.USE_CYBERPASS)
async def page(actor: Actor, evaluation_id: int) -> None:
    page_title("Evaluation", actor)
    page_head("Evaluation")
    assert evaluation_id
    empty("Evaluation arrive with a later version", "Nothing can be done here yet.")
