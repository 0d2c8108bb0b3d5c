"""The agreements of a workspace, to read."""

from services.actor import Actor
from services.permissions import Permission
from services.settings import get_settings
from ui.agreement_ledger import AgreementLedger
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.READ_AGREEMENTS)
async def page(actor: Actor) -> None:
    page_title("Agreements", actor)
    about = "How many purchase codes this workspace may generate, from when to when."
    page_head("Agreements", about, in_header=True)
    await AgreementLedger(actor, none_yet).build([])


def none_yet() -> None:
    whom = get_settings().support_contact or "the owner of this installation"
    empty(
        "No agreement yet",
        f"Purchase codes are generated under an agreement. To get one, ask {whom}.",
        glyph="file-text",
    )
