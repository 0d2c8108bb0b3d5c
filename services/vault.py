"""How codes rest in the database: sealed for showing, and as a keyed digest for finding."""

import os
import struct
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from services import keys
from services.keys import KeyRing

_NONCE_BYTES = 12
_PLACE = struct.Struct(">BQQQ")


class SealBroken(Exception):
    """A sealed code that this key, or this place in the database, does not open."""


def seal(body: str, *, workspace_id: int, batch_id: int, ordinal: int) -> bytes:
    """One byte of key id, 12 of nonce, then AES-256-GCM ciphertext and tag."""
    ring = keys.ring()
    nonce = os.urandom(_NONCE_BYTES)
    place = _PLACE.pack(ring.key_id, workspace_id, batch_id, ordinal)
    return bytes((ring.key_id,)) + nonce + _cipher(ring.seal).encrypt(nonce, body.encode(), place)


def unseal(sealed: bytes, *, workspace_id: int, batch_id: int, ordinal: int) -> str:
    """By the key that sealed it. Raises SealBroken for a key not in use, another place or altered
    bytes.
    """
    ring = keys.numbered(sealed[0]) if sealed else None
    if ring is None:
        raise SealBroken("This code was sealed with a key that is not in use.")
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    place = _PLACE.pack(ring.key_id, workspace_id, batch_id, ordinal)
    try:
        return _cipher(ring.seal).decrypt(nonce, ciphertext, place).decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("This code was altered, moved or sealed with another key.") from error


def digest(body: str) -> bytes:
    """32 bytes by which a new code will be found; any text may be asked for."""
    return _digest(keys.ring(), body)


def digests(body: str) -> tuple[bytes, ...]:
    """By which a cleaned code is found, whichever key it was made with; at most one finds it."""
    return tuple(_digest(ring, body) for ring in keys.finding())


def anew(sealed: bytes, *, workspace_id: int, batch_id: int, ordinal: int) -> tuple[bytes, bytes]:
    """Seal and digest of the same code by the newest key. Raises SealBroken."""
    place = {"workspace_id": workspace_id, "batch_id": batch_id, "ordinal": ordinal}
    body = unseal(sealed, **place)
    return seal(body, **place), digest(body)


def _digest(ring: KeyRing, body: str) -> bytes:
    keyed = _keyed(ring.digest).copy()
    keyed.update(body.encode("utf-8", "surrogatepass"))
    return keyed.finalize()


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=4)
def _keyed(key: bytes) -> HMAC:
    return HMAC(key, SHA256())  # copied for each digest: that halves the time
