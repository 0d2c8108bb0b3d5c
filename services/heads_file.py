"""heads.jsonl: the signed heads again, beside the database; lines are only ever added."""

import os
import threading
from pathlib import Path

from services import disk, head_lines, head_statement
from services.head_lines import NotAHead
from services.head_statement import Head
from services.settings import get_settings

NAME = "heads.jsonl"
_one_writer = threading.Lock()


def path() -> Path:
    return get_settings().data_dir / NAME


def lines() -> list[str]:
    """Every finished line; one that a crash cut short has no end and says nothing."""
    try:
        text = path().read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return text[: text.rfind("\n") + 1].splitlines()


def add_missing(heads: list[Head]) -> int:
    """Write those that do not stand in the file yet, and wait until the disk has them."""
    signed = [head for head in heads if head_statement.is_signed(head)]
    with _one_writer:
        there = set(map(_signature, lines()))
        new = [head for head in signed if head.signature not in there]
        if new:
            _append("".join(f"{head_lines.to_line(head)}\n" for head in new).encode())
    return len(new)


def _signature(line: str) -> str:
    try:
        return head_lines.parse(line).signature
    except NotAHead:
        return ""


def _append(content: bytes) -> None:
    is_new = not path().exists()
    descriptor = os.open(path(), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        before = file.read()
        file.seek(before.rfind(b"\n") + 1)  # over a line that a crash cut short
        file.truncate()
        file.write(content)
        disk.sync(file)
    if is_new:
        disk.sync_folder(path().parent)
