"""When a backup was checked last, and with what result: a note beside its manifest."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NAME = "checked.json"


@dataclass(frozen=True, slots=True)
class Standing:
    at: datetime
    problems: tuple[str, ...]


def write(backup: Path, at: datetime, problems: Sequence[str]) -> None:
    unfinished = backup / f".{NAME}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"at": at.astimezone(UTC).isoformat(), "problems": list(problems)}, file)
    unfinished.replace(backup / NAME)


def read(backup: Path, made_at: datetime) -> Standing:
    """It was checked when it was made, if not again since."""
    try:
        said = json.loads((backup / NAME).read_text())
        return Standing(datetime.fromisoformat(said["at"]), tuple(map(str, said["problems"])))
    except (OSError, ValueError, TypeError, KeyError):
        return Standing(made_at, ())
