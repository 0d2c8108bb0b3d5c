"""What each kind of mail says: the same words for its HTML and for its plain text."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from models.enums import MessageKind
from services.letters import (
    CodesLetter,
    ConfirmationLetter,
    DownloadLetter,
    Letter,
    LetterCode,
    OfCodes,
    OfPlan,
    PersonalLetter,
)
from services.settings import get_settings
from ui import routes, wording

PROGRAM = "Tallystick"
HIDDEN = "•" * 8  # in place of a token
HARMLESS = "Opening a link changes nothing. A code is used only when somebody presses Activate."


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`address` is what is shown of it; `target` is empty where it is masked."""

    label: str
    address: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a mail holds. `glance` is what a list of mails shows beside the subject.

    `code` stands alone above its button and before the facts, `codes` each with its own link.
    """

    sender: str
    subject: str
    glance: str
    heading: str
    lead: str
    code: str = ""
    action: Link | None = None
    below: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, Link], ...] = ()
    foot: tuple[str, ...] = ()

    @property
    def is_forwarded(self) -> bool:
        """Whether somebody else speaks through the program."""
        return self.sender != PROGRAM


def subject(kind: MessageKind, product: str, days: int | None, codes: int) -> str:
    """Without any code: a list of messages shows it too."""
    name, counted = apart(product), wording.count(codes, "access code")
    match kind:
        case MessageKind.CODES:
            return f"{counted} for {name}, {wording.length(days).lower()}"
        case MessageKind.DOWNLOAD:
            return f"{counted} for {name} are ready to download"
        case MessageKind.PERSONAL:
            return f"Your access code for {name}"
        case MessageKind.CONFIRMATION:
            return f"You have access to {name}"
        case _:
            raise TypeError(f"A {kind} is no mail of a workspace.")


def apart(name: str) -> str:
    """A name that is read from right to left, kept from turning round the words beside it."""
    turns = any(unicodedata.bidirectional(character) in ("R", "AL") for character in name)
    return f"\u2068{name}\u2069" if turns else name  # Unicode TR9: first strong isolate


def of(letter: Letter) -> Words:
    match letter:
        case CodesLetter():
            return _codes(letter)
        case DownloadLetter():
            return _download(letter)
        case PersonalLetter():
            return _personal(letter)
        case ConfirmationLetter():
            return _confirmation(letter)
        case _:
            raise TypeError(f"No words for a {type(letter).__name__}.")


def _codes(letter: CodesLetter) -> Words:
    number = len(letter.codes)
    gone = letter.made - number
    lead = f"{wording.count(number, 'unused code')} of a batch of {letter.made:,}."
    each = "Each gives" if number > 1 else "It gives"
    return Words(
        sender=letter.workspace,
        subject=subject(MessageKind.CODES, letter.product, letter.days, number),
        glance=f"From {apart(letter.workspace)}. {each} {_access(letter.days)}.",
        heading=f"{wording.count(number, 'access code')} for {apart(letter.product)}",
        lead=f"{lead if gone else ''} {each} {_access(letter.days)} from its activation.".strip(),
        facts=(*_plan(letter), *_validity(letter)),
        codes=tuple((code.text, _activation(code)) for code in letter.codes),
        foot=(HARMLESS,),
    )


def _download(letter: DownloadLetter) -> Words:
    until = f"{wording.moment(letter.until, letter.zone)} ({letter.zone})"
    path = routes.set_csv(letter.slug, letter.token or HIDDEN)
    counted = wording.count(letter.made, "access code")
    return Words(
        sender=letter.workspace,
        subject=subject(MessageKind.DOWNLOAD, letter.product, letter.days, letter.made),
        glance=f"From {apart(letter.workspace)}. The download works until {until}.",
        heading=f"{counted} for {apart(letter.product)}",
        lead="They are ready. The file holds every code with its own activation link.",
        action=link("Download CSV", path, masked=letter.token is None),
        below=(
            f"The link works until {until}. After that the batch's page has the file.",
            "You are asked to sign in; only people who may see the batch get it.",
        ),
        facts=_plan(letter),
    )


def _personal(letter: PersonalLetter) -> Words:
    redeem = get_settings().base_url + routes.REDEEM
    return Words(
        sender=letter.workspace,
        subject=subject(MessageKind.PERSONAL, letter.product, letter.days, 1),
        glance=f"From {apart(letter.workspace)}. {wording.terms(letter.days)}",
        heading=f"Your access code for {apart(letter.product)}",
        lead=f"{_for(letter.name)}{wording.terms(letter.days)}",
        code=letter.code.text,
        action=_activation(letter.code),
        below=(f"Or type the code at {redeem}",),
        facts=(*_plan(letter), *_validity(letter)),
        foot=(HARMLESS,),
    )


def _confirmation(letter: ConfirmationLetter) -> Words:
    until = _last(letter.until, letter.zone) if letter.until else "No end date"
    later = letter.begins_on > letter.activated_on
    begins = f"{wording.day(letter.begins_on)}, when the access you already had ends"
    return Words(
        sender=letter.workspace,
        subject=subject(MessageKind.CONFIRMATION, letter.product, letter.days, 1),
        glance=f"From {apart(letter.workspace)}. Until: {until}.",
        heading=f"You have access to {apart(letter.product)}",
        lead=f"{_for(letter.name)}Activated on {wording.day(letter.activated_on)}.",
        action=_activation(LetterCode(text="", token=letter.token), "Show my access"),
        below=("The page asks for the e-mail address that this mail went to.",),
        facts=(
            *_plan(letter),
            ("From", begins if later else wording.day(letter.begins_on)),
            ("Until", until),
        ),
    )


def _for(name: str) -> str:
    return f"For {apart(name)}. " if name else ""


def _access(days: int | None) -> str:
    return "access for a lifetime" if days is None else f"{wording.count(days, 'day')} of access"


def _plan(letter: OfPlan) -> tuple[tuple[str, str], ...]:
    """The plan with its terms, where its name is not the same words already."""
    length = wording.length(letter.days)
    same = letter.plan.casefold() == length.casefold()
    return (("Plan", letter.plan if same else f"{apart(letter.plan)}, {length.lower()}"),)


def _validity(letter: OfCodes) -> tuple[tuple[str, str], ...]:
    facts: list[tuple[str, str]] = []
    if letter.valid_from:
        facts.append(("Valid from", f"{wording.day(letter.valid_from)} ({letter.zone})"))
    if letter.expires_on:
        facts.append(("Expires on", _last(letter.expires_on, letter.zone)))
    return tuple(facts)


def _last(day: date, zone: str) -> str:
    return f"{wording.day(day)}, the end of that day ({zone})"


def _activation(code: LetterCode, label: str = "Activate") -> Link:
    path = routes.activation(code.token) if code.token else routes.ACTIVATION.format(token=HIDDEN)
    return link(label, path, masked=code.token is None)


def link(label: str, path: str, *, masked: bool) -> Link:
    """To a path here; masked it leads nowhere."""
    address = get_settings().base_url + path
    return Link(label=label, address=address, target="" if masked else address)
