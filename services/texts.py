"""One rule for every text a person enters."""

import unicodedata

from services.errors import Invalid

# Unicode TR9: marks, embeddings, overrides and isolates of direction
TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs without ink
SOUGHT_MAX = 254  # the longest e-mail address


def line(text: str, *, field: str, what: str, longest: int, required: bool = True) -> str:
    """One line of text, trimmed, spaces folded. Raises Invalid(field) with a sentence."""
    cleaned = " ".join(text.split())
    if required and not cleaned:
        raise Invalid({field: f"Enter {what}."})
    if len(cleaned) > longest:
        raise Invalid({field: f"At most {longest} characters; this has {len(cleaned)}."})
    if not all(map(_may_stand, cleaned)):
        raise Invalid({field: "It holds a character that cannot be shown. Type it again."})
    if cleaned and not any(map(_is_seen, cleaned)):
        raise Invalid({field: f"Enter {what}; this has nothing that can be seen."})
    return cleaned


def lines(text: str, *, field: str, what: str, longest: int, required: bool = True) -> str:
    """As `line`, with its line breaks; blanks are kept within a line, not around the text."""
    kept = "\n".join(each.rstrip().expandtabs(4) for each in text.splitlines()).strip("\n")
    if len(kept) > longest:
        raise Invalid({field: f"At most {longest} characters; this has {len(kept)}."})
    line(kept, field=field, what=what, longest=longest, required=required)
    return kept


def taken(name: str) -> Invalid:
    """Of two things in one place that would have the same name, also where one is archived."""
    return Invalid({"name": f"“{name}” exists already, perhaps archived. Choose another name."})


def _may_stand(character: str) -> bool:
    """Not what no database holds, and not what turns round the words beside it."""
    return unicodedata.category(character) not in ("Cc", "Cs") and character not in TURNS


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ" and character not in BLANKS


def sought(text: str) -> str:
    """What a person searches for, without what no database can look for."""
    shown = (c for c in text[:SOUGHT_MAX] if unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(shown).strip()
