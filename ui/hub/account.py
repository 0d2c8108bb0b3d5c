"""One's own account: name, password, theme, and where one is signed in."""

from functools import partial

from nicegui import ui

from models.enums import Theme
from services import accounts, own_sessions
from services.actor import Actor
from services.own_sessions import SessionView
from services.signals import Topic
from ui import actions, browsers, live, notices
from ui.components.buttons import button
from ui.components.dialog import confirm
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.page_head import page_head
from ui.components.panel import Panel
from ui.components.text import text
from ui.pages import page_title, view
from ui.passkeys_panel import PasskeysPanel
from ui.second_factor_panel import SecondFactorPanel
from ui.theme_menu import THEMES

CHANGED = "Your password is changed. You are signed out everywhere else, and a mail tells you so."


@view()
async def page(actor: Actor) -> None:
    page_title("Account")
    page_head("Account", f"You sign in as {actor.email}.", in_header=True)
    with ui.element("div").classes("one-column"):
        if actor.factor_due:
            await _factors(actor)
        _name(actor)
        _password(actor)
        if not actor.factor_due:
            await _factors(actor)
        ThemePanel(actor)
        await SessionsPanel(actor).build()


async def _factors(actor: Actor) -> None:
    await SecondFactorPanel(actor).build()
    await PasskeysPanel(actor).build()


def _name(actor: Actor) -> None:
    panel = Panel("Profile")
    with panel.body, ui.element("div").classes("one-field"):
        form = Form()
        field = form.line("name", "Name", actor.name, autocomplete="name", maxlength="200")

        async def save() -> None:
            name = field.value or ""
            if await actions.done(lambda actor: accounts.rename(actor, name), button=go, form=form):
                ui.notify("Your name is changed wherever it is shown.")

        go = button("Save name", save)
        field.on("keydown.enter", save)


def _password(actor: Actor) -> None:
    panel = Panel("Password")
    with panel.body, ui.element("form").classes("narrow") as box:
        # keeps the address together with the password in the browser's own store
        with ui.element("input").classes("off-screen") as whose:
            whose.props("type=email autocomplete=username readonly tabindex=-1 aria-hidden=true")
            whose.props["value"] = actor.email
        form = Form()
        current = form.secret("current", "Current password", autocomplete="current-password")
        new = form.secret(
            "password",
            "New password",
            help="At least 12 characters, for example four words.",
            autocomplete="new-password",
        )

        async def change() -> None:
            typed = {"current": current.value or "", "password": new.value or ""}
            if await actions.done(
                lambda actor: accounts.change_password(actor, **typed), button=go, form=form
            ):
                current.value = new.value = ""
                ui.notify(CHANGED)

        go = button("Change password", change)
        go.props("type=button")
    box.on("submit.prevent", change)
    new.on("keydown.enter.prevent", change)


class ThemePanel:
    """The same choice as in the header; each follows the other."""

    def __init__(self, actor: Actor) -> None:
        self.user_id = actor.user_id
        self.buttons: dict[Theme, ui.button] = {}
        panel = Panel("Theme")
        with panel.body, ui.element("div").classes("segments").props("role=group aria-label=Theme"):
            for theme, (_, label) in THEMES.items():
                self.buttons[theme] = button(label, partial(self.choose, theme), look="quiet")
        self.show(actor.theme)
        live.on(panel.root, None, Topic.ACCOUNTS, self.changed)

    def show(self, chosen: Theme) -> None:
        for theme, made in self.buttons.items():
            made.props["aria-pressed"] = "true" if theme is chosen else "false"
            made.update()

    async def choose(self, theme: Theme) -> None:
        await actions.run(lambda actor: accounts.choose_theme(actor, theme))

    async def changed(self, user_ids: tuple[int, ...]) -> None:
        if self.user_id in user_ids:
            self.show((await actions.actor()).theme)


class SessionsPanel:
    """Every browser one is signed in with, as it changes."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    async def build(self) -> None:
        panel = Panel("Where you are signed in")
        with panel.actions:
            self.others = button("Sign out everywhere else", self.ask_others).classes("btn-small")
        with panel.body:
            self.list = ui.element("div").classes("sessions").props("role=list")
        await self.refresh()
        live.on(panel.root, None, Topic.ACCOUNTS, self.account_changed)
        live.on(panel.root, None, Topic.SESSIONS, self.session_ended)

    async def account_changed(self, user_ids: tuple[int, ...]) -> None:
        if self.actor.user_id in user_ids:
            await self.refresh()

    async def session_ended(self, session_ids: tuple[int, ...]) -> None:
        if self.shown.intersection(session_ids):
            await self.refresh()

    async def refresh(self) -> None:
        found = await own_sessions.of(await actions.actor())
        self.shown = {each.id for each in found}
        self.others.set_visibility(len(found) > 1)
        with self.list.clear():
            for session in found:
                self._row(session)

    def _row(self, session: SessionView) -> None:
        name = browsers.named(session.browser)
        with ui.element("div").classes("session").props("role=listitem"):
            icon("monitor")
            with ui.element("div").classes("what"):
                with ui.element("div").classes("name"):
                    text("b", name)
                    if session.is_this:
                        text("span", "THIS ONE", "pill tone-activated")
                seen = "Now" if session.is_this else f"Seen {notices.ago(session.seen_at, 'UTC')}"
                about = text("span", f"{session.address or 'Unknown address'} · {seen}", "muted")
                about.props["title"] = _exactly(session)
            if not session.is_this:
                end = button("Sign out", partial(self.end, session.id)).classes("btn-small")
                end.props["aria-label"] = f"Sign out {name}, {session.address}"

    async def end(self, session_id: int) -> None:
        await actions.run(lambda actor: own_sessions.end(actor, session_id))

    def ask_others(self) -> None:
        confirm(
            "Sign out everywhere else?",
            ["Every other browser is signed out at once. This one stays."],
            "Sign out",
            lambda go: actions.run(own_sessions.end_others, button=go),
        )


def _exactly(session: SessionView) -> str:
    since, seen = (notices.exactly(at, "UTC") for at in (session.since, session.seen_at))
    return f"Signed in {since}, last seen {seen}. {session.browser}"
