"""Messages: every mail of the workspace, and what became of it."""

from typing import Any

from nicegui import ui

from services import message_list, messages, resending
from services.actor import Actor
from services.letters import Pointless
from services.message_list import MessageView
from services.permissions import Permission, can
from ui import actions, message_table
from ui.components.mail_dialog import MailDialog, Shown, ask_address
from ui.components.page_head import page_head
from ui.mails import preview
from ui.mails.compose import compose
from ui.mails.words import subject
from ui.message_table import MessageTable, Source
from ui.pages import page_title, view


@view(Permission.READ_OWN_MESSAGES)
async def page(actor: Actor) -> None:
    page_title("Messages", actor)
    await Messages(actor).build()


class Messages:
    """One person's view of the mails that they may see."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.slug

    async def build(self) -> None:
        sees_all = can(self.actor, Permission.READ_ALL_MESSAGES)
        whose = "Every mail of this workspace" if sees_all else "The mails that you sent"
        page_head("Messages", f"{whose}, and what became of it.", in_header=True)
        table = MessageTable(
            Source(
                slug=self.slug,
                workspace_id=self.actor.workspace_id,
                zone=self.actor.time_zone,
                search="Search by recipient or batch",
                nothing="Mails stand here as soon as codes are sent or activated.",
                page=message_list.page,
                some=message_list.some,
                visible=message_list.visible,
                newest=message_list.newest,
                row=row,
            )
        )
        await table.build()
        table.on("preview", self.preview)
        table.on("retry", self.retry)
        table.on("resend", self.resend)
        table.on("redirect", self.redirect)

    async def retry(self, message_id: int) -> None:
        await actions.run(lambda actor: messages.retry(actor, message_id), slug=self.slug)

    async def resend(self, message_id: int) -> None:
        if await actions.done(lambda actor: resending.resend(actor, message_id), slug=self.slug):
            ui.notify("Queued again, to the same address.")

    async def redirect(self, message_id: int) -> None:
        ask_address(
            lambda address, go, form: actions.done(
                lambda actor: resending.redirect(actor, message_id, address),
                slug=self.slug,
                button=go,
                form=form,
            )
        )

    async def preview(self, message_id: int) -> None:
        async def read(actor: Actor) -> tuple[MessageView, Shown | str]:
            detail = await messages.detail(actor, message_id)
            try:
                mail = compose(await messages.preview(actor, message_id))
            except Pointless as nothing:
                return detail, f"There is nothing to send any more. {nothing.message}"
            return detail, message_table.shown(mail, preview.masked(self.slug, message_id))

        async def show(go: ui.button) -> Shown | None:
            async def command(actor: Actor) -> Shown:
                mail = compose(await messages.show(actor, message_id))
                return message_table.shown(mail, preview.in_full(actor, message_id))

            return await actions.run(command, slug=self.slug, button=go)

        found = await actions.run(read, slug=self.slug)
        if found:
            may_show = can(self.actor, Permission.USE_EDSPACE)
            detail, mail = found
            about = message_table.about(detail, mail, _subject(detail))
            MailDialog(about, mail, show=show if may_show else None)


def _subject(message: MessageView) -> str:
    return subject(message.kind, message.product, message.days, message.codes)


def row(message: MessageView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one message."""
    return message_table.row(message, _subject(message), zone) | {
        "resend": message.may_resend,
        "redirect": message.may_redirect,
    }
