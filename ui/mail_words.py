"""How the state of the mail is said: on the Health page and by the doctor."""

from services.mail_health import MailHealth
from ui import wording
from ui.health_tables import BAD, GOOD, WARN, Mood, Section

ENCRYPTION = {
    "starttls": "STARTTLS, demanded",
    "tls": "TLS from the start",
    "none": "None: mails travel readable",
}
NOT_SET = (
    "No mail server is set. Set TALLYSTICK_SMTP_HOST and TALLYSTICK_MAIL_FROM where this program "
    "is started, and start it again. Until then mails wait in Messages."
)


def section(mail: MailHealth, zone: str) -> Section:
    """Whether mail goes out, and how; the server's own words are `answer`."""
    word, mood, sentence = _state(mail, zone)
    return Section(
        title="Mail",
        word=word,
        mood=mood,
        sentence=sentence,
        facts=(
            ("Server", mail.server or "Not set"),
            ("Encryption", ENCRYPTION[mail.tls] if mail.server else "–"),
            ("Signs in as", mail.user or "Nobody: no user is set"),
            ("From", mail.sender or "Not set"),
        ),
    )


def answer(mail: MailHealth) -> str:
    """What the server said when it took no mail; empty where that is not why mails wait."""
    if not mail.server or mail.held:
        return ""
    return mail.paused if mail.paused_at else mail.trouble


def _state(mail: MailHealth, zone: str) -> tuple[str, Mood, str]:
    if not mail.server:
        return "HELD", WARN, NOT_SET
    if mail.held:
        return "HELD", WARN, f"{mail.held} Until then mails wait in Messages."
    if mail.paused_at:
        since = f"{wording.moment(mail.paused_at, zone)} {zone}"
        return "PAUSED", BAD, f"No mail goes out since {since}. It is tried again every 5 minutes."
    if mail.trouble:
        told = "The mail server did not take the last mails. It is tried again within minutes."
        return "WAITING", WARN, told
    return "WORKING", GOOD, "Mails go out as soon as they are queued."
