"""Puts a mail into the form that travels: headers, a text with its HTML twin, and an envelope."""

from dataclasses import dataclass
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, formataddr

from email_validator import validate_email

from services.letters import Mail
from services.zones import now

# What Python's mail package raises for a text that cannot be a header or an address.
UNFIT = (ValueError, LookupError, MessageError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A mail on its way to one recipient; `message_id` is the same at every try.

    Answers go to `reply_to`, an address with plain letters before the @; else to its sender.
    """

    recipient: str
    message_id: str
    mail: Mail
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    sender: str
    recipient: str
    content: bytes

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 can take it: it has other letters before the @."""
        return not self.recipient.isascii()


def sender_of(address: str) -> Address:
    """Whom mails come from. Raises one of UNFIT."""
    return Address(addr_spec=for_the_wire(address))


def seal(post: Post, *, sender: Address) -> Envelope:
    """Raises one of UNFIT."""
    recipient = for_the_wire(post.recipient)
    policy = SMTP if recipient.isascii() else SMTPUTF8
    message = EmailMessage(policy=policy.clone(cte_type="7bit"))  # every server takes that
    # Address refuses letters beyond ASCII before the @; those were checked when it was read
    message["To"] = Address(addr_spec=recipient) if recipient.isascii() else recipient
    if post.reply_to:
        message["Reply-To"] = Address(addr_spec=for_the_wire(post.reply_to))
    message["Date"] = format_datetime(now())
    message["Message-ID"] = post.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(post.mail.text)
    if post.mail.html:
        message.add_alternative(post.mail.html, subtype="html")
    head = f"From: {_from(post.mail.sender, sender)}\r\nSubject: {_words(post.mail.subject)}\r\n"
    return Envelope(sender.addr_spec, recipient, head.encode("ascii") + message.as_bytes())


def _from(name: str, sender: Address) -> str:
    words = _words(name)
    is_plain = words == name
    return formataddr((name, sender.addr_spec)) if is_plain else f"{words} <{sender.addr_spec}>"


def _words(text: str) -> str:
    """What somebody named, as a header may hold it: encoded where it must be (RFC 2047).

    EmailMessage decodes what looks encoded already, and before Python 3.11.10 writes the line
    breaks that were hidden in it; it loses blanks between long words too.
    """
    if "\r" in text or "\n" in text:
        raise ValueError("a header is one line")
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")


def for_the_wire(address: str) -> str:
    """The address with its domain in ASCII, as every mail server knows it."""
    if address.isascii():
        return address
    read = validate_email(address, check_deliverability=False, test_environment=True)
    return f"{read.local_part}@{read.ascii_domain}"
