"""How mail goes out, whether it does, and what waits; and the mail that tries it."""

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from services import mail_health, mailing, trial_mail, zones
from services.actor import Actor
from services.letters import Mail
from services.mail_outcome import Misconfigured, Outcome, Permanent, Sent, Temporary
from services.signals import Topic
from ui import actions, health_words, live, mail_words
from ui.components.buttons import button
from ui.components.fields import Form
from ui.components.panel import Facts, Panel, Well
from ui.components.text import text
from ui.health_tables import TONES

TEST = Mail(
    subject="Test mail from Tallystick",
    text="This mail was sent from the Health page. It arrived, so mail works.\n",
    html="",
    sender="Tallystick",
)
NUMBERS = ("Queued", "Retrying", "Failed", "Oldest waits")
PAST_THE_QUEUE = "It goes to the server at once, past the queue. The answer is shown here."


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
            self.facts = Facts()
        await self.refresh()
        live.on(panel.root, None, Topic.MESSAGES, self.changed)

    async def changed(self, _: tuple[int, ...]) -> None:
        await self.refresh()

    async def refresh(self) -> None:
        mail = await mail_health.mail(await actions.actor())
        self.is_set = bool(mail.server)
        section, reason = mail_words.section(mail, self.zone), mail_words.answer(mail)
        self.panel.set_state(section.word, TONES[section.mood])
        self.sentence.text = section.sentence
        self.reason.show("", reason)
        self.again.set_visibility(bool(reason))
        for name, number in zip(NUMBERS, (mail.queued, mail.retrying, mail.failed), strict=False):
            self.numbers[name].text = f"{number:,}"
        waits = zones.now() - mail.oldest if mail.oldest else None
        self.numbers["Oldest waits"].text = (
            health_words.length(waits).capitalize() if waits is not None else "–"
        )
        self.facts.show(dict(section.facts))

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
