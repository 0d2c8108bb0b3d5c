"""What the attacks measured, kept line by line for the table of `make trust`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".trust.jsonl"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what was attacked, what came of it, what must come of it."""

    test: str
    figure: str
    target: str
    held: bool
    why: str = ""


def held(*, test: str, figure: str, target: str, holds: bool, why: str = "") -> None:
    """Keep the line, and fail the test where it does not hold. `test` is a number: "T01"."""
    keep(Line(test, figure, target, held=holds, why="" if holds else why or "see the test"))
    assert holds, f"{test}: {figure}; must be: {target}. {why}"


def keep(line: Line) -> None:
    with KEPT.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(line)) + "\n")


def kept() -> list[Line]:
    if not KEPT.exists():
        return []
    return [Line(**json.loads(line)) for line in KEPT.read_text(encoding="utf-8").splitlines()]
