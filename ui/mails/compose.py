"""Turns a letter into a mail: subject, plain text, HTML."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.account_letters import AccountLetter
from services.letters import Letter, Mail
from services.settings import get_settings
from ui.mails import account_words, plain, words
from ui.mails.look import DARK, LIGHT

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def compose(letter: Letter) -> Mail:
    """Links are absolute, and nothing is loaded from anywhere."""
    is_of_account = isinstance(letter, AccountLetter)
    said = account_words.of(letter) if is_of_account else words.of(letter)
    html = TEMPLATES.get_template("mail.html").render(
        words=said, light=LIGHT, dark=DARK, contact=get_settings().support_contact
    )
    subject = " ".join(said.subject.split())  # whatever a name holds, it is one line
    return Mail(subject=subject, text=plain.text(said), html=html, sender=said.sender)
