"""Agreements with all workspaces."""

from collections.abc import Callable

from nicegui import ui

from services import agreement_list, agreements, scheme_choices, workspaces
from services.actor import Actor
from services.agreement_list import AgreementView
from services.permissions import Permission
from services.scheme_choices import PurchasableAction
from services.workspaces import Membered
from ui import actions
from ui.agreement_ledger import AgreementLedger
from ui.components.agreement_dialog import AgreementDialog, Entered, ask_end
from ui.components.buttons import button
from ui.components.fields import Form
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.pages import page_title, view


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Agreements", actor)
    await Agreements(actor).build()


class Agreements:
    """The ledger of all workspaces, with its dialogs."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.ledger = AgreementLedger(actor, self.none_yet)

    async def build(self) -> None:
        about = "How many purchase codes each workspace may generate, from when to when."
        with page_head("Agreements", about, in_header=True):
            button("New agreement", self.add, look="primary", glyph="plus")
        await self.ledger.build(await workspaces.of(self.actor))
        self.ledger.table.on("edit", self.edit)
        self.ledger.table.on("end", self.ask_end)

    def none_yet(self) -> None:
        first = "Grant a workspace codes of an action, and its admins can generate them."
        with empty("No agreement yet", first, glyph="file-text"):
            button("New agreement", self.add, glyph="plus")

    async def add(self) -> None:
        async def offered(actor: Actor) -> tuple[list[Membered], list[PurchasableAction]]:
            return await workspaces.of(actor), await scheme_choices.purchasable_actions(actor)

        async def save(read: Callable[[], Entered], go: ui.button, form: Form) -> bool:
            async def command(actor: Actor) -> None:
                entered = read()
                whom = entered.workspace_id, entered.action_id
                await agreements.create(actor, *whom, entered.terms)

            if not await actions.done(command, button=go, form=form):
                return False
            await self.ledger.show_news()
            return True

        if found := await actions.run(offered):
            AgreementDialog(
                save,
                workspaces=found[0],
                purchasable=found[1],
                workspace_id=self.ledger.wanted.workspace_id,
            )

    async def _held(self, agreement_id: int) -> AgreementView | None:
        rows = await actions.run(lambda actor: agreement_list.some(actor, (agreement_id,)))
        return rows[0] if rows else None

    async def edit(self, agreement_id: int) -> None:
        held = await self._held(agreement_id)
        if held is None:
            return

        async def save(read: Callable[[], Entered], go: ui.button, form: Form) -> bool:
            return await actions.done(
                lambda actor: agreements.change(
                    actor, held.id, read().terms, revision=held.revision
                ),
                button=go,
                form=form,
            )

        AgreementDialog(save, workspaces=[], purchasable=[], held=held)

    async def ask_end(self, agreement_id: int) -> None:
        if held := await self._held(agreement_id):
            ask_end(
                held,
                lambda go: actions.run(lambda actor: agreements.end(actor, held.id), button=go),
            )
