"""What the page of a batch does with mail: send to people, and to all of them once more."""

from typing import Any

from nicegui import ui

from services import deliveries, messages, resending
from services.actor import Actor
from services.code_list import CodeView
from ui import actions, delivery_words, routes, wording
from ui.code_mail import CodeMail
from ui.components.dialog import confirm
from ui.components.fields import Form
from ui.components.send_dialog import Comes, Entered, SendDialog


class BatchMail(CodeMail):
    """For one person at one batch."""

    def __init__(self, actor: Actor, batch_id: int) -> None:
        super().__init__(actor)
        self.batch_id = batch_id

    def row(self, code: CodeView) -> dict[str, Any]:
        """What reaches the browser about the mail of one code."""
        rights = self.rights(code.id, code.mail)
        return {"sent": code.sent_to, "person": code.sent_name, **rights}

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
            [f"{number} with an unused code of this batch failed."],
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
        people = wording.count(counts.waiting, "person was", "people were")
        have = "has" if counts.waiting == 1 else "have"
        confirm(
            f"Send {wording.count(counts.waiting, 'mail')} once more?",
            [f"{people} sent a code of this batch and {have} not activated it yet."],
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
