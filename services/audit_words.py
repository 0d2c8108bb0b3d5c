"""What an entry of the log tells beyond its action and its target, in words: tables."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from services import zones

COUNTED = {
    "codes": "code",
    "held": "code",
    "people": "person",
    "entitlements": "entitlement",
    "entries": "entry",
    "sessions": "session",
    "days": "day",
    "steps": "step",
    "findings": "finding",
    "sealed": "sealed entry",
    "bytes": "byte",
    "size": "byte",
}
MANY = {"people": "people", "entries": "entries", "sealed": "sealed entries"}
# how a detail reads beside the sentence; what is not here is told by its own name
TOLD = {
    "format": "as {}",
    "ending": "ending {}",
    "field": "{}",
    "fields": "{}",
    "method": "with {}",
    "demand": "required of {}",
    "what": "{}",
    "reason": "{}",
    "role": "as {}",
    "from": "from {}",
    "until": "until {}",
    "ends": "ends {}",
    "share": "{} % used",
    "export": "file {}",
    "filter": "only {}",
    "kind": "{}",
    "made": "{}",
    "backup": "{}",
    "gone": "{} made later are gone",
    "slug": "at {}",
    "failed": "{} that had failed",
    "waiting": "{} that still wait",
    "resent": "a copy of message {}",
    "redirected_from": "message {} to another address",
}
YES = {
    "reason": "with a reason",
    "by_link": "by its link",
    "ended": "ended",
    "early": "earlier than agreed",
    "link": "with a link to hand over",
    "owner": "as an owner",
    "passed": "passed",
    "links_ended": "links made before work no more",
}
NO = {"by_link": "typed in", "owner": "an owner no more", "passed": "failed"}
METHODS = {
    "TOTP": "a code of the app",
    "RECOVERY": "a recovery code",
    "PASSKEY": "a passkey",
}
# ids of rows that have no page and no name of their own
HIDDEN = {
    *("account", "activation", "agreement", "delivery", "evaluation", "passkey", "plan"),
    *("purchased_action", "refusal", "release", "scheme", "session", "step"),
    *("story", "user"),
}
DAYS = {"ends", "from", "until"}
UPPER = {"format"}
# what was tried, by how the key of a budget begins
TRIED = {"redeem": "codes", "sign-in": "sign-ins"}
LOWER = {"demand", "kind", "reason", "role", "was", "fields", "field"}

STORY = "The whole story was looked up"
SENTENCES = {
    ("CREATE", "BATCH"): "{codes} asked for",
    ("COMPLETE", "BATCH"): "{codes} made",
    ("FAIL", "BATCH"): "The codes could not be made",
    ("CANCEL", "BATCH"): "Stopped while the codes were made; none is left",
    ("RETRY", "BATCH"): "The codes are made again",
    ("SHOW", "BATCH"): "{codes} shown in full",
    ("COPY", "BATCH"): "{codes} copied in full",
    ("EXPORT", "BATCH"): "{codes} exported in full",
    ("REVOKE", "BATCH"): "{codes} that nobody had used revoked",
    ("SEND", "BATCH"): "{people} sent a code each",
    ("SHOW", "CODE"): "Shown in full",
    ("COPY", "CODE"): "Copied in full",
    ("ACTIVATE", "CODE"): "Used",
    ("UNDO", "CODE"): "The use was undone, and the code is ready again",
    ("REVOKE", "CODE"): "Works no more",
    ("SEND", "CODE"): "Sent again",
    ("REFUSE", "CODE"): "Refused",
    ("SHOW", "MESSAGE"): "The mail was shown in full",
    ("SEND", "MESSAGE"): "The mail was sent again",
    ("RETRY", "MESSAGE"): "The mail is tried again",
    ("FAIL", "MESSAGE"): "The mail could not be delivered",
    ("UPDATE", "ENTITLEMENT"): "The access was changed",
    ("EXPORT", "ENTITLEMENT"): "{entitlements} exported",
    ("EXPORT", "AUDIT"): "Taken as a file",
    ("EXPORT", "EXPORT"): "The file was downloaded",
    ("COMPLETE", "EXPORT"): "The file is ready, {entries}",
    ("FAIL", "EXPORT"): "The file could not be made",
    ("LOGIN", "USER"): "Signed in",
    ("LOGOUT", "USER"): "Signed out",
    ("LOGOUT", "SESSION"): "Signed out",
    ("ADD", "FACTOR"): "Added a second factor",
    ("REMOVE", "FACTOR"): "Removed a second factor",
    ("UPDATE", "FACTOR"): "Changed a second factor",
    ("REFUSE", "FACTOR"): "Refused, because its counter went back as that of a copy does",
    ("RESET", "FACTOR"): "Made new recovery codes",
    ("CONFIRM", "SESSION"): "Proved once more to be this person",
    ("RESET", "USER"): "The password was reset by mail",
    ("DISABLE", "USER"): "Cannot sign in any more",
    ("ENABLE", "USER"): "Can sign in again",
    ("ERASE", "PERSON"): "Name and addresses were erased",
    ("PAUSE", "INSTALLATION"): "Paused: the mail server refuses",
    ("RESTORE", "INSTALLATION"): "Goes out again",
    ("GUESSING", "INSTALLATION"): "Too many wrong {budget} within an hour",
    ("REACH", "AGREEMENT"): "Codes were issued",
    ("EXPIRE", "AGREEMENT"): "Ends soon",
    ("VERIFY", "AUDIT"): "The chain was verified",
    ("ROTATE", "KEY"): "Takes over from key {replaces}",
    ("COMPLETE", "KEY"): "Retired: what it had sealed is sealed anew",
    ("INVITE", "INVITATION"): "Asked into the workspace",
    ("ACCEPT", "INVITATION"): "Came into the workspace",
    ("WITHDRAW", "INVITATION"): "The link works no more",
    ("CREATE", "BACKUP"): "Everything was copied and checked",
    ("FAIL", "BACKUP"): "No copy could be made",
    ("VERIFY", "BACKUP"): "A copy was checked again",
    ("EXPORT", "BACKUP"): "A copy was taken away as a file",
    ("REMOVE", "BACKUP"): "A copy was deleted",
    ("RESTORE", "BACKUP"): "The installation was set back to a copy, {held} held",
    ("HOLD", "BATCH"): "{codes} held after a restore",
    ("RELEASE", "BATCH"): "{codes} released",
    ("RELEASE", "CODE"): "Works again",
}


def told(action: str, resource: str, detail: Mapping[str, Any], zone: str = "UTC") -> str:
    """A sentence, and what else stands in the detail; empty where there is nothing to tell.

    Days are those of the zone.
    """
    words = {name: _words(name, detail[name], zone) for name in sorted(detail)}
    sentence = STORY if detail.get("story") else SENTENCES.get((action, resource), "")
    used = {name for name in words if f"{{{name}}}" in sentence}
    try:
        sentence = sentence.format_map(words)
    except KeyError:  # an entry without that detail
        sentence, used = "", set[str]()
    beside = (_beside(name, detail[name], words[name]) for name in words if name not in used)
    rest = ", ".join(each for each in beside if each)
    if not sentence:
        return f"{rest[:1].upper()}{rest[1:]}"
    return f"{sentence} ({rest})" if rest else sentence


def _words(name: str, value: Any, zone: str) -> str:
    if isinstance(value, int) and name in COUNTED:
        noun = COUNTED[name]
        return f"{value:,} {noun if value == 1 else MANY.get(name, f'{noun}s')}"
    if isinstance(value, list):
        return ", ".join(str(each) for each in cast(list[object], value)).replace("_", " ")
    if isinstance(value, dict):
        told = cast(dict[str, object], value).items()
        return ", ".join(
            key if each is True else f"{key} {_words(key, each, zone)}" for key, each in told
        )
    if name == "method":
        return METHODS.get(str(value), str(value))
    if name == "budget":
        return TRIED.get(str(value).split(":")[0], str(value))
    text = _day(str(value), zone) if name in DAYS else str(value)
    return text.upper() if name in UPPER else text.lower() if name in LOWER else text


def _day(stored: str, zone: str) -> str:
    """A stored day, or the last one before a stored instant."""
    try:
        if "T" in stored:
            read = zones.last_day(datetime.fromisoformat(stored), zone)
        else:
            read = date.fromisoformat(stored)
    except ValueError:
        return stored
    return f"{read:%d %b %Y}"


def _beside(name: str, value: Any, words: str) -> str:
    if name in HIDDEN:
        return ""
    if isinstance(value, bool):
        return (YES if value else NO).get(name, "")
    if name in COUNTED:
        return words
    return TOLD.get(name, f"{name.replace('_', ' ')} {{}}").format(words)
