"""Names of files that people send: kept for showing and saving, never as a path."""

import re
import unicodedata
from pathlib import PurePosixPath

NAME_MOST = 120


def safe(name: str) -> str:
    """A name to show and to save under: no path, nothing unseen, at most 120 characters."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    path = PurePosixPath(" ".join(seen.split()).strip(" .") or "file")
    ending = path.suffix[:20]
    return path.name.removesuffix(path.suffix)[: NAME_MOST - len(ending)] + ending
