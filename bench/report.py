"""One line for each figure: what it is, beside what, against which target."""

import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

HEADINGS = ("", "Tallystick", "raw SQLite", "ratio", "target", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`met` None means that it was not measured, or has no target."""

    name: str
    ours: str
    raw: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "MISSED", None: ""}[self.met]

    @property
    def cells(self) -> tuple[str, ...]:
        return self.name, self.ours, self.raw, self.ratio, self.target, self.verdict


def show(figures: Iterable[Figure]) -> None:
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load {load}")
    print("Medians; WAL, synchronous=FULL, same schema, indexes and triggers on both sides.\n")
    for row in rows:
        name, *others = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join([name, *others]).rstrip())
