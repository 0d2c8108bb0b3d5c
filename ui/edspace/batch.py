"""One batch of access codes: also sent to people, one code and one mail for each."""

from typing import Any

from models.enums import BatchState, CodeKind
from services import batch_detail, code_list
from services.actor import Actor
from services.batch_detail import BatchDetail
from services.code_list import CodeFilter, CodeView
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from ui import actions, live, routes, tones, wording
from ui.batch_mail import BatchMail
from ui.batch_page import BatchPage
from ui.components.buttons import button, menu_entry
from ui.components.code_columns import COLUMNS, DELIVERED
from ui.components.table import DataTable
from ui.pages import page_title, view


@view(Permission.USE_EDSPACE)
async def page(actor: Actor, batch_id: int) -> None:
    detail = await batch_detail.read(actor, batch_id)
    page_title(f"Batch {batch_id}", actor)
    await AccessBatch(actor, detail).build()


class AccessBatch(BatchPage):
    kind = CodeKind.ACCESS
    sought = "Code or its end, name, e-mail"
    kept = "what was activated keeps its access"

    def __init__(self, actor: Actor, detail: BatchDetail) -> None:
        super().__init__(actor, detail)
        self.mail = BatchMail(actor, self.batch_id)

    @property
    def title(self) -> str:
        return f"{self.detail.summary.product}, {self.detail.summary.plan}"

    @property
    def files(self) -> tuple[str, str]:
        return (
            routes.batch_csv(self.slug, self.batch_id),
            routes.batch_xlsx(self.slug, self.batch_id),
        )

    def new_table(self, note: str) -> DataTable:
        return DataTable(
            DELIVERED if self.detail.is_delivered else COLUMNS,
            self.load,
            look="codes delivered" if self.detail.is_delivered else "codes",
            note=note,
            descending=False,
        )

    def build_actions(self) -> None:
        send = button("Send to people", self.mail.send_to_people)
        send.set_visibility(self.detail.summary.state is BatchState.DONE)

    def build_more(self) -> None:
        if self.detail.is_delivered:
            menu_entry("rotate-cw", "Resend to all that failed", self.mail.ask_all_failed)
            menu_entry("send", "Resend to all not yet activated", self.mail.ask_all_waiting)

    async def build(self) -> None:
        await super().build()
        live.on(self.state_place, self.actor.workspace_id, Topic.MESSAGES, self.mail_changed)

    async def build_codes(self) -> None:
        await super().build_codes()
        for event, handler in (
            ("retry", self.mail.retry),
            ("resend", self.mail.resend),
            ("redirect", self.mail.redirect),
        ):
            self.table.on(event, handler)

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        wanted = CodeFilter(search=self.search.value or "", status=self.wanted_status)
        page = await code_list.page(actor, self.batch_id, wanted, part)
        await self.reveal(tuple(code.id for code in page.rows))
        return [self.row(code) for code in page.rows], page.total

    async def fresh_rows(self, actor: Actor) -> list[dict[str, Any]]:
        fresh = await code_list.some(actor, self.batch_id, tuple(self.table.ids))
        return [self.row(code) for code in fresh]

    def row(self, code: CodeView) -> dict[str, Any]:
        """What reaches the browser of one code: in full only after Show codes."""
        return {
            "id": code.id,
            "nr": code.ordinal,
            "code": self.full.get(code.id, code.masked),
            "status": code.status.value,
            "tone": tones.STATUS_TONE[code.status],
            "holder": code.holder or "",
            "email": code.email or "",
            "when": wording.brief(code.at, self.actor.time_zone) if code.at else "",
            "revocable": self.is_revocable(code.status),
            "releasable": self.is_releasable(code.status),
            **self.mail.row(code),
        }

    async def mail_changed(self, ids: tuple[int, ...]) -> None:
        if self.mail.has_shown(ids):
            await self.patch(await actions.actor(self.slug))
