"""How a secret of a person rests in the database: sealed for one purpose and one account."""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services import keys
from services.vault import SealBroken

_NONCE_BYTES = 12
_USER = struct.Struct(">Q")


def seal(secret: str, *, purpose: str, user_id: int) -> bytes:
    """One byte of key id, 12 of nonce, then AES-256-GCM ciphertext and tag."""
    ring = keys.ring()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(ring.secret).encrypt(nonce, secret.encode(), _place(purpose, user_id))
    return bytes((ring.key_id,)) + nonce + sealed


def unseal(sealed: bytes, *, purpose: str, user_id: int) -> str:
    """By the key that sealed it. Raises SealBroken for a key not in use, another purpose or
    account, and altered bytes.
    """
    ring = keys.numbered(sealed[0]) if sealed else None
    if ring is None:
        raise SealBroken("This secret was sealed with a key that is not in use.")
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        opened = AESGCM(ring.secret).decrypt(nonce, ciphertext, _place(purpose, user_id))
        return opened.decode()
    except (InvalidTag, ValueError) as error:
        raise SealBroken("This secret was altered, moved or sealed with another key.") from error


def anew(sealed: bytes, *, purpose: str, user_id: int) -> bytes:
    """The same secret sealed with the newest key. Raises SealBroken."""
    secret = unseal(sealed, purpose=purpose, user_id=user_id)
    return seal(secret, purpose=purpose, user_id=user_id)


def _place(purpose: str, user_id: int) -> bytes:
    return purpose.encode() + b"\0" + _USER.pack(user_id)
