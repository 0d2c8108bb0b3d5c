"""The chain over the log: the bytes an entry stands for, and the digest that seals them."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

GENESIS = "0" * 64  # stands where the first seal has no digest before it
COLUMNS = ("id", "at", "workspace_id", "person_id", "action", "resource", "target_id", "detail")


class Unreadable(ValueError):
    """No entry that this program wrote looks like that."""


def canonical(row: Mapping[str, Any]) -> bytes:
    """Every column of an entry, the same bytes on both databases. Raises Unreadable."""
    try:
        values = [row["id"], _instant(row["at"]), *(row[name] for name in COLUMNS[2:-1])]
        text = _ENCODER.encode([*values, _detail(row["detail"])])
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    return text.encode()


def digest(previous: str, seq: int, entry: bytes) -> str:
    """SHA-256 over the digest before it, its place, and the entry."""
    return hashlib.sha256(f"{previous}\n{seq}\n".encode() + entry).hexdigest()


def instant(value: datetime | str) -> datetime:
    """A time as either database gives it. Raises ValueError, TypeError."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _instant(value: datetime | str) -> str:
    return instant(value).isoformat(timespec="microseconds")


def _detail(value: Any) -> Any:
    """SQLite keeps JSON as the text that was written, PostgreSQL as what it means."""
    if not isinstance(value, str):
        return value
    return _DECODER.decode(value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # of two equal names each reader would believe another one
    found = dict(pairs)
    return found if len(found) == len(pairs) else _refuse("a name stands twice")


def _refuse(what: str) -> NoReturn:
    raise ValueError(what)


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse)
