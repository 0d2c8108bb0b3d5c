"""How days, terms, counts and refusals are said; one place for screens and public pages."""

from datetime import date, datetime

from models.enums import MessageState, RefusalReason
from services import code_alphabet, zones
from services.agreement_claims import Left
from services.redemptions import Refused
from services.settings import get_settings

# One sentence for every reason but a typing mistake: to a stranger they must not differ.
REFUSED = "This code can't be used here. Check it, or ask the person who gave it to you."
REVOKED_FOR_GOOD = "It can never be activated after that. This cannot be undone."
TO_MEMBER = {
    RefusalReason.NOT_FOUND: "No code of this installation reads like that.",
    RefusalReason.ALREADY_ACTIVATED: "This code is already activated by somebody else.",
    RefusalReason.REVOKED: "This code was revoked.",
    RefusalReason.HELD: "This code is held after a restore until somebody checks it.",
    RefusalReason.EXPIRED: "This code has expired.",
    RefusalReason.NOT_YET_VALID: "This code is not valid yet.",
    RefusalReason.WRONG_KIND: "This is a purchase code; it pays for a step of an evaluation.",
    RefusalReason.WRONG_PERSON: "This is not the e-mail address the code was activated with.",
}

MAIL_STANDS = {
    MessageState.QUEUED: "queued",
    MessageState.SENDING: "being sent",
    MessageState.RETRYING: "not delivered yet, tried again",
    MessageState.SENT: "sent",
    MessageState.FAILED: "failed",
}


def day(value: date) -> str:
    return f"{value.day:02} {value:%b %Y}"


def moment(instant: datetime, zone: str) -> str:
    local = zones.local(instant, zone)
    return f"{day(local)}, {local:%H:%M}"


def brief(instant: datetime, zone: str) -> str:
    """For a row of a table: the year only where it is another one."""
    local = zones.local(instant, zone)
    is_this_year = local.year == zones.today(zone).year
    return f"{local.day:02} {local:%b}, {local:%H:%M}" if is_this_year else moment(instant, zone)


def after(first: datetime, then: datetime, zone: str) -> str:
    """What stands beside `first`: the day only where it is another one."""
    if zones.day(first, zone) != zones.day(then, zone):
        return brief(then, zone)
    return f"{zones.local(then, zone):%H:%M}"


def mail(state: MessageState, at: datetime, zone: str) -> str:
    """How a mail stands, since it was sent or else queued."""
    return f"{MAIL_STANDS[state]} {brief(at, zone)}"


def count(number: int, noun: str, nouns: str = "") -> str:
    return f"{number:,} {noun if number == 1 else nouns or f'{noun}s'}"


def progress(made: int, codes: int) -> str:
    return f"{made:,} of {codes:,}"


def left_under(found: Left, *, said: str = "") -> str:
    """What agreements leave; `said` stands before the reference of the only one."""
    if not found.references:
        return "No agreement is valid now"
    one, *others = found.references
    under = f"{len(found.references)} agreements" if others else f"{said}{one}"
    return f"{found.left:,} of {found.granted:,} left under {under}"


def given_back(codes: int) -> str:
    """What becomes of purchase codes that are revoked."""
    if codes == 1:
        return "It goes back to the agreement it was issued under."
    return "They go back to the agreement they were issued under."


def set_is_mailed(address: str | None, *, is_bulk: bool) -> str:
    """What becomes of the mail that Send Notification asked for; nothing where it is off."""
    if address is None:
        return ""
    if held := get_settings().mail_held_because:
        return f"The mail to {address.strip()} will wait in Messages. {held}"
    if is_bulk:
        return f"A mail with a download link will go to {address.strip()}."
    return f"The same set of codes is on its way to {address.strip()}."


def length(days: int | None) -> str:
    return "Lifetime" if days is None else count(days, "day")


def terms(days: int | None) -> str:
    """What pressing Activate gives."""
    if days is None:
        return "Lifetime access, starting when you press Activate."
    return f"{count(days, 'day')} of access, starting when you press Activate."


def initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalnum()] or name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def refusal(refused: Refused) -> str:
    if refused.reason is RefusalReason.MISTYPED:
        return code_alphabet.TYPING_MISTAKE
    if refused.reason is RefusalReason.LIMITED:
        return f"Too many tries. Try again in {count(refused.minutes or 1, 'minute')}."
    if refused.to_member:
        return TO_MEMBER.get(refused.reason, REFUSED)
    return REFUSED
