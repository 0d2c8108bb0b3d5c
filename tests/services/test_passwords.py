"""Which passwords are taken, and how they are kept."""

import argon2
import pytest

from services import passwords
from services.errors import Invalid


@pytest.mark.parametrize(
    "password",
    [
        "",
        "elevenchars",
        "password1234",
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaaaaaa",
        "tallystick12",
        "Ada Lovelace",
        "x" * 257,
    ],
)
async def test_a_short_or_common_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as wrong:
        await passwords.check_strength(password, known=("Ada Lovelace", "ada@example.org"))
    assert wrong.value.fields["password"].endswith(".")


@pytest.mark.parametrize(
    "password",
    ["harbour lantern violet 42", "Zürich im Nebel, halb neun", "🐙🪁🧭🫖🪕🧦🪐🛶🪵🧃🫧🪺"],
)
async def test_a_password_that_is_hard_to_guess_is_taken(password: str) -> None:
    await passwords.check_strength(password)


async def test_the_hash_is_argon2id_with_the_recommended_cost() -> None:
    hashed = await passwords.hash_password("harbour lantern violet 42")
    found = argon2.extract_parameters(hashed)
    assert found.type is argon2.Type.ID
    assert (found.memory_cost, found.time_cost) >= (64 * 1024, 3)


async def test_only_the_same_password_matches(cheap_passwords: None) -> None:
    hashed = await passwords.hash_password("harbour lantern violet 42")
    assert await passwords.matches("harbour lantern violet 42", hashed)
    assert not await passwords.matches("harbour lantern violet 43", hashed)


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
async def test_nothing_matches_where_there_is_no_hash(
    cheap_passwords: None, stored: str | None
) -> None:
    assert not await passwords.matches("nobody has this password", stored)
