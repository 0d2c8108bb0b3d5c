"""How days, terms and counts are said; one place for screens and public pages."""

from datetime import date, datetime

from models.enums import MessageState, Role, StepState
from services import zones
from services.agreement_claims import Left
from services.settings import get_settings
from services.whom_to_ask import WhomToAsk

REVOKED_FOR_GOOD = "It can never be activated after that. This cannot be undone."

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
ROLES = {
    Role.OWNER: "Owner",
    Role.ADMIN: "Workspace Admin",
    Role.SALES: "Sales",
    Role.EVALUATOR: "Evaluator",
}
ROLE_MAY = {
    Role.OWNER: "set up the installation, its workspaces and schemes",
    Role.ADMIN: "generate codes, manage members and read the audit log",
    Role.SALES: "generate and deliver access codes",
    Role.EVALUATOR: "run product evaluations and pay for steps with purchase codes",
}


def day(value: date) -> str:
    return f"{value.day:02} {value:%b %Y}"


def last_day(end: datetime, zone: str) -> str:
    """The last day that an end still includes, there."""
    return day(zones.last_day(end, zone))


def moment(instant: datetime, zone: str) -> str:
    local = zones.local(instant, zone)
    return f"{day(local)}, {local:%H:%M}"


def brief(instant: datetime, zone: str) -> str:
    """For a row of a table: the year only where it is another one."""
    local = zones.local(instant, zone)
    is_this_year = local.year == zones.today(zone).year
    return f"{local.day:02} {local:%b}, {local:%H:%M}" if is_this_year else moment(instant, zone)


def brief_second(instant: datetime, zone: str) -> str:
    """As `brief`, where the order within a minute matters."""
    return f"{brief(instant, zone)}:{zones.local(instant, zone):%S}"


def to_the_second(instant: datetime, zone: str) -> str:
    return f"{moment(instant, zone)}:{zones.local(instant, zone):%S} ({zone})"


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


def confirmation_lasts() -> str:
    minutes = round(get_settings().confirmation_lasts.total_seconds() / 60)
    long = count(minutes, "minute") if minutes < 120 else count(minutes // 60, "hour")
    return f"It counts for {long} in this browser."


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


def role_may(role: Role, who: str = "") -> str:
    return f"{who} can {ROLE_MAY[role]}.".strip().capitalize()


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


def whom_to_ask(whom: WhomToAsk) -> str:
    """Who has purchase codes to give."""
    if whom.said:
        return f"Ask {whom.said.rstrip('.')}."
    if not whom.admins:
        return "Ask the owner of this installation."
    *others, last = whom.admins[:4]
    if not others:
        return f"Ask {last}, the admin of {whom.workspace}."
    return f"Ask {', '.join(others)} or {last}, the admins of {whom.workspace}."


def and_held(told: str, held: int) -> str:
    """What is told of READY codes, and how many more are held after a restore."""
    return " · ".join([*([told] if told else []), *([f"{held:,} held"] if held else [])])
