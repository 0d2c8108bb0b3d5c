"""One page of a list."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    rows: list[T]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Where a page by key begins: below one id or above another; without either at the newest."""

    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed(Generic[T]):
    """One page by key, newest first, and where its neighbours begin, if there may be any.

    `reached` says that the search stopped there for now; what is older was not looked at yet.
    """

    rows: list[T]
    newer: Key | None = None
    older: Key | None = None
    reached: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which page (from 1), how many rows, in which order; what a browser sends is not trusted."""

    number: int = 1
    rows: int = 25
    sort: str = ""
    descending: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", min(max(1, self.rows), MOST_ROWS))

    def offset(self, total: int) -> int:
        """Where the page begins; the last page when there are fewer."""
        last = max(1, -(-total // self.rows))
        return (min(max(1, self.number), last) - 1) * self.rows

    def order(self, sortable: dict[str, str], default: str) -> list[str]:
        """Columns to order by, with the id last so that the order is total."""
        column = sortable.get(self.sort, sortable[default])
        sign = "-" if self.descending else ""
        return [f"{sign}{column}"] if column == "id" else [f"{sign}{column}", "-id"]
