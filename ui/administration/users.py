"""Users: everybody with an account, for the owner."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from services import factor_removal, user_list, users
from services.actor import Actor
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from services.user_list import Shown, UserFilter, UserView
from ui import actions, erase_dialog, live, notices, wording
from ui.components.buttons import button
from ui.components.dialog import confirm
from ui.components.filters import choice_filter, search_field
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.status import PILL
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.factor_demand_strip import FactorDemandStrip
from ui.invite_dialog import InviteDialog
from ui.invited import InvitedList
from ui.pages import page_title, view

WHO = """
<q-td :props="props">
  <span class="two"><span :title="props.value">{{ props.value }}<em v-if="props.row.you"> you</em>
    </span><small :title="props.row.email">{{ props.row.email }}</small></span>
</q-td>
"""
ROLES = """
<q-td :props="props">
  <div class="seats">
    <span v-if="props.row.owner" class="pill tone-ready">OWNER</span>
    <span v-for="seat in props.value" :key="seat.workspace">{{ seat.workspace }}
      <small>{{ seat.role }}</small></span>
  </div>
</q-td>
"""
SEEN = """
<q-td :props="props"><time :title="props.row.exact">{{ props.value }}</time></q-td>
"""
FACTOR = """
<q-td :props="props"><span class="of-factor">Second factor: </span>{{ props.value }}</q-td>
"""
ACTIONS = """
<q-td :props="props">
  <span class="row-actions">
    <button :aria-label="'More for ' + props.row.name">
      <span class="icon icon-ellipsis" aria-hidden="true"></span>
      <q-menu anchor="bottom right" self="top right" auto-close>
        <q-item v-for="each in props.row.menu" :key="each.event" clickable
          @click="() => $parent.$emit(each.event, props.row.id)">
          <q-item-section><span class="icon" :class="'icon-' + each.icon"></span>
            <span>{{ each.label }}</span></q-item-section>
        </q-item>
      </q-menu>
    </button>
  </span>
</q-td>
"""
COLUMNS = [
    Column(name="name", label="User", sortable=True, look="wrap", cell=WHO),
    Column(name="seats", label="Roles", look="wrap", cell=ROLES),
    Column(name="factor", label="Second factor", look="quiet", cell=FACTOR),
    Column(name="state", label="Status", cell=PILL),
    Column(name="seen", label="Last seen", sortable=True, look="quiet", cell=SEEN),
    Column(name="actions", label="Actions", end=True, cell=ACTIONS),
]
SENTENCE = "Everybody with an account, whatever workspaces they are in."
FILTERS = {
    Shown.ACTIVE.value: "Active",
    Shown.DISABLED.value: "Disabled",
    Shown.OWNERS.value: "Owners",
}
FACTORS = {"app": "App", "passkey": "Passkey"}
ENTRIES = {
    "sign_out": ("log-out", "Sign out everywhere"),
    "remove_factor": ("key-round", "Remove second factor"),
    "make_owner": ("shield", "Make owner"),
    "remove_owner": ("shield", "Remove as owner"),
    "disable": ("ban", "Disable"),
    "enable": ("check", "Enable"),
    "erase": ("trash-2", "Erase this person"),
}


@view(Permission.RUN_INSTALLATION)
async def page(actor: Actor) -> None:
    page_title("Users", actor)
    await Users().build()


class Users:
    """The owner's view of the list: filters and page."""

    async def build(self) -> None:
        with page_head("Users", SENTENCE, in_header=True):
            button("Invite owner", self.invite, look="primary", glyph="user-plus")
        await FactorDemandStrip().build()
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Search by name or e-mail", self.filter)
                self.shown = choice_filter("Everybody", FILTERS, self.filter)
                ui.element("span").classes("spacer")
                self.count = text("span", "", "total").props("aria-live=polite")
            self.table = DataTable(
                COLUMNS, self.load, look="users", note="Times in UTC", sort="name", descending=False
            )
        self.table.when_empty = self.when_empty
        for event, ask in (
            ("sign_out", self.ask_sign_out),
            ("remove_factor", self.ask_remove_factor),
            ("make_owner", self.ask_make_owner),
            ("remove_owner", self.ask_remove_owner),
            ("disable", self.ask_disable),
            ("enable", self.enable),
            ("erase", self.ask_erase),
        ):
            self.table.on(event, ask)
        await self.table.reload()
        await InvitedList(None, "UTC", None).build()
        for topic in (Topic.ACCOUNTS, Topic.MEMBERS):
            live.on(card, None, topic, self.changed)

    def invite(self) -> None:
        InviteDialog(None, "UTC", where="")

    @property
    def wanted(self) -> UserFilter:
        shown = Shown(self.shown.value) if self.shown.value else None
        return UserFilter(search=self.search.value or "", shown=shown)

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        found = await user_list.page(await actions.actor(), self.wanted, part)
        self.count.text = wording.count(found.total, "user")
        return [row(each) for each in found.rows], found.total

    def when_empty(self) -> None:
        empty("Nobody matches", "Change the search or the filter.", glyph="search")

    async def filter(self) -> None:
        await self.table.reload(first=True)

    async def changed(self, _: tuple[int, ...]) -> None:
        """Patch what is here; where the rows are others now, the page is asked for again."""
        rows, total = await self.load(self.table.part)
        if total == self.table.total and [each["id"] for each in rows] == self.table.ids:
            self.table.patch(rows)
        else:
            await self.table.reload()

    async def _ask(
        self,
        user_id: int,
        words: Callable[[UserView], tuple[str, list[str], str]],
        command: Callable[[Actor, int], Awaitable[Any]],
        *,
        is_harmless: bool = False,
    ) -> None:
        user = await actions.run(lambda actor: user_list.read(actor, user_id))
        if user:
            title, sentences, action = words(user)
            do = partial(self._do, command, user_id)
            confirm(title, sentences, action, do, look="primary" if is_harmless else "danger")

    async def _do(
        self,
        command: Callable[[Actor, int], Awaitable[Any]],
        user_id: int,
        go: ui.button | None = None,
    ) -> None:
        await actions.run(lambda actor: command(actor, user_id), button=go)

    async def ask_sign_out(self, user_id: int) -> None:
        await self._ask(user_id, _sign_out, users.sign_out)

    async def ask_remove_factor(self, user_id: int) -> None:
        await self._ask(user_id, _remove_factor, factor_removal.remove)

    async def ask_disable(self, user_id: int) -> None:
        await self._ask(user_id, _disable, users.disable)

    async def enable(self, user_id: int) -> None:
        await self._do(users.enable, user_id)

    async def ask_make_owner(self, user_id: int) -> None:
        await self._ask(user_id, _make_owner, users.make_owner, is_harmless=True)

    async def ask_remove_owner(self, user_id: int) -> None:
        await self._ask(user_id, _remove_owner, users.remove_owner)

    async def ask_erase(self, user_id: int) -> None:
        user = await actions.run(lambda actor: user_list.read(actor, user_id))
        if user:
            await erase_dialog.ask(user.person_id, done=self.table.reload)


def _sign_out(user: UserView) -> tuple[str, list[str], str]:
    own = " That is this browser too." if user.is_you else ""
    told = f"Every browser of {user.email} is signed out at once.{own} They can sign in again."
    return f"Sign out {user.name} everywhere?", [told], "Sign out"


def _remove_factor(user: UserView) -> tuple[str, list[str], str]:
    return (
        f"Remove the second factor of {user.name}?",
        [
            "For somebody who lost phone and recovery codes. Make sure that it is they who ask: "
            f"from then on the password of {user.email} is enough.",
            "They are signed out everywhere, and a mail tells them.",
        ],
        "Remove second factor",
    )


def _disable(user: UserView) -> tuple[str, list[str], str]:
    return (
        f"Disable {user.name}?",
        [
            f"{user.email} is signed out everywhere at once, cannot sign in, and gets no mail "
            "about this account.",
            "Their roles, their batches and what the log says of them stay. You can enable them "
            "again.",
        ],
        "Disable",
    )


def _make_owner(user: UserView) -> tuple[str, list[str], str]:
    told = (
        f"{user.email} may then do everything in every workspace, and on these pages: make "
        "workspaces, disable users, and remove you as an owner."
    )
    return f"Make {user.name} an owner?", [told], "Make owner"


def _remove_owner(user: UserView) -> tuple[str, list[str], str]:
    rest = "The roles in workspaces stay." if user.seats else "They are in no workspace then."
    who = "You lose" if user.is_you else f"{user.email} loses"
    return (
        f"Remove {user.name} as an owner?",
        [f"{who} the pages of the installation and every workspace without a role, at once.", rest],
        "Remove as owner",
    )


def row(user: UserView) -> dict[str, Any]:
    """What reaches the browser of one user."""
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "you": user.is_you,
        "owner": user.is_owner,
        "seats": [
            {"workspace": seat.workspace, "role": wording.ROLES[seat.role]} for seat in user.seats
        ],
        "factor": ", ".join(FACTORS[each] for each in user.factors) or "None",
        "state": "DISABLED" if user.is_disabled else "ACTIVE",
        "tone": "revoked" if user.is_disabled else "activated",
        "seen": notices.ago(user.seen_at, "UTC") if user.seen_at else "",
        "exact": notices.exactly(user.seen_at, "UTC") if user.seen_at else "",
        "menu": [_entry(event) for event in _possible(user)],
    }


def _possible(user: UserView) -> list[str]:
    """Whoever is disabled cannot be made an owner; oneself one neither disables nor erases."""
    if user.is_disabled:
        return [*(["remove_owner"] if user.is_owner else []), "enable", "erase"]
    lost = ["remove_factor"] if user.factors and not user.is_you else []
    ownership = "remove_owner" if user.is_owner else "make_owner"
    return ["sign_out", *lost, ownership, *([] if user.is_you else ["disable", "erase"])]


def _entry(event: str) -> dict[str, str]:
    glyph, label = ENTRIES[event]
    return {"event": event, "icon": glyph, "label": label}
