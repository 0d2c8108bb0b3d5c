"""What is known of where the log went: an older copy would bring spent codes back to life."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services import copied_database, head_lines, kept_heads
from services.head_lines import NotAHead
from services.newer_database import Newer

AT_MOST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Known:
    """The log had this seal, with this digest, at this time; `source` says who knows."""

    seq: int
    digest: str
    at: datetime
    source: str


def found(heads_file: Path, given: str, newer: Newer | None) -> list[Known]:
    """Raises Invalid where what was given are no heads."""
    end = newer.end if newer else None
    known = [Known(end.seq, end.digest, end.at, "the database in the data folder")] if end else []
    given_heads = [head for head in kept_heads.read(given) if head.is_ours]
    known += [Known(h.seq, h.digest, h.at, "the head you gave") for h in given_heads]
    return [*known, *_filed(heads_file)]


def _filed(file: Path) -> Iterator[Known]:
    if not file.is_file():
        return
    for line in file.read_text("utf-8", errors="replace")[:AT_MOST].splitlines():
        try:
            head = head_lines.from_line(line)
        except NotAHead:
            continue
        if head.is_ours:
            yield Known(head.seq, head.digest, head.at, "heads.jsonl in the data folder")


def newest_missing(known: list[Known], copy: Path) -> Known | None:
    """The newest one that the log of the copy does not hold as it was."""
    with copied_database.opened(copy) as database:
        for each in sorted(known, key=lambda one: one.seq, reverse=True):
            rows = copied_database.read(
                database, "SELECT digest FROM audit_seal WHERE seq = ?", each.seq
            )
            if each.seq and (not rows or rows[0]["digest"] != each.digest):
                return each
    return None
