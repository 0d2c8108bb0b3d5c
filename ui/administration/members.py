"""Members of a workspace, and who is invited."""

from collections.abc import Awaitable
from functools import partial
from typing import Any

from nicegui import ui

from models.enums import MessageState, Role
from services import invitations, members, zones
from services.actor import Actor
from services.invitations import InvitationView
from services.members import MemberView
from services.paging import Slice
from services.permissions import Permission
from services.signals import Topic
from ui import actions, live, theme, wording
from ui.components.buttons import button
from ui.components.dialog import Dialog, confirm
from ui.components.fields import Form
from ui.components.filters import search_field
from ui.components.notice import empty
from ui.components.page_head import page_head
from ui.components.status import PILL
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.invite_dialog import InviteDialog, tell
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
UNTIL = """
<q-td :props="props">
  <span class="two"><span>{{ props.value }}</span>
    <small :class="{ danger: props.row.failed }">{{ props.row.mail }}</small></span>
</q-td>
"""
ASKED = """
<q-td :props="props">
  <span class="row-actions">
    <button @click="() => $parent.$emit('resend', props.row.id)"
      :aria-label="'Resend the invitation of ' + props.row.email">
      <span class="icon icon-send" aria-hidden="true"></span><q-tooltip>Resend</q-tooltip>
    </button>
    <button @click="() => $parent.$emit('withdraw', props.row.id)"
      :aria-label="'Withdraw the invitation of ' + props.row.email">
      <span class="icon icon-x" aria-hidden="true"></span><q-tooltip>Withdraw</q-tooltip>
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
INVITED = [
    Column(name="email", label="E-mail", sortable=True, look="wrap"),
    Column(name="role", label="Role", sortable=True),
    Column(name="state", label="Status", cell=PILL),
    Column(name="by", label="Invited by", look="quiet wrap"),
    Column(name="until", label="Works until", sortable=True, look="num", cell=UNTIL),
    Column(name="actions", label="Actions", end=True, cell=ASKED),
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
        self.table.when_empty = lambda: empty(
            "No member matches", "Change the search.", glyph="search"
        )
        self.table.on("role", self.ask_role)
        self.table.on("remove", self.ask_remove)
        with ui.element("section").classes("invited") as self.invited:
            self.heading = text("h2", "")
            with ui.element("div").classes("card table-card"):
                self.asked = DataTable(
                    INVITED, self.load_invited, look="invitations", note=f"Times in {self.zone}"
                )
        self.invited.set_visibility(False)
        self.asked.on("resend", self.resend)
        self.asked.on("withdraw", self.ask_withdraw)
        await self.table.reload()
        await self.asked.reload()
        live.on(card, self.actor.workspace_id, Topic.MEMBERS, self.changed)
        live.on(card, self.actor.workspace_id, Topic.INVITATIONS, self.invitations_changed)
        live.on(card, None, Topic.MESSAGES, self.mails_changed)

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        actor = await actions.actor(self.slug)
        page = await members.page(actor, self.search.value or "", _sorted(part))
        self.count.text = wording.count(page.total, "member")
        return [row(each, self.zone) for each in page.rows], page.total

    async def load_invited(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        page = await invitations.page(await actions.actor(self.slug), part)
        self.invited.set_visibility(bool(page.total))
        self.heading.text = wording.count(page.total, "open invitation")
        return [invited_row(each, self.zone) for each in page.rows], page.total

    async def filter(self) -> None:
        await self.table.reload(first=True)

    async def changed(self, user_ids: tuple[int, ...]) -> None:
        """Patch who is here; who came or went changes the list."""
        fresh = await members.some(await actions.actor(self.slug), user_ids)
        here = set(self.table.ids)
        if {each.user_id for each in fresh} == here.intersection(user_ids):
            self.table.patch([row(each, self.zone) for each in fresh])
        else:
            await self.table.reload()

    async def invitations_changed(self, _: tuple[int, ...]) -> None:
        await self.asked.reload()

    async def mails_changed(self, ids: tuple[int, ...]) -> None:
        if shown := self.asked.ids:
            actor = await actions.actor(self.slug)
            if await invitations.are_brought(actor, shown, by=ids):
                await self.asked.reload()

    def invite(self) -> None:
        InviteDialog(self.slug, self.zone, where=self.where)

    async def resend(self, invitation_id: int) -> None:
        command = partial(invitations.resend, invitation_id=invitation_id)
        if made := await actions.run(command, slug=self.slug):
            tell(made, self.zone)

    async def ask_withdraw(self, invitation_id: int) -> None:
        email = _cell(self.asked, invitation_id, "email")
        if not email:
            return
        command = partial(invitations.withdraw, invitation_id=invitation_id)
        confirm(
            "Withdraw the invitation?",
            [f"The link that {email} was sent stops working at once."],
            "Withdraw",
            lambda go: actions.run(command, slug=self.slug, button=go),
        )

    async def ask_remove(self, user_id: int) -> None:
        name = _cell(self.table, user_id, "member")
        if not name:
            return
        is_me = user_id == self.actor.user_id
        who = "You lose" if is_me else f"{name} loses"
        confirm(
            f"Remove {'yourself' if is_me else name}?",
            [
                f"{who} access to {self.where} at once, in every open tab. "
                "The account stays, and so does what was done with it.",
                *([STOPS] if _cell(self.table, user_id, "value") == Role.ADMIN else []),
            ],
            "Remove",
            lambda go: actions.run(
                partial(members.remove, user_id=user_id), slug=self.slug, button=go
            ),
        )

    async def ask_role(self, user_id: int) -> None:
        name, role = _cell(self.table, user_id, "member"), _cell(self.table, user_id, "value")
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
        async def command(actor: Actor) -> bool:
            return await _done(members.change_role(actor, self.user_id, self.role.value))

        if await actions.run(command, slug=self.slug, button=self.go, form=self.form):
            self.dialog.close()


async def _done(command: Awaitable[object]) -> bool:
    await command
    return True


def _sorted(part: Slice) -> Slice:
    sort = SORTS.get(part.sort, part.sort)
    return Slice(number=part.number, rows=part.rows, sort=sort, descending=part.descending)


def _cell(table: DataTable, row_id: int, name: str) -> str:
    """What stands in a row on screen; nothing where it went while somebody pressed a button."""
    return next((str(each[name]) for each in table.table.rows if each["id"] == row_id), "")


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


def invited_row(invitation: InvitationView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one invitation: nothing of its link."""
    mail, at = invitation.mail, invitation.mail_at
    return {
        "id": invitation.id,
        "email": invitation.email,
        "role": wording.ROLES[invitation.role],
        "state": invitation.state.value,
        "tone": theme.INVITATION_TONE[invitation.state],
        "by": invitation.invited_by,
        "until": wording.brief(invitation.until, zone),
        "mail": f"Mail {wording.mail(mail, at, zone)}" if mail and at else "",
        "failed": mail is MessageState.FAILED,
    }
