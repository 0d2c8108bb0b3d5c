"""Passwords: argon2id, in a thread, at most two at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from services import redaction
from services.errors import Invalid

SHORTEST, LONGEST = 12, 256
STRONG_ENOUGH = 3  # zxcvbn: "safely unguessable, moderate protection from offline attack"

T = TypeVar("T")
_hasher = argon2.PasswordHasher()  # the library's profile, RFC 9106 "low memory"
_two_at_once = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_two_at_once, work)


@lru_cache
def _hash_of_nobody() -> str:
    return _hasher.hash("nobody has this password")


async def check_strength(password: str, *, known: tuple[str, ...] = ()) -> None:
    """Raise Invalid for a password that is too short or easily guessed.

    `known` are words an attacker would try first, such as the person's name and address.
    """
    if len(password) < SHORTEST:
        raise Invalid({"password": f"Use at least {SHORTEST} characters."})
    if len(password) > LONGEST:
        raise Invalid({"password": f"Use at most {LONGEST} characters."})
    # zxcvbn's time grows with the length, and 64 characters show a pattern
    found = await _in_thread(lambda: zxcvbn(password[:64], user_inputs=["tallystick", *known]))
    if found["score"] < STRONG_ENOUGH:
        reason = found["feedback"]["warning"] or "This password is easily guessed."
        raise Invalid({"password": f"{reason.rstrip('.')}. Choose another one."})


async def hash_password(password: str) -> str:
    redaction.hide(password)
    return await _in_thread(lambda: _hasher.hash(password))


async def matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is right; takes as long for an account that does not exist."""
    redaction.hide(password)

    def verify() -> bool:
        try:
            return _hasher.verify(password_hash or _hash_of_nobody(), password)
        except (VerificationError, InvalidHashError):
            return False

    right = await _in_thread(verify)
    return right and bool(password_hash)
