"""A signed head: the statement that the log ended with this digest at that time."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from services import keys

PURPOSE = "tallystick audit head 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`installation` tells one installation's key file from another's."""

    installation: str
    seq: int
    digest: str
    at: datetime
    public_key: str
    signature: str

    @property
    def is_ours(self) -> bool:
        return self.public_key == public_key() and self.installation == keys.ring().check_value


def public_key() -> str:
    return _private_key().public_key().public_bytes_raw().hex()


def sign(seq: int, digest: str, at: datetime) -> Head:
    installation = keys.ring().check_value
    signature = _private_key().sign(_statement(installation, seq, digest, at)).hex()
    return Head(
        installation=installation,
        seq=seq,
        digest=digest,
        at=at,
        public_key=public_key(),
        signature=signature,
    )


def is_signed(head: Head) -> bool:
    """Whether the signature is that of its own key over exactly this statement."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.public_key))
        said = _statement(head.installation, head.seq, head.digest, head.at)
        key.verify(bytes.fromhex(head.signature), said)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _private_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.ring().sign)


def _statement(installation: str, seq: int, digest: str, at: datetime) -> bytes:
    return "\n".join((PURPOSE, installation, str(seq), digest, stamp(at))).encode()


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
