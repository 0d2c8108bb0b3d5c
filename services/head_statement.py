"""A signed head: the statement that the log ended with this digest at that time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

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
        """Signed by one of our keys, also by one that was replaced since."""
        return self.installation == _signers().get(self.public_key)


def installation_of(public_key: str) -> str:
    """The installation that a head with this key is of; by the newest key where none is ours."""
    return _signers().get(public_key, keys.ring().check_value)


def is_signer(public_key: str) -> bool:
    """Whether it is of one of our keys, also of one that was replaced since."""
    return public_key in _signers()


def _signers() -> dict[str, str]:
    return {_public_key(ring.sign): ring.check_value for ring in keys.every()}


def sign(seq: int, digest: str, at: datetime) -> Head:
    ring = keys.ring()
    said = _statement(ring.check_value, seq, digest, at)
    signature = Ed25519PrivateKey.from_private_bytes(ring.sign).sign(said).hex()
    return Head(
        installation=ring.check_value,
        seq=seq,
        digest=digest,
        at=at,
        public_key=_public_key(ring.sign),
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


@lru_cache(maxsize=8)
def _public_key(sign: bytes) -> str:
    return Ed25519PrivateKey.from_private_bytes(sign).public_key().public_bytes_raw().hex()


def _statement(installation: str, seq: int, digest: str, at: datetime) -> bytes:
    return "\n".join((PURPOSE, installation, str(seq), digest, stamp(at))).encode()


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
