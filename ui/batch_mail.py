"""What the page of a batch does with mail: send to people, resend, send to another address."""

from typing import Any

from nicegui import ui

from models.enums import MessageState
from services import deliveries, messages, resending
from services.actor import Actor
from services.code_list import CodeView, MailView
from ui import actions, delivery_words, routes, wording
from ui.components.dialog import confirm
from ui.components.fields import Form
from ui.components.mail_dialog import ask_address
from ui.components.send_dialog import Comes, Entered, SendDialog

STANDS = {
    MessageState.QUEUED: "queued",
    MessageState.SENDING: "being sent",
    MessageState.RETRYING: "not delivered yet, tried again",
    MessageState.SENT: "sent",
    MessageState.FAILED: "failed",
}


class BatchMail:
    """For one person at one batch; remembers which mail belongs to which code on screen."""

    def __init__(self, actor: Actor, batch_id: int) -> None:
        self.actor, self.slug, self.batch_id = actor, actor.slug, batch_id
        self.mails: dict[int, int] = {}

    def row(self, code: CodeView) -> dict[str, Any]:
        """What reaches the browser about the mail of one code."""
        mail = code.mail
        if mail:
            self.mails[code.id] = mail.id
        return {
            "sent": code.sent_to,
            "mail": self._stands(code, mail) if mail else "",
            "failed": bool(mail and mail.state is MessageState.FAILED),
            "retry": bool(mail and mail.may_retry),
            "resend": bool(mail and mail.may_resend),
            "redirect": bool(mail and (mail.may_resend or mail.may_retry)),
        }

    def _stands(self, code: CodeView, mail: MailView) -> str:
        words = f"{STANDS[mail.state]} {wording.moment(mail.at, self.actor.time_zone)}"
        return f"{code.sent_name}, {words}" if code.sent_name else words

    async def send_to_people(self) -> None:
        async def start(actor: Actor) -> tuple[int, str]:
            found = await deliveries.preview(actor, self.batch_id, ())
            return found.left, await messages.held_because()

        if begun := await actions.run(start, slug=self.slug):
            left, held = begun
            SendDialog(
                left=delivery_words.left(left),
                held=held,
                messages=routes.messages(self.slug),
                inspect=self._inspect,
                send=self._send,
            )

    async def _inspect(self, entered: Entered, form: Form) -> Comes | None:
        async def command(actor: Actor) -> Comes:
            return delivery_words.comes_to(*await deliveries.look(actor, self.batch_id, entered))

        return await actions.run(command, slug=self.slug, form=form)

    async def _send(self, entered: Entered, key: str, go: ui.button, form: Form) -> int | None:
        async def command(actor: Actor) -> int:
            found, _ = await deliveries.look(actor, self.batch_id, entered)
            return await deliveries.send(actor, self.batch_id, found.people, key)

        return await actions.run(command, slug=self.slug, button=go, form=form)

    async def retry(self, code_id: int) -> None:
        if message_id := self.mails.get(code_id):
            await actions.run(lambda actor: messages.retry(actor, message_id), slug=self.slug)

    async def resend(self, code_id: int) -> None:
        async def command(actor: Actor) -> bool:
            await resending.resend(actor, self.mails.get(code_id, 0))
            return True

        if await actions.run(command, slug=self.slug):
            ui.notify("Queued again, to the same address.")

    async def redirect(self, code_id: int) -> None:
        async def send(address: str, go: ui.button, form: Form) -> bool | None:
            async def command(actor: Actor) -> bool:
                await resending.redirect(actor, self.mails.get(code_id, 0), address)
                return True

            return await actions.run(command, slug=self.slug, button=go, form=form)

        ask_address(send)

    async def ask_all_failed(self) -> None:
        counts = await self._counts()
        if counts is None:
            return
        if not counts.failed:
            ui.notify("No mail of this batch to a person has failed.")
            return
        number = wording.count(counts.failed, "mail")
        confirm(
            f"Try {number} again?",
            [f"{number} to people with an unused code of this batch failed."],
            "Resend",
            lambda go: actions.run(
                lambda actor: resending.to_all_failed(actor, self.batch_id),
                slug=self.slug,
                button=go,
            ),
            look="primary",
        )

    async def ask_all_waiting(self) -> None:
        counts = await self._counts()
        if counts is None:
            return
        if not counts.waiting:
            ui.notify("Nobody who was sent a code of this batch has still to activate it.")
            return
        people = wording.count(counts.waiting, "person has", "people have")
        confirm(
            f"Send {wording.count(counts.waiting, 'mail')} once more?",
            [f"{people} a code of this batch in their mail and did not activate it yet."],
            "Resend",
            lambda go: actions.run(
                lambda actor: resending.to_all_waiting(actor, self.batch_id),
                slug=self.slug,
                button=go,
            ),
            look="primary",
        )

    async def _counts(self) -> resending.Again | None:
        return await actions.run(
            lambda actor: resending.counts(actor, self.batch_id), slug=self.slug
        )
