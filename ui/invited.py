"""Open invitations, into a workspace or to be an owner: their mail, sent again or withdrawn."""

from functools import partial
from typing import Any

from nicegui import ui

from models.enums import MessageState
from services import invitations
from services.invitations import InvitationView
from services.paging import Slice
from services.signals import Topic
from ui import actions, live, tones, wording
from ui.components.dialog import confirm
from ui.components.status import PILL
from ui.components.table import Column, DataTable
from ui.components.text import text
from ui.invite_dialog import tell

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
INVITED = [
    Column(name="email", label="E-mail", sortable=True, look="wrap"),
    Column(name="role", label="Role", sortable=True),
    Column(name="state", label="Status", cell=PILL),
    Column(name="by", label="Invited by", look="quiet wrap"),
    Column(name="until", label="Works until", sortable=True, look="num", cell=UNTIL),
    Column(name="actions", label="Actions", end=True, cell=ASKED),
]


class InvitedList:
    """Those of a workspace; without one, those to be an owner. Hidden while there is none."""

    def __init__(self, slug: str | None, zone: str, workspace_id: int | None) -> None:
        self.slug, self.zone, self.workspace_id = slug, zone, workspace_id

    async def build(self) -> None:
        with ui.element("section").classes("invited") as self.section:
            self.heading = text("h2", "")
            with ui.element("div").classes("card table-card"):
                note = f"Times in {self.zone}"
                self.table = DataTable(INVITED, self.load, look="invitations", note=note)
        self.section.set_visibility(False)
        self.table.on("resend", self.resend)
        self.table.on("withdraw", self.ask_withdraw)
        live.on(self.section, self.workspace_id, Topic.INVITATIONS, self.changed)
        live.on(self.section, None, Topic.MESSAGES, self.mails_changed)
        await self.table.reload()

    async def load(self, part: Slice) -> tuple[list[dict[str, Any]], int]:
        page = await invitations.page(await actions.actor(self.slug), part)
        self.section.set_visibility(bool(page.total))
        self.heading.text = wording.count(page.total, "open invitation")
        return [invited_row(each, self.zone) for each in page.rows], page.total

    async def changed(self, _: tuple[int, ...]) -> None:
        await self.table.reload()

    async def mails_changed(self, ids: tuple[int, ...]) -> None:
        if shown := self.table.ids:
            actor = await actions.actor(self.slug)
            if await invitations.are_brought(actor, shown, by=ids):
                await self.table.reload()

    async def resend(self, invitation_id: int) -> None:
        command = partial(invitations.resend, invitation_id=invitation_id)
        if made := await actions.run(command, slug=self.slug):
            tell(made, self.zone)

    async def ask_withdraw(self, invitation_id: int) -> None:
        email = self.table.cell(invitation_id, "email")
        if not email:
            return
        command = partial(invitations.withdraw, invitation_id=invitation_id)
        confirm(
            "Withdraw the invitation?",
            [f"The link that {email} was sent stops working at once."],
            "Withdraw",
            lambda go: actions.run(command, slug=self.slug, button=go),
        )


def invited_row(invitation: InvitationView, zone: str) -> dict[str, Any]:
    """What reaches the browser of one invitation: nothing of its link."""
    mail, at = invitation.mail, invitation.mail_at
    return {
        "id": invitation.id,
        "email": invitation.email,
        "role": wording.ROLES[invitation.role],
        "state": invitation.state.value,
        "tone": tones.INVITATION_TONE[invitation.state],
        "by": invitation.invited_by,
        "until": wording.brief(invitation.until, zone),
        "mail": f"Mail {wording.mail(mail, at, zone)}" if mail and at else "",
        "failed": mail is MessageState.FAILED,
    }
