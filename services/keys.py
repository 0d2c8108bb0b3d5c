"""The keys of the installation: each for one purpose, derived from what its key file holds."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class KeyFileError(Exception):
    """Carries a finished sentence for the person who starts the program."""


@dataclass(frozen=True)
class KeyRing:
    key_id: int
    seal: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    link: bytes = field(repr=False)
    form: bytes = field(repr=False)
    sign: bytes = field(repr=False)
    secret: bytes = field(repr=False)
    check_value: str


_in_use: KeyRing | None = None


def use(key_ring: KeyRing) -> None:
    global _in_use
    _in_use = key_ring


def ring() -> KeyRing:
    if _in_use is None:
        raise RuntimeError("No key is in use yet. Load the key file first.")
    return _in_use


def derive(key_id: int, master: bytes) -> KeyRing:
    def subkey(purpose: str) -> bytes:
        info = f"tallystick {purpose} {key_id}".encode("ascii")
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)

    return KeyRing(
        key_id=key_id,
        seal=subkey("seal"),
        digest=subkey("digest"),
        link=subkey("link"),
        form=subkey("form"),
        sign=subkey("sign"),
        secret=subkey("secret"),
        check_value=subkey("check")[:16].hex(),
    )
