"""Invites somebody: asks for the address, and hands over the link where no mail brings it."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from models.enums import Role
from services import invitations
from services.actor import Actor
from services.invitations import OF_WORKSPACE, AlreadyInvited, Invited
from services.settings import get_settings
from ui import actions, routes, wording
from ui.components.buttons import button
from ui.components.copying import copy
from ui.components.dialog import Dialog
from ui.components.fields import Form
from ui.components.text import text

ONCE = "It is shown only now, and works once. Whoever has it can join, so give it to nobody else."
Command = Callable[[Actor], Awaitable[Invited]]


class InviteDialog:
    """Into the workspace of that slug, with a role; without one, as an owner."""

    def __init__(self, slug: str | None, zone: str, *, where: str) -> None:
        self.slug, self.zone = slug, zone
        self.dialog = Dialog(f"Invite to {where}" if slug else "Invite an owner")
        with self.dialog.body:
            self.form = Form()
            self.email = self.form.line(
                "email", "E-mail", type="email", autocomplete="off", autofocus=""
            )
            self.email.on("keydown.enter", self._go)
            if slug:
                self._build_role()
            text("p", self._what_happens(), "quiet-note")
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.again = button("Resend invitation", self._resend)
            self.again.set_visibility(False)
            self.go = button("Invite", self._go, look="primary")

    def _build_role(self) -> None:
        options = {role: wording.ROLES[role] for role in OF_WORKSPACE}
        self.role = self.form.choice(
            "role", "Role", options, value=Role.SALES, on_change=lambda: self._explain()
        )
        self.may = text("p", "", "quiet-note").props("aria-live=polite")
        self._explain()

    def _explain(self) -> None:
        self.may.text = wording.role_may(self.role.value or Role.SALES)

    @staticmethod
    def _what_happens() -> str:
        if get_settings().mail_held_because:
            return "No mail goes out from here: you get a link to pass on. It works for 7 days."
        return "They get a mail with a link that works for 7 days."

    async def _go(self) -> None:
        self.again.set_visibility(False)
        await self._run(self._invite, self.go)

    async def _invite(self, actor: Actor) -> Invited:
        email = self.email.value or ""
        try:
            if self.slug:
                return await invitations.invite(actor, email=email, role=self.role.value)
            return await invitations.invite_owner(actor, email=email)
        except AlreadyInvited as open_one:
            self.open_one = open_one.invitation_id
            self.again.set_visibility(True)
            raise

    async def _resend(self) -> None:
        await self._run(partial(invitations.resend, invitation_id=self.open_one), self.again)

    async def _run(self, command: Command, pressed: ui.button) -> None:
        made = await actions.run(command, slug=self.slug, button=pressed, form=self.form)
        if made:
            self.dialog.close()
            tell(made, self.zone)


def tell(made: Invited, zone: str) -> None:
    """That a mail is under way; or the link, to be passed on by hand."""
    if made.token is None:
        ui.notify(f"An invitation is on its way to {made.email}.")
        return
    link = get_settings().base_url + routes.invitation(made.token)
    dialog = Dialog("Pass on this link")
    with dialog.body:
        until = f"{wording.moment(made.until, zone)} ({zone})"
        text("p", f"{made.email} can join with it until {until}.")
        text("div", link, "code-well link-well").props('tabindex=0 role=region aria-label="Link"')
        text("p", ONCE, "note note-mail")
    with dialog.foot:
        button("Close", dialog.close, look="quiet")
        button(
            "Copy invitation link",
            lambda: copy(link, "The link is copied."),
            look="primary",
            glyph="copy",
        ).props("autofocus")
