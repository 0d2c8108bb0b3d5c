"""Recovery codes: each once, forgiven as people type them, and none of them readable at rest."""

import asyncio

import pytest

from models import Passkey, RecoveryCode
from services import recovery
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict
from tests.cast import Cast
from tests.second_factors import signed_in, with_app


@unit_of_work
async def take(actor: Actor, typed: str) -> bool:
    code = recovery.letters(typed)
    return bool(code) and await recovery.take(actor.user_id, code)


async def test_each_code_works_once(cast: Cast) -> None:
    app = await with_app(cast.sam)
    for code in app.recovery:
        assert await take(cast.sam, code)
        assert not await take(cast.sam, code)
    assert not await RecoveryCode.exists(used_at=None)


async def test_of_many_at_once_with_the_same_code_one_gets_in(cast: Cast) -> None:
    app = await with_app(cast.sam)
    taken = await asyncio.gather(*(take(cast.sam, app.recovery[3]) for _ in range(8)))
    assert sum(taken) == 1
    assert await RecoveryCode.filter(used_at=None).count() == 9


async def test_typing_is_forgiven(cast: Cast) -> None:
    app = await with_app(cast.sam)
    assert await take(cast.sam, app.recovery[0].lower().replace("-", " "))
    assert await take(cast.sam, f" {app.recovery[1].replace('-', '')}\n")


@pytest.mark.parametrize("typed", ["", "x", "2" * 19, "2" * 20, "2" * 21, "0" * 20, "9" * 9999])
async def test_what_is_none_of_them_opens_nothing(cast: Cast, typed: str) -> None:
    await with_app(cast.sam)
    assert not await take(cast.sam, typed)


async def test_a_code_of_somebody_else_opens_nothing(cast: Cast) -> None:
    sams, adas = await with_app(cast.sam), await with_app(cast.ada)
    assert not await take(cast.ada, sams.recovery[0])
    assert await take(cast.ada, adas.recovery[0])


async def test_a_new_set_replaces_the_old_one(cast: Cast) -> None:
    app = await with_app(cast.sam)
    made = await recovery.renew(await signed_in(cast.sam))
    assert not await take(cast.sam, app.recovery[0])
    assert await take(cast.sam, made[0])
    assert await RecoveryCode.all().count() == 10


async def test_they_stand_in_for_a_factor_and_not_alone(cast: Cast) -> None:
    sam = await signed_in(cast.sam)
    with pytest.raises(Conflict):
        await recovery.renew(sam)
    await Passkey.create(user_id=sam.user_id, name="Phone", credential="c", public_key=b"k")
    assert len(await recovery.renew(sam)) == 10


async def test_only_salted_digests_are_stored(cast: Cast) -> None:
    app = await with_app(cast.sam)
    rows = await RecoveryCode.all()
    stored = " ".join(f"{row.salt} {row.digest}" for row in rows)
    assert len({row.salt for row in rows}) == 10
    assert not [code for code in app.recovery if code in stored or code.replace("-", "") in stored]
