"""What a backup says of itself: what is in it, up to where its log goes, and with which keys."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services import head_statement, keys

NAME = "manifest.json"
DATABASE, HEADS, EVIDENCE = "database.sqlite3", "heads.jsonl", "evidence"
FORMAT = 1
PURPOSE = b"tallystick backup 1\n"
LONGEST = 64 * 1024 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")
FILE = re.compile(rf"database\.sqlite3|heads\.jsonl|{EVIDENCE}/[0-9a-f]{{64}}")


class NotABackup(Exception):
    """It is none, or not as it was made; the message is a finished sentence."""


class Made(StrEnum):
    """On whose word; only those of the night give way to newer ones."""

    HAND = "by hand"
    NIGHT = "nightly"
    COMMAND = "command line"


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it was put into the backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`person_id` pressed the button. The log ends with the seal `seq`, the entry `last_entry`.

    `head` is the newest signed head as a line, `key_check` what its key must answer; `missing`
    are files of evidence that were gone or damaged before.
    """

    program: str
    format: int = FORMAT
    made_at: datetime
    made: Made
    person_id: int | None
    tables: dict[str, int]
    seq: int
    digest: str
    last_entry: int
    head: str
    key_check: str
    keys: dict[str, str]
    files: dict[str, Content]
    missing: tuple[str, ...] = ()
    public_key: str = field(default_factory=lambda: _signer().public_key().public_bytes_raw().hex())

    @property
    def codes(self) -> int:
        return self.tables.get("code", 0)

    @property
    def entries(self) -> int:
        return self.tables.get("audit_entry", 0)

    @property
    def size(self) -> int:
        return sum(content.size for content in self.files.values())

    @property
    def is_ours(self) -> bool:
        """Whether one of our keys signed it, also one that was replaced since."""
        return head_statement.is_signer(self.public_key)

    @property
    def newest_key(self) -> int:
        """The number of the newest key that its database knows."""
        return max((int(number) for number in self.keys), default=0)


def to_bytes(manifest: Manifest) -> bytes:
    """As it stands in the backup: readable, and signed so that nobody can make up another."""
    said = json.loads(_statement(asdict(manifest)))
    said["signature"] = _signer().sign(PURPOSE + _statement(said)).hex()
    return f"{json.dumps(said, indent=1, sort_keys=True)}\n".encode()


def from_bytes(content: bytes) -> Manifest:
    """Raises NotABackup also where it was changed since."""
    try:
        said = json.loads(content)
        signature = bytes.fromhex(said.pop("signature"))
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["public_key"]))
        key.verify(signature, PURPOSE + _statement(said))
        if said["format"] != FORMAT:
            raise NotABackup("A newer Tallystick made this backup. Restore it with that one.")
        return _manifest(said)
    except InvalidSignature:
        raise NotABackup("The manifest of this backup was changed since it was made.") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotABackup("The manifest of this backup cannot be read.") from None


def _manifest(said: Mapping[str, Any]) -> Manifest:
    files = {name: Content(**content) for name, content in said["files"].items()}
    if not all(map(FILE.fullmatch, files)) or DATABASE not in files:
        raise ValueError("no name of ours")
    read: dict[str, Any] = {
        **said,
        "made": Made(said["made"]),
        "made_at": datetime.fromisoformat(said["made_at"]).astimezone(UTC),
        "files": files,
        "missing": tuple(said["missing"]),
    }
    return Manifest(**read)


def _statement(values: Mapping[str, Any]) -> bytes:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), default=_plain)
    return text.encode()


def _plain(value: Any) -> str:
    assert isinstance(value, datetime), "all else is JSON already"
    return value.astimezone(UTC).isoformat()


def _signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.ring().sign)
