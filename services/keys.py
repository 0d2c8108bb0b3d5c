"""The keys of the installation: each for one purpose, derived from what its key file holds."""

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Older:
    """A key that was replaced: it opens what it sealed, and signed what it signed.

    `finds`: codes may still be found by its digests; `links`: links made with it work.
    """

    ring: KeyRing
    finds: bool = True
    links: bool = True


_in_use: KeyRing | None = None
_older: tuple[Older, ...] = ()


def use(newest: KeyRing, older: Sequence[Older] = ()) -> None:
    global _in_use, _older
    _in_use, _older = newest, tuple(older)


def retire(number: int) -> None:
    """Nothing is found by this key any more."""
    global _older
    kept = (each for each in _older if each.ring.key_id != number)
    gone = (each for each in _older if each.ring.key_id == number)
    _older = (*kept, *(Older(each.ring, finds=False, links=each.links) for each in gone))


def ring() -> KeyRing:
    """The newest: it seals, finds, links and signs what is new."""
    if _in_use is None:
        raise RuntimeError("No key is in use yet. Load the key file first.")
    return _in_use


def every() -> list[KeyRing]:
    """Those that open and have signed, the newest first."""
    return [ring(), *(each.ring for each in _older)]


def finding() -> list[KeyRing]:
    return [ring(), *(each.ring for each in _older if each.finds)]


def linking() -> list[KeyRing]:
    return [ring(), *(each.ring for each in _older if each.links)]


def numbered(number: int) -> KeyRing | None:
    return next((each for each in every() if each.key_id == number), None)


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
