"""What a list of people comes to, in words."""

from services.deliveries import Preview, too_many
from services.recipients import NO_ADDRESS, Recipients, Wrong
from ui import wording
from ui.components.send_dialog import Comes

LINES_NAMED = 3


def comes_to(found: Recipients, preview: Preview) -> Comes:
    sentences = [summary(found)] if found.people or found.wrong else []
    if preview.before:
        have = wording.count(len(preview.before), "of them has", "of them have")
        sentences.append(f"{have} a code of this batch already and will get no other.")
    return Comes(
        sentences=sentences,
        wrong=[_line(each) for each in found.wrong],
        people=len(preview.fresh),
        missing="" if preview.is_enough else too_many(len(preview.fresh), preview.left),
    )


def summary(found: Recipients) -> str:
    """As in "12 addresses, 1 twice, 1 not an address: line 7"."""
    parts = [wording.count(len(found.people), "address", "addresses")]
    if found.twice:
        parts.append(f"{len(found.twice):,} twice")
    if found.wrong:
        parts.append(_wrong(found.wrong))
    return ", ".join(parts)


def _wrong(wrong: tuple[Wrong, ...]) -> str:
    is_address = any(each.reason != NO_ADDRESS for each in wrong)
    what = "cannot be used" if is_address else "not an address"
    lines = sorted({each.line for each in wrong})
    named = ", ".join(str(line) for line in lines[:LINES_NAMED])
    more = f" and {len(lines) - LINES_NAMED:,} more" if len(lines) > LINES_NAMED else ""
    return f"{len(wrong):,} {what}: line{'s' if len(lines) > 1 else ''} {named}{more}"


def left(codes: int) -> str:
    return f"{wording.count(codes, 'code is', 'codes are')} neither sent nor used."


def _line(wrong: Wrong) -> str:
    return f"Line {wrong.line}: {wrong.text or '(empty)'}, {wrong.reason}"
