"""What can be done about the mail that brought one code: retry, resend, another address."""

from collections.abc import Iterable
from typing import Any

from nicegui import ui

from models.enums import MessageState
from services import resending
from services.actor import Actor
from services.code_list import MailView
from ui import actions, wording
from ui.components.mail_dialog import ask_address


class CodeMail:
    """For one person; remembers which mail belongs to which code on screen."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug = actor, actor.slug
        self.mails: dict[int, int] = {}

    def rights(self, code_id: int, mail: MailView | None) -> dict[str, Any]:
        """What reaches the browser: how the mail stands, and which actions it takes."""
        if mail:
            self.mails[code_id] = mail.id
        return {
            "mail": wording.mail(mail.state, mail.at, self.actor.time_zone) if mail else "",
            "failed": bool(mail and mail.state is MessageState.FAILED),
            "retry": bool(mail and mail.may_retry),
            "resend": bool(mail and mail.may_resend),
            "redirect": bool(mail and mail.may_redirect),
        }

    def has_shown(self, message_ids: Iterable[int]) -> bool:
        return not set(self.mails.values()).isdisjoint(message_ids)

    async def retry(self, code_id: int) -> None:
        if message_id := self.mails.get(code_id):
            await actions.run(lambda actor: resending.retry(actor, message_id), slug=self.slug)

    async def resend(self, code_id: int) -> None:
        if await actions.done(
            lambda actor: resending.resend(actor, self.mails.get(code_id, 0)), slug=self.slug
        ):
            ui.notify("Queued again, to the same address.")

    async def redirect(self, code_id: int) -> None:
        ask_address(
            lambda address, go, form: actions.done(
                lambda actor: resending.redirect(actor, self.mails.get(code_id, 0), address),
                slug=self.slug,
                button=go,
                form=form,
            )
        )
