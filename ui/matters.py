"""How each matter that needs somebody is said, and where it leads: one table."""

from collections.abc import Callable

from models.enums import CodeKind
from services.actor import Actor
from services.attention import Attention, Matter
from ui import routes, wording
from ui.components.matters import MatterLine

LISTS = {CodeKind.ACCESS: routes.access_codes, CodeKind.PURCHASE: routes.purchase_codes}


def line(actor: Actor, found: Attention, *, batch_path: Callable[[str, int], str]) -> MatterLine:
    """`batch_path` leads to a batch of the dashboard's kind of code."""
    label, words = TABLE[found.matter]
    title, about = words(actor, found)
    return MatterLine(
        matter=found.matter,
        title=title,
        about=about,
        label=label,
        path=_path(actor.slug, found, batch_path),
    )


def _path(slug: str, found: Attention, batch_path: Callable[[str, int], str]) -> str:
    match found.matter:
        case Matter.MAIL_FAILED:
            return routes.messages(slug)
        case Matter.AGREEMENT_ENDS:
            return routes.agreements(slug)
        case Matter.AWAITING_CODE:
            return routes.evaluation(slug, found.target_id or 0)
        case Matter.CODES_HELD if found.target_id is None:
            return LISTS[found.kind or CodeKind.ACCESS](slug)
        case _:
            return batch_path(slug, found.target_id or 0)


def _mail(_: Actor, found: Attention) -> tuple[str, str]:
    mails = wording.count(found.number, "mail")
    return f"{mails} could not be delivered", _joined(found.name, found.detail)


def _failed(_: Actor, found: Attention) -> tuple[str, str]:
    codes = wording.count(found.number, "code")
    return f"{codes} could not be made", _joined(found.name, found.detail)


def _under_way(_: Actor, found: Attention) -> tuple[str, str]:
    verb = "is" if found.number == 1 else "are"
    progress = wording.progress(found.made, found.number)
    return f"{wording.count(found.number, 'code')} {verb} being made", f"{found.name}, {progress}"


def _held(_: Actor, found: Attention) -> tuple[str, str]:
    verb = "is" if found.number == 1 else "are"
    title = f"{wording.count(found.number, 'code')} {verb} held after a restore"
    if found.target_id is None:
        return title, f"in {wording.count(found.made, 'batch', 'batches')}"
    return title, f"{found.name}, batch {found.target_id}"


def _expire(actor: Actor, found: Attention) -> tuple[str, str]:
    verb = "expires" if found.number == 1 else "expire"
    title = f"{wording.count(found.number, 'code')} {verb} {_by(actor, found)}"
    return title, f"{found.name}, batch {found.target_id}"


def _ends(actor: Actor, found: Attention) -> tuple[str, str]:
    title = f"Agreement {found.name} ends {_by(actor, found)}"
    return title, f"{found.detail}, {found.number:,} left"


def _awaiting(_: Actor, found: Attention) -> tuple[str, str]:
    return f"{found.name} waits for a purchase code", found.detail


def _by(actor: Actor, found: Attention) -> str:
    assert found.at, "what ends has a moment"
    return wording.last_day(found.at, actor.time_zone)


def _joined(first: str, second: str) -> str:
    return ": ".join(part for part in (first, second) if part)


# the button's label, and the words
TABLE: dict[Matter, tuple[str, Callable[[Actor, Attention], tuple[str, str]]]] = {
    Matter.MAIL_FAILED: ("Review", _mail),
    Matter.BATCH_FAILED: ("View", _failed),
    Matter.BATCH_UNDER_WAY: ("View", _under_way),
    Matter.CODES_HELD: ("Review", _held),
    Matter.CODES_EXPIRE: ("View", _expire),
    Matter.AGREEMENT_ENDS: ("View", _ends),
    Matter.AWAITING_CODE: ("Open", _awaiting),
}
