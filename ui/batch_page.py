"""One batch, whatever its codes are for: its numbers, its codes, and what can be done with them."""

from functools import partial
from typing import Any, ClassVar

from nicegui import ui

from models.enums import BatchState, CodeKind, Status
from services import batch_detail, batch_jobs, batches, codes, zones
from services.actor import Actor
from services.batch_detail import BatchDetail
from services.signals import Topic
from ui import actions, code_file, live, wording
from ui.components.batch_progress import BatchProgress
from ui.components.buttons import button, download, icon_button, menu_entry
from ui.components.copying import copy
from ui.components.dialog import confirm
from ui.components.filters import choice_filter, search_field
from ui.components.icon import icon
from ui.components.notice import empty
from ui.components.page_head import StatCard, page_head
from ui.components.table import DataTable
from ui.components.text import text
from ui.release_dialog import ReleaseDialog

UNUSED = (Status.READY, Status.HELD, Status.EXPIRED, Status.NOT_YET_VALID)
SHOWN = (
    *(Status.READY, Status.ACTIVATED, Status.REVOKED, Status.EXPIRED, Status.NOT_YET_VALID),
    Status.HELD,
)


class BatchPage:
    """One person's view of a batch: filters, page, and which codes stand in full.

    A kind of codes says what its page is called, what its table shows, and where its files are.
    """

    kind: ClassVar[CodeKind]
    sought: ClassVar[str]  # what the search field says
    kept: ClassVar[str]  # what revoking the unused codes leaves alone

    def __init__(self, actor: Actor, detail: BatchDetail) -> None:
        self.actor, self.slug, self.detail = actor, actor.slug, detail
        self.batch_id = detail.summary.id
        self.full: dict[int, str] = {}
        self.is_shown = False
        self.progress: BatchProgress | None = None

    @property
    def title(self) -> str:
        raise NotImplementedError

    @property
    def files(self) -> tuple[str, str]:
        """The paths of the CSV and of the workbook."""
        raise NotImplementedError

    def new_table(self, note: str) -> DataTable:
        raise NotImplementedError

    async def fresh_rows(self, actor: Actor) -> list[dict[str, Any]]:
        """The rows on screen, as they are now."""
        raise NotImplementedError

    def build_actions(self) -> None:
        """Further buttons beside Revoke unused."""

    def build_more(self) -> None:
        """Further entries below Download XLSX."""

    def more_facts(self) -> list[str]:
        """Further sentences below the title."""
        return []

    def returned(self, _codes: int) -> str:
        """What else happens when so many unused codes are revoked."""
        return ""

    async def build(self) -> None:
        summary = self.detail.summary
        told = f"Batch {summary.id} · {self._origin()}"
        if self.detail.sent_to:
            told += f" · sent to {self.detail.sent_to}"
        with page_head(self.title, told):
            self.build_actions()
            self.revoke_unused = button("Revoke unused", self.ask_revoke_unused)
        self._facts()
        with ui.element("div") as self.state_place:
            live.on(self.state_place, self.actor.workspace_id, Topic.BATCHES, self.changed)
            await self._state()
        await self._catch_up()

    async def _catch_up(self) -> None:
        """What changed between reading the batch and listening for changes was not heard."""
        actor = await actions.actor(self.slug)
        if await batch_detail.read(actor, self.batch_id, kind=self.kind) != self.detail:
            await self.changed((self.batch_id,))

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
        if facts := [*facts, *self.more_facts()]:
            with ui.element("div").classes("facts"):
                for fact in facts:
                    text("span", fact)

    async def _state(self) -> None:
        summary = self.detail.summary
        self.revoke_unused.set_visibility(self.detail.may_revoke)
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
            self._held()
            self.place = ui.element("div")
            await self.build_codes()

    async def _cancel(self, go: ui.button | None) -> None:
        await actions.run(
            lambda actor: batch_jobs.cancel(actor, self.batch_id, kind=self.kind),
            slug=self.slug,
            button=go,
        )

    async def _retry(self, go: ui.button | None) -> None:
        await actions.run(
            lambda actor: batch_jobs.retry(actor, self.batch_id, kind=self.kind),
            slug=self.slug,
            button=go,
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
        share = wording.and_held(f"{summary.ready * 100 // summary.codes} %", summary.held)
        early = "Not yet valid" if summary.is_too_early else "Ready"
        ready.set(summary.ready, share, "Expired" if summary.is_expired else early)
        activated.set(summary.activated, f"{detail.activated_today:,} today")
        revoked.set(
            summary.revoked, f"by {', '.join(detail.revoked_by)}" if summary.revoked else "none"
        )
        self.revoke_unused.set_enabled(summary.ready + summary.held > 0)

    def _held(self) -> None:
        with ui.element("section").classes("card seals") as self.held_strip:
            self.held_strip.props["aria-label"] = "Held codes"
            icon("lock")
            self.held_told = text("p", "").props("aria-live=polite")
            with ui.element("div").classes("actions"):
                release = button("Release", self.ask_release_all).classes("btn-small")
                release.set_visibility(self.detail.may_release)
        self._fill_held()

    def _fill_held(self) -> None:
        number = self.detail.summary.held
        verb, they, them = ("is", "It is", "it") if number == 1 else ("are", "They are", "them")
        self.held_told.text = (
            f"{wording.count(number, 'code')} {verb} held after a restore. {they} refused until an "
            f"admin releases {them}."
        )
        self.held_strip.set_visibility(number > 0)

    async def build_codes(self) -> None:
        with self.place.clear(), ui.element("div").classes("card table-card"):
            self._toolbar()
            self.table = self.new_table(f"Times in {self.actor.time_zone}")
        self.table.when_empty = lambda: empty(
            "No code matches", "Change the search or the filter.", glyph="search"
        )
        self.table.on("copy", self.copy_one)
        self.table.on("revoke", self.ask_revoke)
        self.table.on("release", self.ask_release)
        await self.table.reload()

    def _toolbar(self) -> None:
        csv, xlsx = self.files
        with ui.element("div").classes("toolbar"):
            self.search = search_field(self.sought, self.filter)
            shown = {status.value: status.value for status in SHOWN}
            self.status = choice_filter("All statuses", shown, self.filter)
            ui.element("span").classes("spacer")
            with ui.element("div").classes("group"):
                self.show = button("", self.toggle_shown, look="quiet").classes("btn-small")
                self._name_show()
                button("Copy codes", self.copy_all, glyph="copy").classes("btn-small")
                save = partial(code_file.save, self.slug, self.batch_id, self.kind)
                download("Download CSV", csv, save=partial(save, csv)).classes("btn-small")
                with icon_button("ellipsis", "More").classes("btn-small"), ui.menu():
                    menu_entry("download", "Download XLSX", partial(save, xlsx))
                    self.build_more()

    @property
    def wanted_status(self) -> Status | None:
        return Status(self.status.value) if self.status.value else None

    def is_revocable(self, status: Status) -> bool:
        return self.detail.may_revoke and status in UNUSED

    async def filter(self) -> None:
        await self.table.reload(first=True)

    async def changed(self, ids: tuple[int, ...]) -> None:
        """The numbers and the rows on screen, as they are now."""
        if self.batch_id not in ids:
            return
        actor = await actions.actor(self.slug)
        before = self.detail
        self.detail = await batch_detail.read(actor, self.batch_id, kind=self.kind)
        if before.summary.state is not self.detail.summary.state:
            await ui.context.client.sub_pages_router.refresh()
        elif self.progress:
            self.progress.show(self.detail.summary)
        elif self.detail.summary.state is BatchState.DONE:
            self._fill_cards()
            self._fill_held()
            if before.is_delivered is not self.detail.is_delivered:
                await self.build_codes()  # with other columns; an open dialog stays open
            await self.patch(actor)

    async def patch(self, actor: Actor) -> None:
        self.table.patch(await self.fresh_rows(actor))

    def _name_show(self) -> None:
        with self.show.clear():
            icon("eye-off" if self.is_shown else "eye")
            text("span", "Hide codes" if self.is_shown else "Show codes")

    async def toggle_shown(self) -> None:
        self.is_shown = not self.is_shown
        self.full.clear()
        self._name_show()
        await self.table.reload()

    async def reveal(self, ids: tuple[int, ...]) -> None:
        """Have these in full where codes are shown; what is there already is not asked again."""
        wanted = tuple(each for each in ids if each not in self.full)
        if not self.is_shown or not wanted:
            return
        shown = await actions.run(
            lambda actor: codes.show(actor, self.batch_id, wanted, kind=self.kind), slug=self.slug
        )
        if shown is None:
            self.is_shown = False  # not confirmed, or gone
            self._name_show()
        self.full |= {code.id: code.text for code in shown or []}

    async def copy_one(self, code_id: int) -> None:
        copied = await actions.run(
            lambda actor: codes.copy(actor, self.batch_id, (code_id,), kind=self.kind),
            slug=self.slug,
        )
        if copied:
            await copy(copied[0].text, f"Code ending {copied[0].text[-4:]} copied.")

    async def copy_all(self) -> None:
        copied = await actions.run(
            lambda actor: codes.copy(actor, self.batch_id, kind=self.kind), slug=self.slug
        )
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
        revoked = " ".join(filter(None, [wording.REVOKED_FOR_GOOD, self.returned(1)]))
        confirm(
            f"Revoke the code ending {masked}?",
            [revoked],
            "Revoke",
            lambda go: actions.run(
                lambda actor: codes.revoke(actor, code_id, kind=self.kind),
                slug=self.slug,
                button=go,
            ),
        )

    def is_releasable(self, status: Status) -> bool:
        return self.detail.may_release and status is Status.HELD

    async def ask_release(self, code_id: int) -> None:
        ending = self.table.cell(code_id, "code")[-4:]
        ReleaseDialog(self.slug, self.batch_id, self.kind, code_id=code_id, ending=ending)

    def ask_release_all(self) -> None:
        ReleaseDialog(self.slug, self.batch_id, self.kind, number=self.detail.summary.held)

    async def ask_revoke_unused(self) -> None:
        detail = await actions.run(
            lambda actor: batch_detail.read(actor, self.batch_id, kind=self.kind), slug=self.slug
        )
        if detail is None:
            return
        summary = detail.summary
        number = summary.ready + summary.held
        unused = wording.count(number, "unused code")
        activated = wording.count(summary.activated, "activated code stays", "activated codes stay")
        sentences = [
            f"{unused} of this batch can never be activated after that. This cannot be undone.",
            self.returned(number),
            f"{activated} as before, and {self.kept}.",
        ]
        confirm(
            f"Revoke {unused}?",
            list(filter(None, sentences)),
            f"Revoke {number:,}",
            lambda go: actions.run(
                lambda actor: batches.revoke_unused(actor, self.batch_id, kind=self.kind),
                slug=self.slug,
                button=go,
            ),
        )
