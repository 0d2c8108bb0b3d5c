"""Mails of the installation: invitations, resets, warnings, heads of the log."""

from typing import Any

from services import account_message_list, account_messages
from services.account_message_list import AccountMessage
from services.actor import Actor
from services.letters import Pointless
from services.permissions import Permission
from ui import actions, message_table
from ui.components.mail_dialog import MailDialog, Shown
from ui.components.page_head import page_head
from ui.mails import preview
from ui.mails.account_words import subject
from ui.mails.compose import compose
from ui.message_table import MessageTable, Source
from ui.pages import page_title, view


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Messages")
    page_head(
        "Messages",
        "Invitations, password resets, warnings and heads of the audit log. "
        "Links in them are never shown.",
        in_header=True,
    )
    table = MessageTable(
        Source(
            slug=None,
            workspace_id=None,
            zone=actor.time_zone,
            search="Search by recipient",
            nothing="Mails stand here as soon as somebody is invited or forgets a password.",
            page=account_message_list.page,
            some=account_message_list.some,
            visible=account_message_list.visible,
            newest=account_message_list.newest,
            row=row,
        )
    )
    await table.build()
    table.on("preview", open_preview)
    table.on("retry", retry)


async def retry(message_id: int) -> None:
    await actions.run(lambda actor: account_messages.retry(actor, message_id))


async def open_preview(message_id: int) -> None:
    async def read(actor: Actor) -> tuple[AccountMessage, Shown | str]:
        detail = await account_messages.detail(actor, message_id)
        try:
            mail = compose(await account_messages.preview(actor, message_id))
        except Pointless as nothing:
            return detail, f"There is nothing to send any more. {nothing.message}"
        return detail, message_table.shown(mail, preview.of_installation(message_id))

    if found := await actions.run(read):
        detail, mail = found
        MailDialog(message_table.about(detail, mail, _subject(detail)), mail, show=None)


def _subject(message: AccountMessage) -> str:
    return subject(message.kind, message.workspace, message.change)


def row(message: AccountMessage, zone: str) -> dict[str, Any]:
    """What reaches the browser of one message."""
    return message_table.row(message, _subject(message), zone)
