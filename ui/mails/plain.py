"""A mail as plain text: the twin of its HTML, with the same words, codes and links."""

from collections.abc import Iterator

from services.settings import get_settings
from ui.mails.words import Words

RULE = "-" * 40


def text(words: Words) -> str:
    """Paragraphs with an empty line between them."""
    return "\n\n".join("\n".join(lines) for lines in _paragraphs(words) if lines) + "\n"


def _paragraphs(words: Words) -> Iterator[list[str]]:
    facts = [f"{name}: {value}" for name, value in words.facts]
    yield [words.heading]
    yield [words.lead]
    yield [words.code] if words.code else facts
    if words.action:
        yield [f"{words.action.label}:", words.action.address]
    yield [*words.below]
    if words.code:
        yield facts
    for code, link in words.codes:
        yield [code, f"{link.label}: {link.address}"]
    yield [RULE, *words.foot, *signature(words)]


def signature(words: Words) -> Iterator[str]:
    """Who sent it, and whom to ask."""
    yield f"Sent by {words.sender} via Tallystick." if words.is_forwarded else "Sent by Tallystick."
    if contact := get_settings().support_contact:
        yield f"Questions: {contact}"
