"""One rule for every short text a person enters."""

import unicodedata

from services.errors import Invalid

SOUGHT_MAX = 254  # the longest e-mail address


def line(text: str, *, field: str, what: str, longest: int, required: bool = True) -> str:
    """One line of text, trimmed, spaces folded. Raises Invalid(field) with a sentence."""
    cleaned = " ".join(text.split())
    if required and not cleaned:
        raise Invalid({field: f"Enter {what}."})
    if len(cleaned) > longest:
        raise Invalid({field: f"At most {longest} characters; this has {len(cleaned)}."})
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in cleaned):
        raise Invalid({field: "It holds a character that cannot be shown. Type it again."})
    return cleaned


def sought(text: str) -> str:
    """What a person searches for, without what no database can look for."""
    shown = (c for c in text[:SOUGHT_MAX] if unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(shown).strip()
