"""Customers: what an address was sent, activated and has."""

from datetime import date
from typing import Any

from nicegui import ui

from services import (
    access_changes,
    customer_codes,
    customer_search,
    customers,
    emails,
    extensions,
    periods,
)
from services.actor import Actor
from services.customer_codes import CustomerCode
from services.customer_search import Found
from services.customers import Customer, EntitlementView
from services.paging import Page, Slice
from services.permissions import Permission, can
from services.signals import Topic
from ui import actions, erase_dialog, live, routes, tones, wording
from ui.code_mail import CodeMail
from ui.components import customer_panel
from ui.components.access_dialogs import UndoDialog, ask_end
from ui.components.buttons import button
from ui.components.customer_panel import Changes, undone_words
from ui.components.export_dialog import ExportDialog
from ui.components.extend_dialog import ExtendDialog
from ui.components.fields import Form
from ui.components.filters import search_field
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.status import PILL
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.pages import page_title, view

CODE = """<q-td :props="props"><span class="code">{{ props.value }}</span></q-td>"""
PRODUCT = """
<q-td :props="props"><b>{{ props.value }}</b><small>{{ props.row.plan }}</small></q-td>
"""
SENT = """
<q-td :props="props">
  <span v-if="props.value">{{ props.value }}</span>
  <small v-if="props.row.mail" :class="{ danger: props.row.failed }">{{ props.row.mail }}</small>
</q-td>
"""
USED = """
<q-td :props="props">
  <span v-if="props.value">{{ props.value }}</span>
  <small v-if="props.row.used">{{ props.row.used }}</small>
  <small v-for="line in props.row.undone" class="past">{{ line }}</small>
</q-td>
"""
ACTIONS = """
<q-td :props="props">
  <span class="row-actions">
    <button v-if="props.row.retry" @click="() => $parent.$emit('retry', props.row.id)"
      :aria-label="'Retry the mail with the code ending ' + props.row.ending">
      <span class="icon icon-rotate-cw" aria-hidden="true"></span><q-tooltip>Retry</q-tooltip>
    </button>
    <button v-if="props.row.resend" @click="() => $parent.$emit('resend', props.row.id)"
      :aria-label="'Resend the mail with the code ending ' + props.row.ending">
      <span class="icon icon-send" aria-hidden="true"></span><q-tooltip>Resend</q-tooltip>
    </button>
    <button v-if="props.row.redirect" @click="() => $parent.$emit('redirect', props.row.id)"
      :aria-label="'Send the code ending ' + props.row.ending + ' to another address'">
      <span class="icon icon-pencil" aria-hidden="true"></span>
      <q-tooltip>Send to another address</q-tooltip>
    </button>
    <button v-if="props.row.mail" @click="() => $parent.$emit('messages', props.row.id)"
      :aria-label="'Messages about the code ending ' + props.row.ending">
      <span class="icon icon-mail" aria-hidden="true"></span><q-tooltip>Messages</q-tooltip>
    </button>
    <button @click="() => $parent.$emit('batch', props.row.batch)"
      :aria-label="'View batch ' + props.row.batch">
      <span class="icon icon-ticket" aria-hidden="true"></span>
      <q-tooltip>View batch {{ props.row.batch }}</q-tooltip>
    </button>
  </span>
</q-td>
"""
THIS = "This address"
COLUMNS = [
    Column(name="code", label="Code", cell=CODE),
    Column(name="product", label="Product", look="wrap", cell=PRODUCT),
    Column(name="status", label="Status", cell=PILL),
    Column(name="sent_to", label="Sent to", look="wrap", cell=SENT),
    Column(name="used_by", label="Activated by", look="wrap", cell=USED),
    Column(name="actions", label="Actions", end=True, cell=ACTIONS),
]


@view(Permission.USE_EDSPACE)
async def page(actor: Actor) -> None:
    page_title("Customers", actor)
    Customers(actor).build()


class Customers:
    """One person's search: what was found, and the address that is open."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug, self.zone = actor, actor.slug, actor.time_zone
        self.found: Page[Found] = Page([], 0)
        self.customer: Customer | None = None
        self.batches: set[int] = set()
        self.asked = 0
        self.mail = CodeMail(actor)

    def build(self) -> None:
        with page_head(
            "Customers", "What an address was sent, activated and may use.", in_header=True
        ):
            button("Export entitlements", self.ask_export, glyph="download")
        with ui.element("div").classes("card customers") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Search by e-mail", self.look)
                self.search.props("autofocus")
                ui.element("span").classes("spacer")
                self.count = text("span", "", "total").props("aria-live=polite")
            self.results = ui.element("div")
        self.panel = ui.element("div").classes("customer")
        self._show_results()
        live.on(card, self.actor.workspace_id, Topic.CUSTOMERS, self.changed)
        live.on(card, self.actor.workspace_id, Topic.MESSAGES, self.changed)
        live.on(card, self.actor.workspace_id, Topic.BATCHES, self.batch_changed)

    @property
    def sought(self) -> str:
        return (self.search.value or "").strip()

    async def look(self) -> None:
        """Find what is typed now; an answer that a later question overtook is dropped."""
        self.asked += 1
        asked = self.asked
        found = await self._find()
        if asked != self.asked:
            return
        self.found = found
        self._count()
        only = found.rows[0].email if found.total == 1 else ""
        if only and _same(only, self.sought):
            await self.open(only)
        else:
            self._close()

    async def _find(self) -> Page[Found]:
        return await customer_search.find(await actions.actor(self.slug), self.sought)

    def _close(self) -> None:
        self.customer = None
        self.panel.clear()
        self.results.set_visibility(True)
        self._show_results()

    def _count(self) -> None:
        total = wording.count(self.found.total, "address", "addresses")
        self.count.text = total if self.sought else ""

    def _show_results(self) -> None:
        rows, total = self.found.rows, self.found.total
        self._count()
        self.results.clear()
        with self.results:
            if not self.sought:
                empty(
                    "Find a customer",
                    "A part of the address is enough. You see the codes that were sent to it or "
                    "activated with it, and what it may use.",
                    glyph="users",
                )
            elif not rows:
                empty(
                    "No customer with this address",
                    "The code may have been activated with another address, or not yet. "
                    "Under Access Codes you find it by its end.",
                    glyph="search",
                )
            else:
                customer_panel.found_rows(rows, self.open)
                if total > len(rows):
                    text("p", f"The first {len(rows)} of {total:,}. Type more of it.", "more-found")

    async def open(self, email: str) -> None:
        """Show one address below the search, in place of the results."""
        self.customer = await customers.read(await actions.actor(self.slug), email)
        self.results.set_visibility(False)
        self.panel.clear()
        with self.panel:
            if self.found.total > 1:
                button("Back to results", self._close, look="quiet", glyph="arrow-left")
            self.about = ui.element("div")
            self._show_customer()
            await self._codes()

    def _show_customer(self) -> None:
        assert self.customer, "an address is open"
        self.about.clear()
        with self.about:
            customer_panel.head(self.customer, self.ask_erase if self.actor.is_owner else None)
            changes = Changes(extend=self.ask_extend, end=self.ask_end, undo=self.ask_undo)
            may_change = can(self.actor, Permission.CHANGE_ENTITLEMENTS)
            customer_panel.entitlement_rows(
                self.customer, self.zone, changes if may_change else None
            )
            customer_panel.set_rows(self.customer.sets, self.zone, self.view_batch)

    async def _codes(self) -> None:
        with ui.element("section").classes("card table-card"):
            with ui.element("div").classes("section-head"):
                text("h3", "Codes")
            self.table = DataTable(
                COLUMNS, self.load, look="sent-codes", note=f"Times in {self.zone}"
            )
        self.table.when_empty = lambda: text(
            "p", "No single code was sent to this address or activated with it.", "nothing"
        )
        for event, handler in (
            ("retry", self.mail.retry),
            ("resend", self.mail.resend),
            ("redirect", self.mail.redirect),
            ("messages", self.view_messages),
            ("batch", self.view_batch),
        ):
            self.table.on(event, handler)
        await self.table.reload()

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        assert self.customer, "an address is open"
        page = await customer_codes.page(await actions.actor(self.slug), self.customer.email, part)
        self.batches = {code.batch_id for code in page.rows}
        return [self.row(code, self.customer.email) for code in page.rows], page.total

    def row(self, code: CustomerCode, email: str) -> dict[str, Any]:
        return row(code, email, self.zone) | self.mail.rights(code.id, code.mail)

    async def changed(self, _: tuple[int, ...]) -> None:
        """Whatever is on screen, as it is now; what did not change stays as it stands."""
        if self.customer is None:
            found = await self._find() if self.sought else self.found
            if found != self.found and self.customer is None:
                self.found = found
                self._show_results()
            return
        shown = self.customer
        fresh = await customers.read(await actions.actor(self.slug), shown.email)
        if self.customer is not shown:
            return  # closed meanwhile, or somebody else was opened
        if fresh != shown:
            self.customer = fresh
            self._show_customer()
        await self._patch_codes()

    async def _patch_codes(self) -> None:
        rows, total = await self.load(self.table.part)
        if total == self.table.total and [row["id"] for row in rows] == self.table.ids:
            self.table.patch(rows)
        else:
            await self.table.reload()

    async def batch_changed(self, ids: tuple[int, ...]) -> None:
        sets = {sent.batch_id for sent in self.customer.sets} if self.customer else set[int]()
        if (self.batches | sets).intersection(ids):
            await self.changed(ids)

    async def view_batch(self, batch_id: int) -> None:
        ui.navigate.to(routes.batch(self.slug, batch_id))

    async def view_messages(self, _: int) -> None:
        ui.navigate.to(routes.messages(self.slug))

    def ask_extend(self, held: EntitlementView) -> None:
        async def extend(days: int, last: date | None, go: ui.button, form: Form) -> bool:
            return await actions.done(
                lambda actor: extensions.extend(actor, held.id, days, expecting=last),
                slug=self.slug,
                button=go,
                form=form,
            )

        ExtendDialog(held, self.zone, extend)

    def ask_end(self, held: EntitlementView) -> None:
        ask_end(
            held,
            self.zone,
            lambda go: actions.run(
                lambda actor: access_changes.end(actor, held.id), slug=self.slug, button=go
            ),
        )

    def ask_undo(self, held: EntitlementView) -> None:
        async def undo(reason: str, go: ui.button, form: Form) -> bool:
            return await actions.done(
                lambda actor: access_changes.undo_activation(actor, held.activation_id, reason),
                slug=self.slug,
                button=go,
                form=form,
            )

        UndoDialog(held, self.zone, undo)

    async def ask_erase(self) -> None:
        assert self.customer, "an address is open"
        await erase_dialog.ask(self.customer.person_id, slug=self.slug, done=self.look)

    def ask_export(self) -> None:
        async def export(ending: str, since: str, until: str, go: ui.button, form: Form) -> bool:
            async def command(_: Actor) -> None:
                periods.period(since, until)

            if not await actions.done(command, slug=self.slug, button=go, form=form):
                return False
            path_of = routes.entitlements_xlsx if ending == "xlsx" else routes.entitlements_csv
            ui.download.from_url(path_of(self.slug, since, until))
            return True

        ExportDialog(self.zone, export)


def row(code: CustomerCode, email: str, zone: str) -> dict[str, Any]:
    """What reaches the browser of one code: never the code in full."""
    use = code.use
    used: list[str] = []
    if use:
        used = [] if _same(use.email, email) else [use.email]
        used.append(wording.brief(use.at, zone))
    return {
        "id": code.id,
        "code": code.masked,
        "ending": code.masked[-4:],
        "product": code.product,
        "plan": code.plan,
        "status": code.status.value,
        "tone": tones.STATUS_TONE[code.status],
        "sent_to": THIS if _same(code.sent_to, email) else code.sent_to,
        "used_by": use.name if use else "",
        "used": " · ".join(used),
        "undone": [_past(each, email, zone) for each in code.undone],
        "batch": code.batch_id,
    }


def _same(one: str, other: str) -> bool:
    return emails.key(one) == emails.key(other)


def _past(use: customer_codes.Use, email: str, zone: str) -> str:
    by = "" if _same(use.email, email) else f", {use.email}"
    ended = f" {undone_words(use.undone, zone)}" if use.undone else ""
    return f"Activated {wording.moment(use.at, zone)} by {use.name}{by}.{ended}"
