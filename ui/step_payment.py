"""Paying for one step: the Payment card with its command behind it."""

from collections.abc import Callable

from nicegui import ui

from services import payments, whom_to_ask
from services.actor import Actor
from services.answers import Refused
from services.permissions import Permission, can
from services.settings import get_settings
from ui import actions, refusal_words, routes, wording
from ui.components.payment import PaymentCard
from ui.components.text import text


class StepPayment:
    """`action` is the purchased action as it is shown; `on_paid` is called once the step is paid.

    The screen hears of it by Topic.EVALUATIONS too, as everybody's does.
    """

    def __init__(
        self,
        actor: Actor,
        step_id: int,
        *,
        action: str,
        on_paid: Callable[[], object] | None = None,
    ) -> None:
        self.actor, self.step_id = actor, step_id
        self.action, self.on_paid = action, on_paid

    async def build(self) -> None:
        self.card = PaymentCard(self.apply)
        with self.card.below:
            text("span", "No code yet? ")
            if can(self.actor, Permission.HANDLE_PURCHASE_CODES):
                ui.link("Generate one", routes.purchase_codes(self.actor.slug))
                text("span", ".")
            else:
                whom = await whom_to_ask.for_codes(self.actor.workspace)
                text("span", wording.whom_to_ask(whom))

    async def apply(self) -> None:
        if not self.card.go.enabled:
            return  # Enter, pressed again while it works
        self.card.show_refusal(())
        typed, address = self.card.code.value or "", actions.address()
        outcome = await actions.run(
            lambda actor: payments.pay(actor, self.step_id, typed, address=address),
            slug=self.actor.slug,
            button=self.card.go,
            form=self.card.form,
        )
        if isinstance(outcome, Refused):
            self.refused(outcome)
        elif outcome and self.on_paid:
            self.on_paid()

    def refused(self, outcome: Refused) -> None:
        sentence = refusal_words.told_payer(
            outcome, action=self.action, workspace=self.actor.workspace_name or ""
        )
        contact = get_settings().support_contact
        general = outcome.reference and not outcome.facts
        after = [f"Reference {outcome.reference}"] if general else []
        after += [f"Support: {contact}"] if general and contact else []
        self.card.show_refusal(sentence, after)
        self.card.code.run_method("focus")
