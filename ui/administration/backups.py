"""Backups: how they stand, the list of them, and one now; for the owner."""

from typing import Any

from nicegui import ui

from services import backup_list, backups
from services.actor import Actor
from services.backup_list import BackupView
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from ui import actions, backup_words, live, routes, wording
from ui.components.buttons import button
from ui.components.dialog import confirm
from ui.components.icon import icon
from ui.components.meter import Meter
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.panel import Facts, Panel, Well
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.pages import page_title, view

MADE = """
<q-td :props="props">
  <span class="two"><span>{{ props.value }}</span><small>{{ props.row.by }}</small></span>
</q-td>
"""
LOG = """
<q-td :props="props">
  <span class="two"><span>{{ props.value }}</span><small>{{ props.row.seal }}</small></span>
</q-td>
"""
STATE = """
<q-td :props="props">
  <span class="two" :title="props.row.why">
    <span><span class="pill" :class="'tone-' + props.row.tone">{{ props.value }}</span></span>
    <small>{{ props.row.why || props.row.checked }}</small>
  </span>
</q-td>
"""
ACTIONS = """
<q-td :props="props">
  <span class="row-actions">
    <button v-if="props.row.readable" @click="() => $parent.$emit('download', props.row.id)"
      :aria-label="'Download the backup of ' + props.row.made">
      <span class="icon icon-download" aria-hidden="true"></span><q-tooltip>Download</q-tooltip>
    </button>
    <button aria-haspopup="menu" :aria-label="'More for the backup of ' + props.row.made">
      <span class="icon icon-ellipsis" aria-hidden="true"></span>
      <q-menu anchor="bottom right" self="top right" auto-close>
        <q-item clickable @click="() => $parent.$emit('check', props.row.id)">
          <span class="icon icon-shield-check" aria-hidden="true"></span>Check again
        </q-item>
        <q-item clickable @click="() => $parent.$emit('delete', props.row.id)">
          <span class="icon icon-trash-2" aria-hidden="true"></span>Delete
        </q-item>
      </q-menu>
    </button>
  </span>
</q-td>
"""
COLUMNS = [
    Column(name="made", label="Made", cell=MADE),
    Column(name="size", label="Size", look="num quiet", end=True),
    Column(name="codes", label="Codes", look="num", end=True),
    Column(name="entries", label="Log entries", look="num", end=True, cell=LOG),
    Column(name="state", label="Checked", look="wrap", cell=STATE),
    Column(name="actions", label="Actions", end=True, cell=ACTIONS),
]
TONES = {"WORKING": "activated", "WAITING": "expired", "OFF": "expired", "FAILED": "revoked"}


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Backups", actor)
    state = await backup_list.state(actor)
    if state.uses_postgres:
        page_head("Backups", backup_words.ABOUT, in_header=True)
        with Panel("PostgreSQL").body:
            text("p", backup_words.POSTGRES)
            Well().show("", backup_words.PG_DUMP)
            text("p", backup_words.key(state))
    else:
        await Backups().build(backup_words.key(state))


class Backups:
    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.first = ""

    async def build(self, about_the_key: str) -> None:
        with page_head("Backups", backup_words.ABOUT, in_header=True):
            self.go = button("Back up now", self.make, look="primary", glyph="database")
        self._build_meter()
        self.panel = Panel("Nightly backups")
        with self.panel.body:
            self.sentence = text("p", "").props("aria-live=polite")
            self.problem = Well()
            self.facts = Facts()
        with ui.element("section").classes("card seals") as strip:
            strip.props["aria-label"] = "The key file"
            icon("key-round")
            text("p", about_the_key)
        with ui.element("div").classes("card table-card") as card:
            self.table = DataTable(
                COLUMNS, self.load, look="backups", note=f"Times in {backup_words.ZONE}"
            )
        self.table.when_empty = self.when_empty
        for event, handler in (
            ("download", self.download),
            ("check", self.check),
            ("delete", self.ask_delete),
        ):
            self.table.on(event, handler)
        live.on(card, None, Topic.BACKUPS, self.changed)
        await self.changed(())

    def when_empty(self) -> None:
        empty("No backup yet", self.first, glyph="database")

    def _build_meter(self) -> None:
        with ui.element("section").classes("card seals verifying") as self.under_way:
            self.said = text("p", "").props("aria-live=polite")
            self.meter = Meter(self.said.html_id)
        self.under_way.set_visibility(False)

    def progress(self, what: str, done: int, of: int) -> None:
        if self.under_way.is_deleted:
            return
        self.under_way.set_visibility(True)
        self.said.text = f"{what}, {wording.progress(done, of)}" if of else what
        self.meter.show(done, of)

    async def make(self) -> None:
        name = await actions.run(lambda actor: backups.make(actor, self.progress), button=self.go)
        self.under_way.set_visibility(False)
        if name:
            ui.notify("The backup was made and checked: it is sound.")

    async def changed(self, _: tuple[int, ...]) -> None:
        state = await backup_list.state(await actions.actor())
        word, sentence = backup_words.stands(state)
        self.panel.set_state(word, TONES[word])
        self.sentence.text, self.first = sentence, backup_words.first(state)
        self.problem.show("", state.problem)
        self.facts.show(backup_words.facts(state))
        await self.table.reload()

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        found: list[BackupView] = await backup_list.every(await actions.actor())
        self.names = {backup_words.row_id(each.name): each.name for each in found}
        start = part.offset(len(found))
        return [backup_words.row(each) for each in found[start : start + part.rows]], len(found)

    async def download(self, row_id: int) -> None:
        name = await actions.run(
            lambda actor: backups.may_download(actor, self.names.get(row_id, ""))
        )
        if name:
            ui.download.from_url(routes.backup_file(name))

    async def check(self, row_id: int) -> None:
        problems = await actions.run(
            lambda actor: backups.check(actor, self.names.get(row_id, ""), self.progress)
        )
        self.under_way.set_visibility(False)
        if problems is not None:
            tone = "negative" if problems else None
            ui.notify(backup_words.checked(problems), type=tone)

    async def ask_delete(self, row_id: int) -> None:
        name = self.names.get(row_id, "")
        confirm(
            f"Delete the backup of {self.table.cell(row_id, 'made')}?",
            ["It cannot be brought back."],
            "Delete",
            lambda go: actions.run(lambda actor: backups.delete(actor, name), button=go),
        )
