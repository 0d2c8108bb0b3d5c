"""How each kind of notification is said, and where its button leads: one table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from nicegui import ui

from models.enums import CodeKind, NotificationKind
from services import zones
from services.notifications import Facts, NotificationView
from ui import path_kinds, routes, wording

ALL = 100  # percent
MINUTE, HOUR, DAY = 60, 3600, 86400
NOTHING = "When a batch is done, or something needs you, it is told here."
OF_BATCH = {CodeKind.ACCESS: routes.batch, CodeKind.PURCHASE: routes.purchase_batch}
NOUN = {CodeKind.ACCESS: "access code", CodeKind.PURCHASE: "purchase code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`about` stands beside the time, `reason` above it. Without `path` there is no button."""

    title: str
    about: str = ""
    reason: str = ""
    label: str = ""
    path: str = ""


def words(view: NotificationView) -> Words:
    gone, told = TABLE[view.kind]
    return told(view, view.facts) if view.facts else Words(title=gone, about=view.workspace or "")


def _batch_ready(view: NotificationView, facts: Facts) -> Words:
    verb = "is" if facts.codes == 1 else "are"
    return Words(
        title=f"{wording.count(facts.codes, NOUN[facts.code_kind])} {verb} ready",
        about=_what(view, facts),
        label="View Results",
        path=_batch(view, facts),
    )


def _batch_failed(view: NotificationView, facts: Facts) -> Words:
    return Words(
        title=f"{wording.count(facts.codes, NOUN[facts.code_kind])} could not be made",
        about=_what(view, facts),
        reason=facts.failure,
        label="View",
        path=_batch(view, facts),
    )


def _what(view: NotificationView, facts: Facts) -> str:
    named = ", ".join(name for name in (facts.product, facts.plan, facts.action) if name)
    return named or view.workspace or ""


def _batch(view: NotificationView, facts: Facts) -> str:
    if not view.slug or not view.target_id:
        return ""
    return OF_BATCH[facts.code_kind](view.slug, view.target_id)


def _mail_failed(view: NotificationView, facts: Facts) -> Words:
    to = f"Mail to {facts.recipient}" if facts.recipient else "A mail"
    return Words(
        title=f"{to} could not be delivered",
        about=view.workspace or "",
        reason=f"The last answer was: {facts.answer}" if facts.answer else "",
        label="Review",
        path=_messages(view, facts),
    )


def _messages(view: NotificationView, facts: Facts) -> str:
    """Where the mail is listed: an invitation beside the members."""
    if view.slug:
        return routes.messages(view.slug)
    return routes.members(facts.invited_to) if facts.invited_to else routes.INSTANCE_MESSAGES


def _mail_paused(_: NotificationView, facts: Facts) -> Words:
    return Words(
        title="Mail was paused" if facts.is_over else "Mail is paused",
        reason="It goes out again." if facts.is_over else facts.answer,
        label="Open Health",
        path=routes.HEALTH,
    )


def _export_ready(view: NotificationView, facts: Facts) -> Words:
    return Words(
        title="Your file of the audit log is ready",
        about=_log(view),
        reason=f"{wording.count(facts.entries, 'entry', 'entries')} as {facts.form.upper()}.",
        label="Download",
        path=routes.audit_file(view.slug, view.target_id) if view.target_id else "",
    )


def _export_failed(view: NotificationView, facts: Facts) -> Words:
    return Words(
        title="Your file of the audit log could not be made",
        about=_log(view),
        reason=facts.failure,
        label="Open Audit Log",
        path=routes.audit(view.slug) if view.slug else routes.INSTANCE_AUDIT,
    )


def _log(view: NotificationView) -> str:
    return view.workspace or "The whole installation"


def _guessing(view: NotificationView, facts: Facts) -> Words:
    if facts.of_sign_ins:
        return Words(
            title="Somebody is guessing passwords",
            about="The whole installation",
            reason="Many sign-ins failed within an hour. Each account's waits grow meanwhile.",
            label="Open Health",
            path=routes.HEALTH,
        )
    return Words(
        title="Somebody is guessing codes",
        about=view.workspace or "The whole installation",
        reason="Too many wrong codes within an hour. Typed codes wait in line until it is over.",
    )


def _agreement_used(view: NotificationView, facts: Facts) -> Words:
    assert facts.agreement, "its facts are an agreement's"
    name, left = facts.agreement.reference, facts.agreement.left
    is_all = facts.share >= ALL
    return Words(
        title=f"Agreement {name} is used up" if is_all else f"{facts.share} % of {name} is used",
        about=facts.agreement.action,
        reason=f"{left:,} of {wording.count(facts.agreement.granted, 'code')} are left now.",
        **_to_agreements(view),
    )


def _agreement_ends(view: NotificationView, facts: Facts) -> Words:
    assert facts.agreement, "its facts are an agreement's"
    held = facts.agreement
    ends = "has ended" if held.is_over else f"ends on {wording.day(held.last_day)}"
    unused = f"{held.left:,} of {wording.count(held.granted, 'code')} can still be generated."
    return Words(
        title=f"Agreement {held.reference} {ends}",
        about=held.action,
        reason=unused if held.left and not held.is_over else "",
        **_to_agreements(view),
    )


def _to_agreements(view: NotificationView) -> dict[str, str]:
    path = routes.agreements(view.slug) if view.slug else ""
    return {"label": "View", "path": path}


def _backup_failed(_: NotificationView, facts: Facts) -> Words:
    made_since = "A backup was made since." if facts.is_over else facts.problem
    return Words(
        title="A backup failed", reason=made_since, label="Open Backups", path=routes.BACKUPS
    )


def _codes_held(_: NotificationView, facts: Facts) -> Words:
    if not facts.codes:
        return Words(title="A backup was restored", reason="No code is held.")
    verb = "is" if facts.codes == 1 else "are"
    return Words(
        title=f"A backup was restored, and {wording.count(facts.codes, 'code')} {verb} held",
        reason="Held codes are refused until an admin of their workspace releases them.",
        label="Open Audit Log",
        path=routes.INSTANCE_AUDIT,
    )


# What is said when there is nothing more to see, and what is said otherwise.
TABLE: dict[NotificationKind, tuple[str, Callable[[NotificationView, Facts], Words]]] = {
    NotificationKind.BATCH_READY: ("Codes are ready", _batch_ready),
    NotificationKind.BATCH_FAILED: ("Codes could not be made", _batch_failed),
    NotificationKind.MAIL_FAILED: ("A mail could not be delivered", _mail_failed),
    NotificationKind.AGREEMENT_USED: ("Much of an agreement is used", _agreement_used),
    NotificationKind.AGREEMENT_ENDS: ("An agreement ends", _agreement_ends),
    NotificationKind.MAIL_PAUSED: ("Mail was paused", _mail_paused),
    NotificationKind.EXPORT_READY: ("A file of the audit log was made", _export_ready),
    NotificationKind.EXPORT_FAILED: ("A file of the audit log could not be made", _export_failed),
    NotificationKind.BACKUP_FAILED: ("A backup failed", _backup_failed),
    NotificationKind.CODES_HELD: ("A backup was restored", _codes_held),
    NotificationKind.GUESSING: ("Somebody tried to guess", _guessing),
}


def follow(path: str) -> None:
    """Where a notification's button leads: to a page, or to a file that the browser saves."""
    if path_kinds.is_file(path):
        ui.download.from_url(path)
    else:
        ui.navigate.to(path)


def ago(at: datetime, zone: str) -> str:
    """How long ago, up to a day; then on which day, there."""
    seconds = max(0, int((zones.now() - at).total_seconds()))
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min ago"
    if seconds < DAY:
        return f"{seconds // HOUR} h ago"
    day = zones.day(at, zone)
    return wording.day(day).removesuffix(f" {zones.today(zone).year}")


def exactly(at: datetime, zone: str) -> str:
    return f"{wording.moment(at, zone)} ({zone})"


def unread(number: int) -> str:
    """What the bell is called."""
    return f"Notifications, {number:,} unread" if number else "Notifications"
