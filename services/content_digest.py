"""The size and the SHA-256 of a file."""

import hashlib
from pathlib import Path

from services.backup_manifest import Content


def content_of(file: Path) -> Content:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Content(file.stat().st_size, digest)
