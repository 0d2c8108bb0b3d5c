"""What protects the log: how far it is sealed, Verify, and the heads to keep elsewhere."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from services import audit_heads, audit_verify
from services.actor import Actor
from services.audit_findings import Verdict
from services.signals import Topic
from ui import actions, live, routes, verdict_words, wording
from ui.components.buttons import button, download
from ui.components.dialog import Dialog
from ui.components.entry import Area
from ui.components.fields import Form
from ui.components.icon import icon
from ui.components.meter import Meter
from ui.components.text import text

ABOUT = (
    "Each entry is sealed over the one before it, so nothing can be changed, removed or put in "
    "between unnoticed."
)
KEPT_HELP = (
    "Optional. A line of heads.jsonl that you kept elsewhere, or of a mail. It shows even a log "
    "that was written anew."
)
MAIL_ABOUT = (
    "The newest signed head, once a day. Whoever keeps these mails can prove later that the log "
    "was not written anew."
)
MAIL_HELP = "Somebody outside of this server, such as an auditor. Empty: no mails."
SHOWN = 20


class SealPanel:
    """A strip above the log; `for_owner` adds what concerns the whole installation."""

    def __init__(self, actor: Actor, *, for_owner: bool = False) -> None:
        self.slug, self.zone = actor.workspace_slug, actor.time_zone
        self.for_owner = for_owner and actor.is_owner
        self.mailed_to = ""

    async def build(self) -> None:
        with ui.element("section").classes("card seals") as strip:
            strip.props["aria-label"] = "Seals of the log"
            icon("shield")
            self.told = text("p", "").props("aria-live=polite")
            with ui.element("div").classes("actions"):
                if self.for_owner:
                    button("Mail heads", self.ask_mail, glyph="mail").classes("btn-small")
                    download("Download heads", routes.HEADS).classes("btn-small")
                button("Verify", self.ask_verify).classes("btn-small")
        await self.refresh()
        live.on(strip, None, Topic.SEALS, self.changed)

    async def changed(self, _: tuple[int, ...]) -> None:
        await self.refresh()

    async def refresh(self) -> None:
        seals = await audit_heads.state(await actions.actor(self.slug))
        self.mailed_to = seals.mailed_to
        mailed = verdict_words.mailed(seals) if self.for_owner else ""
        self.told.text = verdict_words.state(seals, self.zone) + mailed

    def ask_verify(self) -> None:
        VerifyDialog(self.slug, self.zone)

    def ask_mail(self) -> None:
        MailDialog(self.mailed_to, self.refresh)


class MailDialog:
    """Asks for the address that the newest head is mailed to every day."""

    def __init__(self, mailed_to: str, saved: Callable[[], Awaitable[None]]) -> None:
        self.saved = saved
        self.dialog = Dialog("Mail heads")
        with self.dialog.body:
            text("p", MAIL_ABOUT, "muted lead")
            self.form = Form()
            self.address = self.form.line(
                "email", "Mail the head daily to", mailed_to, help=MAIL_HELP, autofocus=""
            )
            self.address.on("keydown.enter", self.save)
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Save", self.save, look="primary")

    async def save(self) -> None:
        address = self.address.value or ""
        saved = await actions.run(
            lambda actor: audit_heads.mail_to(actor, address), button=self.go, form=self.form
        )
        if saved is not None:
            self.dialog.close()
            await self.saved()


class VerifyDialog:
    """Asks for a head that was kept, then shows how far it is, then what was found."""

    def __init__(self, slug: str | None, zone: str) -> None:
        self.slug, self.zone = slug, zone
        self.dialog = Dialog("Verify the log", look="dialog-wide")
        with self.dialog.body:
            text("p", ABOUT, "muted lead")
            self.form = Form()
            self.kept = self.form.add(
                "kept",
                "Head kept elsewhere",
                lambda: Area().props("outlined hide-bottom-space"),
                help=KEPT_HELP,
            )
            self.kept.classes("mono people")
            self._build_meter()
        with self.dialog.foot:
            button("Cancel", self.dialog.close, look="quiet")
            self.go = button("Verify", self.verify, look="primary", glyph="shield")

    def _build_meter(self) -> None:
        with ui.element("div").classes("verifying") as self.under_way:
            self.said = text("p", "")
            self.meter = Meter(self.said.html_id)
        self.under_way.set_visibility(False)

    def progress(self, done: int, of: int) -> None:
        self.under_way.set_visibility(True)
        self.said.text = f"{wording.progress(done, of)} entries"
        self.meter.show(done, of)

    async def verify(self) -> None:
        kept = self.kept.value or ""
        verdict = await actions.run(
            lambda actor: audit_verify.verify(actor, kept=kept, progress=self.progress),
            slug=self.slug,
            button=self.go,
            form=self.form,
        )
        if verdict and not self.dialog.root.is_deleted:
            self.show(verdict)

    def show(self, verdict: Verdict) -> None:
        self.dialog.body.clear()
        with self.dialog.body, ui.element("div").classes("proof").props("role=status"):
            tone = "tone-activated" if verdict.is_clean else "tone-revoked"
            with ui.element("div").classes(f"proof-head {tone}"):
                icon("circle-check" if verdict.is_clean else "circle-alert")
                text("b", verdict_words.headline(verdict))
            self._findings(verdict)
            for sentence in verdict_words.proved(verdict, self.zone):
                text("p", sentence)
        self.dialog.foot.clear()
        with self.dialog.foot:
            button("Close", self.dialog.close, look="primary").props("autofocus")

    @staticmethod
    def _findings(verdict: Verdict) -> None:
        if verdict.is_clean:
            return
        with ui.element("ul").classes("findings"):
            for found in verdict.findings[:SHOWN]:
                text("li", verdict_words.finding(found))
            if more := len(verdict.findings[SHOWN:]) + verdict.more:
                text("li", f"and {more:,} more")
