"""One's own account."""

from services.actor import Actor
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view()
async def page(actor: Actor) -> None:
    page_title("Account", actor)
    page_head("Account")
    empty("Account arrive with a later version", "Nothing can be done here yet.")
