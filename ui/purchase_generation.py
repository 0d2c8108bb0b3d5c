"""Generate Code: the dialog and the commands behind it, for the workspaces that one runs."""

from contextlib import suppress
from functools import partial

from nicegui import ui

from models.enums import BatchState, CodeKind
from services import agreement_claims, batch_form, codes, purchased_action, purchases
from services.actor import Actor
from services.errors import Invalid, NotFound, QuotaExceeded
from services.purchase_form import PurchaseRequest
from services.settings import get_settings
from services.workspaces import Membered
from ui import actions, code_file, routes, wording
from ui.components.fields import Form
from ui.components.generated import Generated
from ui.components.purchase_dialog import Choices, Leaves, PurchaseDialog


class PurchaseGeneration:
    """`places` are the workspaces to choose from, by id."""

    def __init__(self, slug: str, places: dict[int, Membered]) -> None:
        self.slug, self.places = slug, places
        self.named: dict[int, str] = {}
        self.dialog: PurchaseDialog | None = None
        self.made: tuple[str, int] = ("", 0)  # the slug and the batch

    async def open(self, workspace_id: int) -> None:
        named = await actions.run(purchased_action.to_choose, slug=self.slug)
        if named is None:
            return
        self.named, settings = named, get_settings()
        self.dialog = PurchaseDialog(
            Choices(
                workspaces={place.id: place.name for place in self.places.values()},
                actions=named,
                most=settings.batch_max,
                bulk_from=settings.bulk_from,
            ),
            workspace_id=workspace_id,
            ask=self._ask,
            generate=self._generate,
            copied=self._copied,
        )

    async def show_left(self) -> None:
        """Somebody generated or revoked: an open dialog says what is left now."""
        if self.dialog and not self.dialog.dialog.root.is_deleted:
            await self.dialog.show_left()

    async def _ask(self, asked: PurchaseRequest) -> Leaves | None:
        """Nothing until an action is chosen."""
        if asked.workspace_id is None or asked.action_id is None:
            return None
        of = {"workspace_id": asked.workspace_id, "action_id": asked.action_id}
        with suppress(NotFound):  # signed out, or no admin there any more; Generate says so
            found = await agreement_claims.left(await actions.actor(self.slug), **of)
            number = _number(asked.quantity)
            wrong = agreement_claims.exceeded(number, found, self.named.get(asked.action_id, ""))
            return Leaves(wrong or f"{wording.left_under(found)}.", not wrong)
        return None

    async def _generate(
        self, asked: PurchaseRequest, go: ui.button, form: Form
    ) -> Generated | None:
        async def command(actor: Actor) -> Generated:
            try:
                batch = await purchases.request(actor, asked)
            except QuotaExceeded as refused:
                raise Invalid({"quantity": refused.message}) from None
            slug = self.places[batch.workspace_id].slug
            self.made = slug, batch.id
            if batch.state is not BatchState.DONE:
                return Generated([], routes.purchase_batch(slug, batch.id))
            there = await actions.actor(slug)
            full = await codes.show(there, batch.id, kind=CodeKind.PURCHASE)
            path = routes.purchase_batch_csv(slug, batch.id)
            save = partial(code_file.save, slug, batch.id, CodeKind.PURCHASE, path)
            return Generated([code.text for code in full], path, save=save)

        return await actions.run(command, slug=self.slug, button=go, form=form)

    async def _copied(self) -> None:
        slug, batch_id = self.made
        await actions.run(
            lambda there: codes.copy(there, batch_id, kind=CodeKind.PURCHASE), slug=slug
        )


def _number(typed: str) -> int:
    with suppress(Invalid):
        return batch_form.quantity(typed)
    return 0
