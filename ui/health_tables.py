"""What may be the matter with the installation, and what to do about it: tables of words."""

from dataclasses import dataclass
from enum import StrEnum

from services.checkup import Matter
from services.heartbeats import Pulse
from services.own_address import Reach, Reached
from services.throttling import Kind


class Mood(StrEnum):
    """How a panel stands."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    OTHER = "other"


GOOD, WARN, BAD, OTHER = Mood
TONES = {GOOD: "activated", WARN: "expired", BAD: "revoked", OTHER: "other"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One panel: `word` is its pill, `sentence` what one should know, then name and value."""

    title: str
    word: str
    mood: Mood
    sentence: str = ""
    facts: tuple[tuple[str, str], ...] = ()


# What is the matter, and what to do.
MATTERS: dict[Matter, tuple[str, str]] = {
    Matter.LOOPS: (
        "Something that runs beside the pages does not go on.",
        "See Background work. Look into the log, then restart Tallystick: nothing is lost.",
    ),
    Matter.DISK: (
        "The disk is nearly full.",
        "Make room in the data folder's disk, such as by moving old backups away.",
    ),
    Matter.LOG_FINDINGS: (
        "The last Verify found entries of the log that are not as they were.",
        "Open Audit Log, press Verify, and read what it names.",
    ),
    Matter.CLOCK: (
        "This machine's clock was set back.",
        "Set it right, with NTP. Days and expiries are judged by it.",
    ),
    Matter.BACKUP_FAILED: (
        "The last backup failed.",
        "Open Backups to see why, and press Back up now.",
    ),
    Matter.BACKUP_LATE: (
        "There is no backup of the last two days.",
        "Open Backups and make one.",
    ),
    Matter.MAIL_PAUSED: (
        "Mail is paused.",
        "See Mail for what the server says, then press Try again now.",
    ),
    Matter.MAIL_HELD: (
        "Mails wait because none may go out yet.",
        "See Mail for the settings that are missing.",
    ),
    Matter.MAIL_SLOW: (
        "Mails wait longer than they should.",
        "See Mail for the mail server's last answer.",
    ),
    Matter.JOBS_SLOW: (
        "A batch or a file has waited for more than ten minutes.",
        "See Background work. A restart takes it up again where it was.",
    ),
    Matter.SEALS_LATE: (
        "Entries of the log are not sealed yet, minutes after they were written.",
        "See Background work, and look into the log of the program.",
    ),
    Matter.GUESSING: (
        "Somebody is guessing codes or passwords.",
        "Nothing to do: it is slowed down or refused. Throttling has the numbers.",
    ),
}
KINDS = {
    Kind.SIGN_IN: "Sign-ins",
    Kind.SECOND_FACTOR: "Second factors",
    Kind.PASSWORD: "Password changes",
    Kind.RESET: "Password resets",
    Kind.REDEEM: "Codes",
    Kind.CERTIFICATE: "Certificate numbers",
    Kind.EXPORT: "Files",
    Kind.INVITATION: "Invitations",
}
PULSES = {
    Pulse.WAITING: "Idle",
    Pulse.WORKING: "Working",
    Pulse.LATE: "Late: it did not run in time",
    Pulse.HUNG: "Stuck: no progress for 10 minutes",
    Pulse.FAILING: "Fails each time; the log of the program says why",
    Pulse.ENDED: "Ended; restart Tallystick",
}
REACHES: dict[Reach, tuple[str, Mood, str]] = {
    Reach.HERE: ("REACHED", GOOD, "It leads here."),
    Reach.NOBODY: (
        "NOT REACHED",
        BAD,
        "Nobody answers there. Check the name, the proxy and the port; links in mails lead there.",
    ),
    Reach.SLOW: (
        "NOT REACHED",
        BAD,
        "No answer within 3 seconds. Where this machine cannot reach itself by that name, "
        "look from another one.",
    ),
    Reach.CERTIFICATE: (
        "CERTIFICATE",
        BAD,
        "Its certificate is not valid, or not for this name. Browsers warn of it.",
    ),
    Reach.REDIRECT: (
        "ELSEWHERE",
        BAD,
        "It leads on to another address. Set TALLYSTICK_PUBLIC_URL to where it ends.",
    ),
    Reach.REFUSED: (
        "REFUSED",
        BAD,
        "It answers {status}. With 400, add the name to TALLYSTICK_ALLOWED_HOSTS; with 502, the "
        "proxy does not find this port.",
    ),
    Reach.ANOTHER: ("ANOTHER", BAD, "Something else answers there, not Tallystick."),
}
WAL_BUG = (
    "This SQLite has a known fault: when two programs write to one database, it can be damaged. "
    "It does not strike here, because Tallystick is the only program that writes to the file. "
    "Let no other program open it, and copy it only by a backup. 3.51.3 is free of it."
)


def address(reached: Reached) -> Section:
    word, mood, sentence = REACHES[reached.reach]
    if reached.is_local and reached.reach is Reach.HERE:
        word, mood, sentence = "THIS MACHINE", WARN, "Links lead to this machine only."
    return Section(
        title="Public address",
        word=word,
        mood=mood,
        sentence=sentence.format(status=reached.status),
        facts=(("Public URL", reached.url),),
    )
