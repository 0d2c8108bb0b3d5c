"""The table of the last `make trust`, printed and kept in docs/trust.md.

`python -m tests.trust.table` ends with 1 where a line does not hold.
"""

import os
import platform
import re
import sqlite3
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from tests.trust import figures
from tests.trust.figures import Line

PAGE = figures.ROOT / "docs" / "trust.md"
HEAD = """# Trust

What the attacks of `tests/trust` came to when they last ran at full size. `make trust` runs them
again and writes this page; what each number attacks stands below, and [security](security.md) says
what holds and what does not.

"""
ATTACK = re.compile(r'"""(T\d\d(?:, T\d\d)*): (.+?)(?:"""|$)', re.MULTILINE)


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30


def machine() -> str:
    here = f"{os.cpu_count()} cores, {_memory()} GB of memory, {platform.system()}"
    versions = f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{datetime.now(UTC):%Y-%m-%d}, on {here}, {versions}."


def rows(lines: list[Line]) -> list[str]:
    ordered = sorted(lines, key=lambda line: line.test)
    return [
        "| test | figure | target | held |",
        "| --- | --- | --- | --- |",
        *(
            f"| {line.test} | {_cell(line.figure)} | {_cell(line.target)} | {_verdict(line)} |"
            for line in ordered
        ),
    ]


def attacks() -> list[str]:
    """What each number is about, as the modules say of themselves."""
    about: defaultdict[str, list[str]] = defaultdict(list)
    for module in sorted(Path(__file__).parent.rglob("test_*.py")):
        if found := ATTACK.match(module.read_text(encoding="utf-8")):
            sentence = f"{found[2][0].upper()}{found[2][1:]}"
            for number in found[1].split(", "):
                about[number].append(sentence)
    listed = (
        f"| {number} | {' '.join(sentences)} |" for number, sentences in sorted(about.items())
    )
    return ["| test | attack |", "| --- | --- |", *listed]


def _verdict(line: Line) -> str:
    return "yes" if line.held else f"**NO**: {_cell(line.why)}"


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")


def page(lines: list[Line]) -> str:
    broken = sum(not line.held for line in lines)
    verdict = f"{broken} of {len(lines)} lines do not hold." if broken else "Every line holds."
    legend = ["## What each attacks", "", *attacks()]
    return "\n".join([f"{HEAD}{machine()} {verdict}", "", *rows(lines), "", *legend, ""])


def write(lines: list[Line], place: Path = PAGE) -> int:
    """Print and keep the table; the program's exit code."""
    sys.stdout.write("\n".join([*rows(lines), ""]))
    if not lines:
        return 1
    place.write_text(page(lines), encoding="utf-8")
    return int(not all(line.held for line in lines))


if __name__ == "__main__":
    sys.exit(write(figures.kept()))
