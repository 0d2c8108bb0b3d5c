"""What each kind of mail of the installation says."""

from models.enums import AccountChange, MessageKind
from services.account_letters import (
    AccountLetter,
    HeadLetter,
    InvitationLetter,
    ResetLetter,
    WarningLetter,
)
from services.settings import get_settings
from ui import routes, wording
from ui.mails import warnings
from ui.mails.words import HIDDEN, PROGRAM, Words, apart, link

UNEXPECTED = "You did not expect this mail? Then ignore it, and nothing happens."


def subject(
    kind: MessageKind, workspace: str = "", change: AccountChange = AccountChange.PASSWORD
) -> str:
    """As a list of messages shows it too: an invitation names its workspace, a warning a change."""
    match kind:
        case MessageKind.INVITATION:
            return f"You are invited to {apart(workspace or PROGRAM)}"
        case MessageKind.RESET:
            return "Set a new password for Tallystick"
        case MessageKind.WARNING:
            return warnings.WARNINGS[change].subject
        case MessageKind.HEAD:
            return "Head of the audit log"
        case _:
            raise TypeError(f"A {kind} is no mail of the installation.")


def of(letter: AccountLetter) -> Words:
    match letter:
        case InvitationLetter():
            return _invitation(letter)
        case ResetLetter():
            return _reset(letter)
        case WarningLetter():
            return _warning(letter)
        case HeadLetter():
            return _head(letter)
        case _:
            raise TypeError(f"No words for a {type(letter).__name__}.")


def _invitation(letter: InvitationLetter) -> Words:
    until = f"{wording.moment(letter.until, letter.zone)} ({letter.zone})"
    role, inviter = wording.ROLES[letter.role], apart(letter.inviter)
    path = routes.INVITATION.format(token=letter.token or HIDDEN)
    return Words(
        sender=letter.workspace or PROGRAM,
        subject=subject(MessageKind.INVITATION, letter.workspace or ""),
        glance=f"{inviter} invites you as {role}. The link works until {until}.",
        heading=f"Join {apart(letter.workspace or PROGRAM)}",
        lead=f"{inviter} invites you as {role}.",
        action=link("Accept invitation", path, masked=letter.token is None),
        below=(f"The link works once, until {until}. Opening it changes nothing.",),
        facts=(
            ("Role", f"{role}. {wording.role_may(letter.role, 'You')}"),
            ("You sign in as", letter.recipient),
        ),
        foot=(UNEXPECTED,),
    )


def _reset(letter: ResetLetter) -> Words:
    until = f"{wording.moment(letter.until, 'UTC')} (UTC)"
    path = routes.RESET_LINK.format(token=letter.token or HIDDEN)
    return Words(
        sender=PROGRAM,
        subject=subject(MessageKind.RESET),
        glance=f"The link works once, until {until}.",
        heading="Set a new password",
        lead="Somebody asked for a new password of your account.",
        action=link("Set a new password", path, masked=letter.token is None),
        below=(f"The link works once, until {until}. Opening it changes nothing.",),
        facts=(("Account", letter.recipient),),
        foot=("It was not you? Then ignore this mail, and your password stays as it is.",),
    )


def _warning(letter: WarningLetter) -> Words:
    at = f"{wording.moment(letter.at, 'UTC')} (UTC)"
    said = warnings.WARNINGS[letter.change]
    reset = get_settings().base_url + routes.RESET
    return Words(
        sender=PROGRAM,
        subject=said.subject,
        glance=f"{said.glance} {at}.",
        heading=said.heading,
        lead=said.lead,
        below=(
            f"It was not you? Set a new password at {reset} now,",
            "and tell the owner of this installation.",
        ),
        facts=(("Account", letter.recipient), (said.fact, at)),
    )


def _head(letter: HeadLetter) -> Words:
    at = f"{wording.moment(letter.at, 'UTC')} (UTC)"
    return Words(
        sender=PROGRAM,
        subject=subject(MessageKind.HEAD),
        glance=f"Up to number {letter.seq:,}, signed on {at}.",
        heading="Head of the audit log",
        lead=f"The log is sealed up to number {letter.seq:,}.",
        below=(
            "Keep this mail where the program cannot reach it.",
            "With it, Verify shows that nothing up to this number was changed or taken away since.",
        ),
        facts=(
            ("Number", str(letter.seq)),
            ("Signed at", letter.at.isoformat()),
            ("Digest", letter.digest),
            ("Public key", letter.public_key),
            ("Signature", letter.signature),
        ),
    )
