"""One batch: its numbers, its codes, and what can be done with them."""

from typing import Any

from nicegui import ui

from models.enums import BatchState, Status
from services import batch_detail, batch_jobs, batches, code_list, codes, zones
from services.actor import Actor
from services.batch_detail import BatchDetail
from services.code_list import CodeFilter, CodeView
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from ui import actions, live, routes, theme, wording
from ui.batch_mail import BatchMail
from ui.components.batch_progress import BatchProgress
from ui.components.buttons import button, download, icon_button, menu_entry
from ui.components.code_columns import COLUMNS, DELIVERED
from ui.components.copying import copy
from ui.components.dialog import confirm
from ui.components.filters import choice_filter, search_field
from ui.components.icon import icon
from ui.components.notice import empty
from ui.components.page_head import StatCard, page_head
from ui.components.table import DataTable
from ui.components.text import text
from ui.pages import page_title, view

UNUSED = (Status.READY, Status.EXPIRED, Status.NOT_YET_VALID)
SHOWN = (Status.READY, Status.ACTIVATED, Status.REVOKED, Status.EXPIRED, Status.NOT_YET_VALID)


@view(Permission.USE_EDSPACE)
async def page(actor: Actor, batch_id: int) -> None:
    detail = await batch_detail.read(actor, batch_id)
    page_title(f"Batch {batch_id}", actor)
    await BatchPage(actor, detail).build()


class BatchPage:
    """One person's view of a batch: filters, page, and which codes stand in full."""

    def __init__(self, actor: Actor, detail: BatchDetail) -> None:
        self.actor, self.slug, self.detail = actor, actor.slug, detail
        self.batch_id = detail.summary.id
        self.full: dict[int, str] = {}
        self.is_shown = False
        self.progress: BatchProgress | None = None
        self.mail = BatchMail(actor, self.batch_id)

    async def build(self) -> None:
        summary = self.detail.summary
        told = f"Batch {summary.id} · {self._origin()}"
        if self.detail.sent_to:
            told += f" · sent to {self.detail.sent_to}"
        with page_head(f"{summary.product}, {summary.plan}", told):
            self.send = button("Send to people", self.send_to_people)
            self.revoke_unused = button("Revoke unused", self.ask_revoke_unused)
        self._facts()
        with ui.element("div") as place:
            await self._state()
        live.on(place, self.actor.workspace_id, Topic.BATCHES, self.changed)
        live.on(place, self.actor.workspace_id, Topic.MESSAGES, self.mail_changed)

    def _origin(self) -> str:
        """A batch that is not done has its times beside its progress."""
        summary = self.detail.summary
        if summary.state is not BatchState.DONE:
            return f"by {summary.created_by}"
        made = wording.moment(summary.created_at, self.actor.time_zone)
        return f"made {made} by {summary.created_by}"

    def _facts(self) -> None:
        detail, zone = self.detail, self.actor.time_zone
        facts: list[str] = []
        if detail.valid_from:
            facts.append(f"Valid from {wording.day(zones.day(detail.valid_from, zone))}")
        if detail.expires_at:
            last = wording.day(zones.last_day(detail.expires_at, zone))
            word = "Expired" if detail.summary.is_expired else "Expires"
            facts.append(f"{word} at the end of {last} ({zone})")
        if detail.prefix:
            facts.append(f"Prefix {detail.prefix}")
        if detail.note:
            facts.append(f"Note: {detail.note}")
        if facts:
            with ui.element("div").classes("facts"):
                for fact in facts:
                    text("span", fact)

    async def _state(self) -> None:
        summary = self.detail.summary
        self.revoke_unused.set_visibility(self.detail.may_revoke)
        self.send.set_visibility(summary.state is BatchState.DONE)
        self.progress = None
        if summary.state is not BatchState.DONE:
            steers = self.detail.may_steer
            self.progress = BatchProgress(
                summary,
                self.actor.time_zone,
                cancel=self._cancel if steers else None,
                retry=self._retry if steers else None,
            )
        else:
            self._cards()
            self.place = ui.element("div")
            await self._codes()

    async def _cancel(self, go: ui.button | None) -> None:
        await actions.run(
            lambda actor: batch_jobs.cancel(actor, self.batch_id), slug=self.slug, button=go
        )

    async def _retry(self, go: ui.button | None) -> None:
        await actions.run(
            lambda actor: batch_jobs.retry(actor, self.batch_id), slug=self.slug, button=go
        )

    def _cards(self) -> None:
        with ui.element("div").classes("stats").props("aria-live=polite"):
            labels = ("Codes", "Ready", "Activated", "Revoked")
            self.cards = [StatCard(label) for label in labels]
        self._fill_cards()

    def _fill_cards(self) -> None:
        detail, summary = self.detail, self.detail.summary
        codes, ready, activated, revoked = self.cards
        codes.set(summary.codes, "made in one batch")
        share = f"{summary.ready * 100 // summary.codes} %"
        early = "Not yet valid" if summary.is_too_early else "Ready"
        ready.set(summary.ready, share, "Expired" if summary.is_expired else early)
        activated.set(summary.activated, f"{detail.activated_today:,} today")
        revoked.set(
            summary.revoked, f"by {', '.join(detail.revoked_by)}" if summary.revoked else "none"
        )
        self.revoke_unused.set_enabled(summary.ready > 0)

    async def _codes(self) -> None:
        with self.place.clear(), ui.element("div").classes("card table-card"):
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Code or its end, name, e-mail", self.filter)
                shown = {status.value: status.value for status in SHOWN}
                self.status = choice_filter("All statuses", shown, self.filter)
                ui.element("span").classes("spacer")
                with ui.element("div").classes("group"):
                    self.show = button("", self.toggle_shown, look="quiet").classes("btn-small")
                    self._name_show()
                    button("Copy codes", self.copy_all, glyph="copy").classes("btn-small")
                    path = routes.batch_csv(self.slug, self.batch_id)
                    download("Download CSV", path).classes("btn-small")
                    with icon_button("ellipsis", "More").classes("btn-small"), ui.menu():
                        self._more()
            zone = self.actor.time_zone
            self.table = DataTable(
                DELIVERED if self.detail.is_delivered else COLUMNS,
                self.load,
                look="codes delivered" if self.detail.is_delivered else "codes",
                note=f"Times in {zone}",
                descending=False,
            )
        self.table.when_empty = lambda: empty(
            "No code matches", "Change the search or the filter.", glyph="search"
        )
        self.table.on("copy", self.copy_one)
        self.table.on("revoke", self.ask_revoke)
        for event, handler in (
            ("retry", self.mail.retry),
            ("resend", self.mail.resend),
            ("redirect", self.mail.redirect),
        ):
            self.table.on(event, handler)
        await self.table.reload()

    def _more(self) -> None:
        xlsx = routes.batch_xlsx(self.slug, self.batch_id)
        menu_entry("download", "Download XLSX", lambda: ui.download.from_url(xlsx))
        if self.detail.is_delivered:
            menu_entry("rotate-cw", "Resend to all that failed", self.mail.ask_all_failed)
            menu_entry("send", "Resend to all not yet activated", self.mail.ask_all_waiting)

    async def send_to_people(self) -> None:
        await self.mail.send_to_people()

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        status = Status(self.status.value) if self.status.value else None
        wanted = CodeFilter(search=self.search.value or "", status=status)
        page = await code_list.page(actor, self.batch_id, wanted, part)
        if self.is_shown:
            await self._reveal(tuple(code.id for code in page.rows))
        return [self.row(code) for code in page.rows], page.total

    def row(self, code: CodeView) -> dict[str, Any]:
        """What reaches the browser of one code: in full only after Show codes."""
        return {
            "id": code.id,
            "nr": code.ordinal,
            "code": self.full.get(code.id, code.masked),
            "status": code.status.value,
            "tone": theme.STATUS_TONE[code.status],
            "holder": code.holder or "",
            "email": code.email or "",
            "when": wording.brief(code.at, self.actor.time_zone) if code.at else "",
            "revocable": self.detail.may_revoke and code.status in UNUSED,
            **self.mail.row(code),
        }

    async def filter(self) -> None:
        await self.table.reload(first=True)

    async def changed(self, ids: tuple[int, ...]) -> None:
        """The numbers and the rows on screen, as they are now."""
        if self.batch_id not in ids:
            return
        actor = await actions.actor(self.slug)
        before, self.detail = self.detail, await batch_detail.read(actor, self.batch_id)
        if before.summary.state is not self.detail.summary.state:
            await ui.context.client.sub_pages_router.refresh()
        elif self.progress:
            self.progress.show(self.detail.summary)
        elif self.detail.summary.state is BatchState.DONE:
            self._fill_cards()
            if before.is_delivered is not self.detail.is_delivered:
                await self._codes()  # with other columns; an open dialog stays open
            await self._patch(actor)

    async def mail_changed(self, ids: tuple[int, ...]) -> None:
        if self.mail.has_shown(ids):
            await self._patch(await actions.actor(self.slug))

    async def _patch(self, actor: Actor) -> None:
        fresh = await code_list.some(actor, self.batch_id, tuple(self.table.ids))
        self.table.patch([self.row(code) for code in fresh])

    def _name_show(self) -> None:
        with self.show.clear():
            icon("eye-off" if self.is_shown else "eye")
            text("span", "Hide codes" if self.is_shown else "Show codes")

    async def toggle_shown(self) -> None:
        self.is_shown = not self.is_shown
        self.full.clear()
        self._name_show()
        await self.table.reload()

    async def _reveal(self, ids: tuple[int, ...]) -> None:
        wanted = tuple(each for each in ids if each not in self.full)
        if not wanted:
            return
        shown = await actions.run(
            lambda actor: codes.show(actor, self.batch_id, wanted), slug=self.slug
        )
        self.full |= {code.id: code.text for code in shown or []}

    async def copy_one(self, code_id: int) -> None:
        copied = await actions.run(
            lambda actor: codes.copy(actor, self.batch_id, (code_id,)), slug=self.slug
        )
        if copied:
            await copy(copied[0].text, f"Code ending {copied[0].text[-4:]} copied.")

    async def copy_all(self) -> None:
        copied = await actions.run(lambda actor: codes.copy(actor, self.batch_id), slug=self.slug)
        if copied:
            words = "\n".join(code.text for code in copied)
            await copy(
                words, f"{wording.count(len(copied), 'ready code')} copied, one on each line."
            )
        elif copied is not None:
            ui.notify("No code of this batch is ready any more; there is nothing to copy.")

    async def ask_revoke(self, code_id: int) -> None:
        masked = next(
            (row["code"][-4:] for row in self.table.table.rows if row["id"] == code_id), ""
        )
        confirm(
            f"Revoke the code ending {masked}?",
            ["It can never be activated after that. This cannot be undone."],
            "Revoke",
            lambda go: actions.run(
                lambda actor: codes.revoke(actor, code_id), slug=self.slug, button=go
            ),
        )

    async def ask_revoke_unused(self) -> None:
        detail = await actions.run(
            lambda actor: batch_detail.read(actor, self.batch_id), slug=self.slug
        )
        if detail is None:
            return
        summary = detail.summary
        unused = wording.count(summary.ready, "unused code")
        activated = wording.count(summary.activated, "activated code stays", "activated codes stay")
        confirm(
            f"Revoke {unused}?",
            [
                f"{unused} of this batch can never be activated after that. This cannot be undone.",
                f"{activated} as before, and what was activated keeps its access.",
            ],
            f"Revoke {summary.ready:,}",
            lambda go: actions.run(
                lambda actor: batches.revoke_unused(actor, self.batch_id),
                slug=self.slug,
                button=go,
            ),
        )
