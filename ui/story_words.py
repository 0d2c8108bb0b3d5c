"""How the story of a code is told, and what a dry run comes to."""

from models.enums import MessageKind, RefusalReason
from services.answers import Refused
from services.code_story import Event, Turn
from services.dry_run import Verdict
from ui import refusal_words, wording

REASON = {
    RefusalReason.MISTYPED: "a typing mistake",
    RefusalReason.NOT_FOUND: "no code reads like that",
    RefusalReason.ALREADY_ACTIVATED: "it was used already",
    RefusalReason.REVOKED: "it was revoked",
    RefusalReason.HELD: "it is held after a restore",
    RefusalReason.EXPIRED: "it had expired",
    RefusalReason.NOT_YET_VALID: "it was not valid yet",
    RefusalReason.WRONG_KIND: "it is another kind of code",
    RefusalReason.WRONG_WORKSPACE: "it is of another workspace",
    RefusalReason.WRONG_ACTION: "it is for another action",
    RefusalReason.WRONG_PERSON: "it was activated with another e-mail address",
    RefusalReason.LIMITED: "too many tries",
}
GLYPH = {
    Turn.ISSUED: "ticket",
    Turn.SENT: "mail",
    Turn.REFUSED: "circle-x",
    Turn.ACTIVATED: "circle-check",
    Turn.UNDONE: "undo-2",
    Turn.HELD: "lock",
    Turn.RELEASED: "lock-open",
    Turn.REVOKED: "ban",
}
TONE = {
    Turn.ISSUED: "other",
    Turn.SENT: "other",
    Turn.REFUSED: "revoked",
    Turn.ACTIVATED: "activated",
    Turn.UNDONE: "other",
    Turn.HELD: "expired",
    Turn.RELEASED: "other",
    Turn.REVOKED: "revoked",
}
MAIL = {
    MessageKind.CODES: "The whole batch",
    MessageKind.DOWNLOAD: "A link to the whole batch",
    MessageKind.CONFIRMATION: "A confirmation",
}
ALONE = {
    Turn.UNDONE: "Activation undone",
    Turn.HELD: "Held by a restore",
    Turn.RELEASED: "Released",
    Turn.REVOKED: "Revoked",
}


def head(event: Event) -> str:
    match event.turn:
        case Turn.ISSUED:
            return "Issued"
        case Turn.SENT:
            what = MAIL.get(event.mail, "The code") if event.mail else "The code"
            return f"{what} mailed to {event.to or 'a forgotten address'}"
        case Turn.REFUSED:
            assert event.reason, "a refusal has its reason"
            return f"Refused: {REASON[event.reason]}"
        case Turn.ACTIVATED:
            return f"Activated for {event.about}"
        case _:
            return _of_many(event) if event.codes else ALONE[event.turn]


def _of_many(event: Event) -> str:
    """Of the batch: which of its codes they were is not known."""
    if event.turn is Turn.HELD:
        return f"{wording.count(event.codes, 'code')} of its batch held by a restore"
    return f"{wording.count(event.codes, 'held code')} of its batch released"


def more(event: Event, zone: str) -> str:
    """When, by whom, and what else is known."""
    facts = [wording.moment(event.at, zone)]
    if event.turn is Turn.REFUSED:
        facts += [event.by or "nobody signed in", f"from {event.address}"]
        facts += [f"to pay for {event.about}"] if event.about else []
        facts += [f"{event.tries:,} tries"] if event.tries > 1 else []
        return " · ".join([*facts, f"reference {event.reference}"])
    facts += [f"by {event.by}"] if event.by else []
    if event.turn is Turn.ISSUED and event.about:
        facts.append(f"under agreement {event.about}")
    if event.turn in (Turn.UNDONE, Turn.RELEASED):
        facts.append(event.about)
    if event.state:
        facts.append(wording.MAIL_STANDS[event.state])
    return " · ".join(facts)


def verdict(found: Verdict) -> refusal_words.Sentence:
    """Whether it would work, and else the very words in which a member would be refused."""
    if found.reason is None and found.action:
        return ("Yes. It would pay for ", found.action, " in ", found.workspace, ".")
    if found.reason is None:
        return ("Yes. Redeem would open ", found.facts.opens, ".")
    refused = Refused(reason=found.reason, facts=found.facts)
    if found.action:
        told = refusal_words.told_payer(refused, action=found.action, workspace=found.workspace)
    else:
        told = (refusal_words.told(refused),)
    first, *rest = told
    *quoted, end = (f"No. A member of the workspace would be told: “{first}", *rest)
    return (*quoted, f"{end}”")
