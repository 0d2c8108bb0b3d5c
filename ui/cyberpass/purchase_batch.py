"""One batch of purchase codes: what they paid for, and what is given back."""

from typing import Any

from models.enums import CodeKind
from services import batch_detail, purchase_code_list
from services.actor import Actor
from services.paging import Slice
from services.permissions import Permission
from services.purchase_code_list import PurchaseCodeView, PurchaseFilter
from ui import actions, routes, wording
from ui.batch_page import BatchPage
from ui.components.purchase_columns import OF_A_BATCH
from ui.components.table import DataTable
from ui.pages import page_title, view
from ui.purchase_rows import row
from ui.shown_code import follow_evaluation, show_code


@view(Permission.HANDLE_PURCHASE_CODES)
async def page(actor: Actor, batch_id: int) -> None:
    detail = await batch_detail.read(actor, batch_id, kind=CodeKind.PURCHASE)
    page_title(f"Batch {batch_id}", actor)
    await PurchaseBatchPage(actor, detail).build()


class PurchaseBatchPage(BatchPage):
    kind = CodeKind.PURCHASE
    sought = "Code or its end, evaluation"
    kept = "what was paid stays paid"

    @property
    def title(self) -> str:
        return self.detail.summary.action

    @property
    def files(self) -> tuple[str, str]:
        return (
            routes.purchase_batch_csv(self.slug, self.batch_id),
            routes.purchase_batch_xlsx(self.slug, self.batch_id),
        )

    def new_table(self, note: str) -> DataTable:
        return DataTable(OF_A_BATCH, self.load, look="codes purchases of-batch", note=note)

    def returned(self, codes: int) -> str:
        return wording.given_back(codes)

    def more_facts(self) -> list[str]:
        under = self.detail.under
        noun = "agreement" if len(under) == 1 else "agreements"
        return [f"Under {noun} {', '.join(under)}"] if under else []

    async def build_codes(self) -> None:
        await super().build_codes()
        self.table.on("show", self.show_one)
        self.table.on("evaluation", lambda code_id: follow_evaluation(self.table, code_id))

    async def show_one(self, code_id: int) -> None:
        await show_code(self.slug, code_id)

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        wanted = PurchaseFilter(
            search=self.search.value or "",
            status=self.wanted_status,
            batch_id=self.batch_id,
            workspace_id=actor.workspace,
        )
        page = await purchase_code_list.page(actor, wanted, part)
        await self.reveal(tuple(code.id for code in page.rows))
        return [self.row(code) for code in page.rows], page.total

    async def fresh_rows(self, actor: Actor) -> list[dict[str, Any]]:
        return [self.row(code) for code in await purchase_code_list.some(actor, self.table.ids)]

    def row(self, code: PurchaseCodeView) -> dict[str, Any]:
        shown = row(code, self.actor.time_zone, full=self.full.get(code.id))
        # it is this one
        return shown | {"batch": 0, "releasable": self.is_releasable(code.status)}
