"""How mail goes out, whether it does, and what waits; and the mail that tries it."""

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from services import health, mailing, trial_mail, zones
from services.actor import Actor
from services.health import MailHealth
from services.letters import Mail
from services.mail_outcome import Misconfigured, Outcome, Permanent, Sent, Temporary
from services.signals import Topic
from ui import actions, health_words, live, wording
from ui.components.buttons import button
from ui.components.fields import Form
from ui.components.panel import Facts, Panel, Well
from ui.components.text import text

ENCRYPTION = {
    "starttls": "STARTTLS, demanded",
    "tls": "TLS from the start",
    "none": "None: mails travel readable",
}
TEST = Mail(
    subject="Test mail from Tallystick",
    text="This mail was sent from the Health page. It arrived, so mail works.\n",
    html="",
    sender="Tallystick",
)
TONES = {"WORKING": "activated", "HELD": "expired", "WAITING": "expired", "PAUSED": "revoked"}
NUMBERS = ("Queued", "Retrying", "Failed", "Oldest waits")
PAST_THE_QUEUE = "It goes to the server at once, past the queue. The answer is shown here."
NOT_SET = (
    "No mail server is set. Set TALLYSTICK_SMTP_HOST and TALLYSTICK_MAIL_FROM where this program "
    "is started, and start it again. Until then mails wait in Messages."
)


class MailPanel:
    """How mail goes out, whether it does, and what waits."""

    def __init__(self, actor: Actor) -> None:
        self.zone, self.is_set = actor.time_zone, False

    async def build(self) -> None:
        panel = self.panel = Panel("Mail")
        with panel.actions:
            self.again = button("Try again now", self.try_again, glyph="refresh-cw")
            self.again.classes("btn-small")
        with panel.body:
            self.sentence = text("p", "").props("aria-live=polite")
            self.reason = Well()
            with ui.element("div").classes("numbers").props("aria-live=polite"):
                self.numbers = {name: _number(name) for name in NUMBERS}
            self.facts = Facts("Server", "Encryption", "Signs in as", "From")
        await self.refresh()
        live.on(panel.root, None, Topic.MESSAGES, self.changed)

    async def changed(self, _: tuple[int, ...]) -> None:
        await self.refresh()

    async def refresh(self) -> None:
        mail = await health.mail(await actions.actor())
        self.is_set = bool(mail.server)
        word, sentence, reason = _state(mail, self.zone)
        self.panel.set_state(word, TONES[word])
        self.sentence.text = sentence
        self.reason.show("", reason)
        self.again.set_visibility(bool(reason))
        for name, number in zip(NUMBERS, (mail.queued, mail.retrying, mail.failed), strict=False):
            self.numbers[name].text = f"{number:,}"
        waits = zones.now() - mail.oldest if mail.oldest else None
        self.numbers["Oldest waits"].text = (
            health_words.length(waits).capitalize() if waits is not None else "–"
        )
        self.facts.set("Server", mail.server or "Not set")
        self.facts.set("Encryption", ENCRYPTION[mail.tls] if mail.server else "–")
        self.facts.set("Signs in as", mail.user or "Nobody: no user is set")
        self.facts.set("From", mail.sender or "Not set")

    async def try_again(self) -> None:
        await actions.run(mailing.try_now, button=self.again)


class TestMail:
    """Sends a mail past the queue and shows what the server answered."""

    def __init__(self, actor: Actor, *, is_set: bool) -> None:
        """`is_set` says whether there is a server to send to."""
        panel = Panel("Send test mail")
        with panel.body:
            text("p", PAST_THE_QUEUE if is_set else "It can be sent once a mail server is set.")
            with ui.element("div").classes("one-field"):
                self.form = Form()
                self.address = self.form.line("email", "To", actor.email, autocomplete="email")
                self.go = button("Send test mail", self.send, look="primary", glyph="send")
                self.go.set_enabled(is_set)
                if is_set:
                    self.address.on("keydown.enter", self.send)
            self.answer = Well()

    async def send(self) -> None:
        self.answer.show("", "")
        address = self.address.value or ""
        outcome = await actions.run(
            lambda actor: trial_mail.send(actor, address, TEST), button=self.go, form=self.form
        )
        if outcome:
            self.answer.show(_said(outcome), outcome.answer, is_wrong=not isinstance(outcome, Sent))


def _number(name: str) -> TextElement:
    with ui.element("div"):
        text("small", name)
        return text("b", "")


def _state(mail: MailHealth, zone: str) -> tuple[str, str, str]:
    """The word, a sentence, and what the server said."""
    if not mail.server:
        return "HELD", NOT_SET, ""
    if mail.held:
        return "HELD", f"{mail.held} Until then mails wait in Messages.", ""
    if mail.paused_at:
        since = f"{wording.moment(mail.paused_at, zone)} {zone}"
        told = f"No mail goes out since {since}. It is tried again every 5 minutes."
        return "PAUSED", told, mail.paused
    if mail.trouble:
        told = "The mail server did not take the last mails. It is tried again within minutes."
        return "WAITING", told, mail.trouble
    return "WORKING", "Mails go out as soon as they are queued.", ""


def _said(outcome: Outcome) -> str:
    match outcome:
        case Sent():
            return "The server took the mail. It answered:"
        case Temporary():
            return "The mail was not taken this time:"
        case Permanent():
            return "The server refused this mail:"
        case Misconfigured():
            return "No mail can be sent with these settings:"
