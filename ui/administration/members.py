"""Members of a workspace, and who is invited."""

from functools import partial
from typing import Any

from nicegui import ui

from models.enums import Role
from services import invitations, member_list, members, zones
from services.actor import Actor
from services.member_list import MemberView
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from ui import actions, live, wording
from ui.components.buttons import button
from ui.components.dialog import Dialog, confirm
from ui.components.fields import Form
from ui.components.filters import search_field
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.invite_dialog import InviteDialog
from ui.invited import InvitedList
from ui.pages import page_title, view

MEMBER = """
<q-td :props="props">
  <span class="two"><b :title="props.value">{{ props.value }}</b>
    <small :title="props.row.email">{{ props.row.email }}</small></span>
</q-td>
"""
SEEN = """
<q-td :props="props">
  <span v-if="props.row.disabled" class="pill tone-other">DISABLED</span>
  <span v-else>{{ props.value }}</span>
</q-td>
"""
MAY = """
<q-td :props="props">
  <span class="row-actions">
    <button @click="() => $parent.$emit('role', props.row.id)"
      :aria-label="'Change the role of ' + props.row.member">
      <span class="icon icon-pencil" aria-hidden="true"></span>
      <q-tooltip>Change role</q-tooltip>
    </button>
    <button @click="() => $parent.$emit('remove', props.row.id)"
      :aria-label="'Remove ' + props.row.member">
      <span class="icon icon-trash-2" aria-hidden="true"></span><q-tooltip>Remove</q-tooltip>
    </button>
  </span>
</q-td>
"""
MEMBERS = [
    Column(name="member", label="Member", sortable=True, look="wrap", cell=MEMBER),
    Column(name="role", label="Role", sortable=True),
    Column(name="since", label="Member since", sortable=True, look="num"),
    Column(name="seen", label="Last seen", look="num", cell=SEEN),
    Column(name="actions", label="Actions", end=True, cell=MAY),
]
SORTS = {"member": "name"}
SENTENCE = "Who may work in this workspace, and as what. Owners may everywhere and are not listed."
STOPS = "Open invitations that this admin sent stop until somebody resends them."
OWN = "This is your own role. This page may close for you when you change it."


@view(Permission.ADMINISTER_WORKSPACE)
async def page(actor: Actor) -> None:
    page_title("Members", actor)
    await Members(actor).build()


class Members:
    """One admin's view of the members and the open invitations."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.slug, self.zone = actor, actor.slug, actor.time_zone
        self.where = actor.workspace_name or ""

    async def build(self) -> None:
        with page_head("Members", SENTENCE, in_header=True):
            button("Invite member", self.invite, look="primary", glyph="user-plus")
        with ui.element("div").classes("card table-card") as card:
            with ui.element("div").classes("toolbar"):
                self.search = search_field("Search by name or e-mail", self.filter)
                ui.element("span").classes("spacer")
                self.count = text("span", "", "total").props("aria-live=polite")
            self.table = DataTable(
                MEMBERS,
                self.load,
                look="members",
                note=f"Times in {self.zone}",
                sort="member",
                descending=False,
            )
        self.table.when_empty = self.when_empty
        self.table.on("role", self.ask_role)
        self.table.on("remove", self.ask_remove)
        await self.table.reload()
        await InvitedList(self.slug, self.zone, self.actor.workspace_id).build()
        live.on(card, self.actor.workspace_id, Topic.MEMBERS, self.changed)
        live.on(card, None, Topic.ACCOUNTS, self.changed)

    def when_empty(self) -> None:
        if self.search.value:
            empty("No member matches", "Change the search.", glyph="search")
        else:
            empty("No members yet", "Invite the first one by e-mail.", glyph="users")

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        page = await member_list.page(actor, self.search.value or "", _sorted(part))
        self.count.text = wording.count(page.total, "member")
        return [row(each, self.zone) for each in page.rows], page.total

    async def filter(self) -> None:
        await self.table.reload(first=True)

    async def changed(self, user_ids: tuple[int, ...]) -> None:
        """Patch who is here; who came or went changes the list."""
        fresh = await member_list.some(await actions.actor(self.slug), user_ids)
        here = set(self.table.ids)
        if {each.user_id for each in fresh} == here.intersection(user_ids):
            self.table.patch([row(each, self.zone) for each in fresh])
        else:
            await self.table.reload()

    def invite(self) -> None:
        InviteDialog(self.slug, self.zone, where=self.where)

    async def ask_remove(self, user_id: int) -> None:
        name = self.table.cell(user_id, "member")
        if not name:
            return
        is_me = user_id == self.actor.user_id
        who = "You lose" if is_me else f"{name} loses"
        confirm(
            f"Remove {'yourself' if is_me else name}?",
            [
                f"{who} access to {self.where} at once, in every open tab. "
                "The account stays, and so does what was done with it.",
                *([STOPS] if self.table.cell(user_id, "value") == Role.ADMIN else []),
            ],
            "Remove",
            lambda go: actions.run(
                partial(members.remove, user_id=user_id), slug=self.slug, button=go
            ),
        )

    async def ask_role(self, user_id: int) -> None:
        name, role = self.table.cell(user_id, "member"), self.table.cell(user_id, "value")
        if role:
            RoleDialog(self.slug, user_id, name, Role(role), is_me=user_id == self.actor.user_id)


class RoleDialog:
    """Another role for one member."""

    def __init__(self, slug: str, user_id: int, name: str, role: Role, *, is_me: bool) -> None:
        self.slug, self.user_id = slug, user_id
        self.dialog = Dialog(f"Role of {name}")
        with self.dialog.body:
            self.form = Form()
            options = {each: wording.ROLES[each] for each in invitations.OF_WORKSPACE}
            self.role = self.form.choice(
                "role", "Role", options, value=role, on_change=lambda: self._explain()
            )
            self.may = text("p", "", "quiet-note").props("aria-live=polite")
            text("p", OWN if is_me else "It holds at once; open tabs load again.", "quiet-note")
        self._explain()
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Change role", self._go, look="primary")

    def _explain(self) -> None:
        self.may.text = wording.role_may(self.role.value)

    async def _go(self) -> None:
        if await actions.done(
            lambda actor: members.change_role(actor, self.user_id, self.role.value),
            slug=self.slug,
            button=self.go,
            form=self.form,
        ):
            self.dialog.close()


def _sorted(part: Slice) -> Slice:
    sort = SORTS.get(part.sort, part.sort)
    return Slice(number=part.number, rows=part.rows, sort=sort, descending=part.descending)


def row(member: MemberView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one member."""
    return {
        "id": member.user_id,
        "member": member.name,
        "email": member.email,
        "value": member.role.value,
        "role": wording.ROLES[member.role],
        "since": wording.day(zones.day(member.since, zone)),
        "seen": wording.brief(member.seen_at, zone) if member.seen_at else "Not lately",
        "disabled": member.is_disabled,
    }
