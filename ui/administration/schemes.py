"""Certification schemes and their ordered actions."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from services import scheme_list, schemes
from services.actor import Actor
from services.permissions import Permission
from services.scheme_list import ActionView, SchemeView
from services.signals import Topic
from ui import actions, live, wording
from ui.components.buttons import button
from ui.components.dialog import Dialog, confirm
from ui.components.fields import Form
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.scheme_card import Edits, scheme_card
from ui.components.text import text
from ui.pages import page_title, view

GO_ON = "Evaluations that have begun keep it, and codes that exist still pay for it there."
PAYMENT = {True: "Needs a purchase code", False: "Free"}


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Schemes", actor)
    await Schemes().build()


class Schemes:
    """The list and its dialogs; what somebody else changes shows at once."""

    def __init__(self) -> None:
        self.moved: tuple[int, bool] | None = None
        self.edits = Edits(
            rename=self.ask_new_name,
            archive=self.ask_archive,
            restore=lambda scheme: actions.run(partial(schemes.restore, scheme_id=scheme.id)),
            add_action=lambda scheme: self.ask_action(scheme, None),
            change_action=lambda action: self.ask_action(None, action),
            archive_action=self.ask_archive_action,
            restore_action=lambda action: actions.run(
                partial(schemes.restore_action, action_id=action.id)
            ),
            move=self.move,
        )

    async def build(self) -> None:
        about = "What products are certified by, action by action."
        with page_head("Schemes", about, in_header=True):
            self.archived = ui.switch("Show archived", on_change=self.draw)
            button("Add scheme", self.ask_scheme, look="primary", glyph="plus")
        self.told = text("p", "", "off-screen").props("role=status")
        self.place = ui.element("div")
        await self.draw()
        live.on(self.place, None, Topic.SCHEMES, self.changed)
        live.on(self.place, None, Topic.AGREEMENTS, self.changed)

    async def changed(self, _: tuple[int, ...]) -> None:
        await self.draw()

    async def draw(self) -> None:
        reader = await actions.actor()
        found = await scheme_list.schemes(reader, archived=bool(self.archived.value))
        moved, self.moved = self.moved, None
        with self.place.clear():
            if not found:
                with ui.element("div").classes("card"):
                    empty(
                        "No scheme yet",
                        "Add the first one and its actions, and evaluations can begin with it.",
                        glyph="clipboard-check",
                    )
            for scheme in found:
                scheme_card(scheme, self.edits, moved)

    async def move(self, action: ActionView, up: bool) -> None:
        self.moved = action.id, up
        place = await actions.run(lambda actor: schemes.move_action(actor, action.id, up=up))
        if place:
            self.told.text = f"{action.name} is number {place} now."
        else:
            self.moved = None

    def ask_scheme(self) -> None:
        self._ask_name("Add scheme", "", "Add scheme", schemes.create)

    def ask_new_name(self, scheme: SchemeView) -> None:
        self._ask_name(
            "Rename scheme",
            scheme.name,
            "Save",
            lambda actor, name: schemes.rename(actor, scheme.id, name),
        )

    def _ask_name(
        self, title: str, name: str, action: str, command: Callable[[Actor, str], Awaitable[Any]]
    ) -> None:
        dialog = Dialog(title)
        with dialog.body:
            form = Form()
            field = form.line(
                "name",
                "Name",
                name,
                help="Purchased actions show it, such as EN18031 - RAL - Lab Assessment.",
                autofocus="",
                autocomplete="off",
            )

        async def save() -> None:
            typed = field.value or ""
            if await actions.done(lambda actor: command(actor, typed), button=go, form=form):
                dialog.close()

        with dialog.foot:
            button("Cancel", dialog.close, look="quiet")
            go = button(action, save, look="primary")
        field.on("keydown.enter", save)

    def ask_action(self, scheme: SchemeView | None, action: ActionView | None) -> None:
        """A new action of that scheme, or other terms of that action."""
        dialog = Dialog("Edit action" if action else "Add action")
        with dialog.body:
            form = Form()
            name = form.line(
                "name", "Name", action.name if action else "", autofocus="", autocomplete="off"
            )
            pays = form.choice(
                "needs_payment",
                "Payment",
                dict(PAYMENT),
                value=action.needs_payment if action else True,
            )
            text("p", "Evaluations that have begun keep the steps they have.", "muted")

        async def save() -> None:
            terms = {"name": name.value or "", "needs_payment": bool(pays.value)}
            if action:
                command = partial(schemes.change_action, action_id=action.id, **terms)
            else:
                assert scheme, "a new action belongs to a scheme"
                command = partial(schemes.add_action, scheme_id=scheme.id, **terms)
            if await actions.done(command, button=go, form=form):
                dialog.close()

        with dialog.foot:
            button("Cancel", dialog.close, look="quiet")
            go = button("Save" if action else "Add action", save, look="primary")
        name.on("keydown.enter", save)

    def ask_archive(self, scheme: SchemeView) -> None:
        confirm(
            f"Archive {scheme.name}?",
            [
                "No evaluation can begin with it, and no purchase code can be generated for its "
                f"actions any more. {GO_ON}",
                *_still_granted(sum(action.agreements for action in scheme.actions)),
            ],
            "Archive",
            lambda go: actions.run(partial(schemes.archive, scheme_id=scheme.id), button=go),
            look="primary",
        )

    def ask_archive_action(self, action: ActionView) -> None:
        confirm(
            f"Archive {action.title}?",
            [
                "Evaluations that begin from now on leave it out, and no purchase code can be "
                f"generated for it any more. {GO_ON}",
                *_still_granted(action.agreements),
            ],
            "Archive",
            lambda go: actions.run(partial(schemes.archive_action, action_id=action.id), button=go),
            look="primary",
        )


def _still_granted(agreements: int) -> list[str]:
    restore = "You can restore it."
    if not agreements:
        return [restore]
    still = wording.count(agreements, "agreement still grants", "agreements still grant")
    return [f"{still} codes of it; none can be generated while it is archived. {restore}"]
