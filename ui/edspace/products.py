"""Products and their plans."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from services import plans, product_list, products
from services.actor import Actor
from services.errors import Invalid
from services.permissions import Permission, can
from services.plan_terms import PlanTerms
from services.product_list import PlanView, ProductView
from services.signals import Topic
from ui import actions, live, wording
from ui.components.buttons import button, icon_button
from ui.components.dialog import Dialog, confirm
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.text import text
from ui.pages import page_title, view


@view(Permission.USE_EDSPACE)
async def page(actor: Actor) -> None:
    page_title("Products", actor)
    may_edit = can(actor, Permission.EDIT_CATALOG)
    editor = Editor(actor.slug)
    with page_head("Products", "What access codes open, and on which terms.", in_header=True):
        archived = ui.switch("Show archived", on_change=lambda: listing.refresh())
        if may_edit:
            button("Add product", editor.add_product, look="primary", glyph="plus")

    @ui.refreshable
    async def listing() -> None:
        reader = await actions.actor(actor.slug)
        listed = await product_list.products(reader, archived=bool(archived.value))
        if not listed:
            with ui.element("div").classes("card"):
                empty(
                    "No product yet",
                    "Add the first one, give it a plan, and you can generate access codes.",
                    glyph="package",
                )
        for product in listed:
            _product(product, editor if may_edit else None)

    with ui.element("div") as place:
        await listing()

    async def changed(_: tuple[int, ...]) -> None:
        await listing.refresh()

    live.on(place, actor.workspace_id, Topic.PRODUCTS, changed)


def _product(product: ProductView, editor: "Editor | None") -> None:
    look = "card product archived" if product.is_archived else "card product"
    with ui.element("section").classes(look):
        with ui.element("div").classes("title"):
            text("b", product.name)
            if product.is_archived:
                text("span", "ARCHIVED", "pill tone-other")
            ui.element("span").classes("spacer")
            text(
                "span",
                wording.count(product.batches, "batch").replace("batchs", "batches"),
                "quiet",
            )
            if editor:
                editor.product_menu(product)
        with ui.element("div").classes("plans"):
            if not product.plans:
                text("p", "No plan yet. Codes need one.", "quiet")
            for plan in product.plans:
                _plan(plan, product, editor)


def _plan(plan: PlanView, product: ProductView, editor: "Editor | None") -> None:
    with ui.element("div").classes("plan archived" if plan.is_archived else "plan"):
        with ui.element("div").classes("terms"):
            text("b", plan.name)
            if wording.length(plan.days).casefold() != plan.name.casefold():
                text("span", wording.length(plan.days))
            if plan.codes_expire_after_days:
                after = wording.count(plan.codes_expire_after_days, "day")
                text("span", f"Unused codes expire after {after}")
            if plan.is_archived:
                text("span", "ARCHIVED", "pill tone-other")
        if editor and not product.is_archived:
            editor.plan_menu(plan)


class Editor:
    """The dialogs and menus of those who may edit the catalog of one workspace."""

    def __init__(self, slug: str) -> None:
        self.slug = slug

    async def do(self, command: Callable[[Actor], Awaitable[Any]]) -> None:
        await actions.run(command, slug=self.slug)

    def product_menu(self, product: ProductView) -> None:
        if product.is_archived:
            restore = partial(products.restore, product_id=product.id)
            button("Restore", partial(self.do, restore)).classes("btn-small")
            return
        button("Add plan", lambda: self.plan_dialog(product.id), glyph="plus").classes("btn-small")
        with icon_button("ellipsis", f"More for {product.name}"), ui.menu():
            _entry("pencil", "Rename", lambda: self.rename_product(product))
            _entry("archive", "Archive", lambda: self.archive_product(product))

    def plan_menu(self, plan: PlanView) -> None:
        with icon_button("ellipsis", f"More for {plan.name}"), ui.menu():
            if plan.is_archived:
                restore = partial(plans.restore, plan_id=plan.id)
                _entry("archive", "Restore", partial(self.do, restore))
            else:
                _entry("pencil", "Edit", lambda: self.plan_dialog(None, plan))
                _entry("archive", "Archive", lambda: self.archive_plan(plan))

    def add_product(self) -> None:
        self._name_dialog("Add product", "", "Add product", products.create)

    def rename_product(self, product: ProductView) -> None:
        self._name_dialog(
            "Rename product",
            product.name,
            "Save",
            lambda actor, name: products.rename(actor, product.id, name),
        )

    def _name_dialog(
        self, title: str, name: str, action: str, command: Callable[[Actor, str], Awaitable[Any]]
    ) -> None:
        dialog = Dialog(title)
        with dialog.body:
            form = Form()
            field = form.line("name", "Name", name, autofocus="")

        async def save() -> None:
            typed = field.value or ""
            if await actions.done(
                lambda actor: command(actor, typed), slug=self.slug, button=go, form=form
            ):
                dialog.close()

        with dialog.foot:
            button("Cancel", dialog.close, look="quiet")
            go = button(action, save, look="primary")
        field.on("keydown.enter", save)

    def archive_product(self, product: ProductView) -> None:
        confirm(
            f"Archive {product.name}?",
            [
                "No new codes can be generated for it. Codes that exist keep working, and holders "
                "keep their access. You can restore it."
            ],
            "Archive",
            lambda _: self.do(lambda actor: products.archive(actor, product.id)),
            look="primary",
        )

    def archive_plan(self, plan: PlanView) -> None:
        confirm(
            f"Archive the plan {plan.name}?",
            ["No new codes can be generated for it. Codes that exist keep working."],
            "Archive",
            lambda _: self.do(lambda actor: plans.archive(actor, plan.id)),
            look="primary",
        )

    def plan_dialog(self, product_id: int | None, plan: PlanView | None = None) -> None:
        dialog = Dialog("Edit plan" if plan else "Add plan")
        with dialog.body:
            form = Form()
            name = form.line("name", "Name", plan.name if plan else "", autofocus="")
            days = form.line(
                "days",
                "Days of access",
                _number(plan and plan.days),
                help="Counted from the activation. Leave empty for a lifetime.",
                inputmode="numeric",
            )
            expire = form.line(
                "codes_expire_after_days",
                "Unused codes expire after days",
                _number(plan and plan.codes_expire_after_days),
                help="Presets Expires on when codes are generated. Leave empty for never.",
                inputmode="numeric",
            )

        async def save() -> None:
            async def command(actor: Actor) -> None:
                terms = PlanTerms(
                    name=name.value or "",
                    days=_days(days.value, "days"),
                    codes_expire_after_days=_days(expire.value, "codes_expire_after_days"),
                )
                if plan:
                    await plans.change(actor, plan.id, terms)
                elif product_id:
                    await plans.create(actor, product_id, terms)

            if await actions.done(command, slug=self.slug, button=go, form=form):
                dialog.close()

        with dialog.foot:
            button("Cancel", dialog.close, look="quiet")
            go = button("Save" if plan else "Add plan", save, look="primary")
        expire.on("keydown.enter", save)


def _entry(glyph: str, label: str, on_click: Callable[[], Any]) -> None:
    with ui.menu_item(on_click=on_click):
        icon(glyph)
        text("span", label)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _days(typed: str | None, field: str) -> int | None:
    words = (typed or "").strip()
    if not words:
        return None
    if not (words.isascii() and words.isdigit() and len(words) < 10):
        raise Invalid({field: "Enter a whole number of days, or leave it empty."})
    return int(words)
