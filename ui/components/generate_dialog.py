"""The dialog that asks for access codes, and its acknowledgement."""

import secrets
from collections.abc import Awaitable, Callable

from nicegui import ui

from services.batch_form import BatchRequest
from services.product_list import ProductView
from ui.components.buttons import button
from ui.components.dialog import Dialog
from ui.components.fields import Form, day_of
from ui.components.generated import (
    Generated,
    acknowledge,
    background_line,
    is_number_from,
    name_generate,
)
from ui.components.icon import icon
from ui.components.text import text

SENDS = "Sends the same set of codes to this address."
SENDS_LINK = "Sends a link to download the codes to this address."


Generate = Callable[[Callable[[], BatchRequest], ui.button, Form], Awaitable[Generated | None]]


class GenerateDialog:
    """`generate` runs the command; what it refuses is shown by the fields."""

    def __init__(
        self,
        products: list[ProductView],
        *,
        most: int,
        bulk_from: int,
        email: str,
        generate: Generate,
        copied: Callable[[], Awaitable[None]],
    ) -> None:
        self.products = {product.id: product for product in products}
        self.most, self.bulk_from, self.email = most, bulk_from, email
        self.generate, self.copied = generate, copied
        self.is_bulk = False
        self.key = secrets.token_urlsafe(24)  # one batch for one opened dialog
        self.dialog = Dialog("Add access code")
        with self.dialog.body:
            self._build_fields()
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Generate", self._go, look="primary")

    def _build_fields(self) -> None:
        self.form = form = Form()
        names = {product.id: product.name for product in self.products.values()}
        self.product = form.choice("product", "Product", names, on_change=self._show_plans)
        self.product.props("autofocus")
        self.plan = form.choice("plan", "Plan", {})
        self.plan.disable()
        self.quantity = form.line(
            "quantity",
            "Number of codes",
            help=f"Only {self.most} access codes can be created at max in one batch.",
            inputmode="numeric",
            autocomplete="off",
        )
        self.quantity.on("keydown.enter", self._go)
        self.quantity.on_value_change(self._name_button)
        self.background = background_line(self.bulk_from)
        self._build_notification()
        with ui.element("details").classes("more"):
            with ui.element("summary"):
                icon("chevron-right")
                text("span", "More options")
            self._build_options()
        if not self.products:
            form.show_errors({"product": "There is no product yet. Add one under Products first."})

    def _build_notification(self) -> None:
        with ui.element("div").classes("toggle-row"):
            self.notifies = ui.switch(value=False, on_change=self._ask_address)
            self.notifies.props["aria-label"] = "Send Notification"
            with ui.element("div").classes("about"):
                text("b", "Send Notification")
                self.sends = text("span", SENDS)
                with ui.element("div") as self.place:
                    self.address = self.form.line(
                        "notify", "Email", value=self.email, type="email", autocomplete="email"
                    )
        self.place.set_visibility(False)

    def _ask_address(self) -> None:
        self.place.set_visibility(bool(self.notifies.value))
        if self.notifies.value:
            self.address.run_method("focus")

    def _build_options(self) -> None:
        with ui.element("div").classes("fields-2"):
            self.valid_from = self.form.day("valid_from", "Valid from", help="Empty: at once.")
            self.expires_on = self.form.day(
                "expires_on", "Expires on", help="The whole day counts. Empty: as the plan says."
            )
        self.prefix = self.form.line(
            "prefix", "Prefix", help="2 to 8 letters and digits in front of every code."
        )
        self.note = self.form.line("note", "Note", help="For your team; holders never see it.")

    def _show_plans(self) -> None:
        product = self.products.get(self.product.value or 0)
        plans = [plan for plan in product.plans if not plan.is_archived] if product else []
        only = plans[0].id if len(plans) == 1 else None
        self.plan.set_options({plan.id: plan.name for plan in plans}, value=only)
        self.plan.set_enabled(bool(plans))
        without = product is not None and not plans
        self.form.show_errors({"plan": "This product has no plan yet."} if without else {})

    def _name_button(self) -> None:
        is_bulk = is_number_from(self.bulk_from, self.quantity.value or "")
        if is_bulk is self.is_bulk:
            return  # a button that is drawn anew under the mouse loses its click
        self.is_bulk = is_bulk
        self.background.set_visibility(is_bulk)
        self.sends.text = SENDS_LINK if is_bulk else SENDS
        name_generate(self.go, is_bulk=is_bulk)

    def _request(self) -> BatchRequest:
        return BatchRequest(
            product_id=self.product.value,
            plan_id=self.plan.value,
            quantity=self.quantity.value or "",
            key=self.key,
            valid_from=day_of(self.valid_from.value, "valid_from"),
            expires_on=day_of(self.expires_on.value, "expires_on"),
            prefix=self.prefix.value or "",
            note=self.note.value or "",
            notify=(self.address.value or "") if self.notifies.value else None,
        )

    async def _go(self) -> None:
        made = await self.generate(self._request, self.go, self.form)
        if made:
            number = int((self.quantity.value or "").strip())
            acknowledge(self.dialog, made, number, "access code", self.copied)
