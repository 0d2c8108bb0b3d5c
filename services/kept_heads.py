"""Heads that somebody kept elsewhere."""

from collections.abc import Sequence

from services import head_lines
from services.audit_findings import Fault, Finding, Findings
from services.errors import Invalid
from services.head_lines import NotAHead
from services.head_statement import Head

NO_HEAD = "Line {} is not a head, or it was changed since it was signed."
KEPT_MOST = 2_000_000  # characters, many years of heads


def read(text: str) -> list[Head]:
    """Heads that somebody kept elsewhere. Raises Invalid(kept)."""
    if len(text) > KEPT_MOST:
        raise Invalid({"kept": "That is more than heads. Paste the lines of a heads.jsonl."})
    heads: list[Head] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                heads.append(head_lines.from_line(line.strip()))
            except NotAHead:
                raise Invalid({"kept": NO_HEAD.format(number)}) from None
    return heads


def tell_foreign(kept: Sequence[Head], findings: Findings) -> None:
    for head in kept:
        if not head.is_ours:
            findings.add(Finding(fault=Fault.HEAD_FOREIGN, seq=head.seq, source="kept"))
