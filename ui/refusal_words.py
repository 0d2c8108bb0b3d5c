"""How refused codes are told: exactly to members of their workspace, the same to all others."""

from collections.abc import Callable

from models.enums import RefusalReason
from services import code_alphabet, zones
from services.answers import Facts, Refused
from ui import wording

# One sentence for every reason but a typing mistake: to a stranger they must not differ.
GENERAL = "This code can't be used here. Check it, or ask the person who gave it to you."

Sentence = tuple[str, ...]  # plain and emphasised by turns, beginning with plain
Told = Callable[[Facts], Sentence]


def _used(facts: Facts) -> Sentence:
    use = facts.use
    if use is None:
        return ("This code was used already.",)
    when = wording.moment(use.at, facts.zone)
    return ("This code was used by ", use.by, " for ", use.of, f" on {when} ({facts.zone}).")


def _revoked(facts: Facts) -> Sentence:
    on = f" on {wording.moment(facts.revoked_at, facts.zone)}" if facts.revoked_at else ""
    return (f"This code was revoked{on}.",)


def _expired(facts: Facts) -> Sentence:
    if facts.expires_at is None:
        return ("This code has expired.",)
    last = wording.day(zones.last_day(facts.expires_at, facts.zone))
    return (f"This code expired at the end of {last} ({facts.zone}).",)


def _early(facts: Facts) -> Sentence:
    if facts.valid_from is None:
        return ("This code is not valid yet.",)
    first = wording.day(zones.day(facts.valid_from, facts.zone))
    return (f"This code works from {first} on ({facts.zone}).",)


EXACT: dict[RefusalReason, Told] = {
    RefusalReason.ALREADY_ACTIVATED: _used,
    RefusalReason.REVOKED: _revoked,
    RefusalReason.EXPIRED: _expired,
    RefusalReason.NOT_YET_VALID: _early,
    RefusalReason.HELD: lambda _: ("This code is held after a restore until somebody checks it.",),
    RefusalReason.WRONG_KIND: lambda facts: (
        "This is a purchase code for ",
        facts.opens,
        "; it pays for a step of an evaluation.",
    ),
    RefusalReason.WRONG_PERSON: lambda _: (
        "This is not the e-mail address the code was activated with.",
    ),
}


def told(refused: Refused) -> str:
    """On a page for holders, as one sentence."""
    return "".join(_general(refused) or _exact(refused, EXACT))


def told_payer(refused: Refused, *, action: str, workspace: str) -> Sentence:
    """To whoever pays for `action` in `workspace`."""
    if general := _general(refused):
        return general
    *exact, end = _exact(refused, _paying(action, workspace))
    return (*exact, f"{end} Nothing was used up.")


def _general(refused: Refused) -> Sentence | None:
    if refused.reason is RefusalReason.MISTYPED:
        return (code_alphabet.TYPING_MISTAKE,)
    if refused.reason is RefusalReason.LIMITED:
        return (f"Too many tries. Try again in {wording.count(refused.minutes or 1, 'minute')}.",)
    return None if refused.facts else (GENERAL,)


def _exact(refused: Refused, told_of: dict[RefusalReason, Told]) -> Sentence:
    assert refused.facts, "only members are told exactly"
    return told_of[refused.reason](refused.facts)


def _paying(action: str, workspace: str) -> dict[RefusalReason, Told]:
    return EXACT | {
        RefusalReason.WRONG_KIND: lambda facts: (
            "This is an access code for ",
            facts.opens,
            "; a step is paid with a purchase code.",
        ),
        RefusalReason.WRONG_WORKSPACE: lambda facts: (
            "This code belongs to ",
            facts.workspace,
            "; you are paying in ",
            workspace,
            ".",
        ),
        RefusalReason.WRONG_ACTION: lambda facts: (
            "This code is for ",
            facts.opens,
            "; you are paying for ",
            action,
            ".",
        ),
    }
