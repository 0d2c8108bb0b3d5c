"""How days, terms, counts and refusals are said; one place for screens and public pages."""

from datetime import date, datetime

from models.enums import MessageState, RefusalReason, StepState
from services import code_alphabet, zones
from services.redemptions import Refused
from services.settings import get_settings

# One sentence for every reason but a typing mistake: to a stranger they must not differ.
REFUSED = "This code can't be used here. Check it, or ask the person who gave it to you."
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

STAGES = {
    StepState.PAYMENT: "Payment",
    StepState.WORK: "Work",
    StepState.FAILED: "Failed",
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


def size(number: int) -> str:
    """Of a file: 812 bytes, 4.2 KB, 10 MB."""
    if number < 1024:
        return count(number, "byte")
    scaled, unit = (number / 1024, "KB") if number < 1024**2 else (number / 1024**2, "MB")
    return f"{scaled:.1f}".removesuffix(".0") + f" {unit}"


def stage(step: str | None, state: StepState | None) -> str:
    """Where an evaluation stands: `Lab Assessment · Payment`."""
    return f"{step} · {STAGES[state]}" if step and state else "All steps passed"


def progress(made: int, codes: int) -> str:
    return f"{made:,} of {codes:,}"


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
