"""Passkeys: added, renamed, removed and proven with by their own person, and by nobody else."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models import Installation, Passkey, Session
from models.enums import AccountChange, AuditAction, Demand
from services import factors, passkey_answers, passkey_sign_in, passkeys, sessions
from services.actor import Actor
from services.errors import ConfirmationDue, Conflict, Invalid, Limited, NotFound
from services.settings import Settings
from services.zones import now
from tests.carrying import ADDRESS, added, enter, signed_in, warnings
from tests.cast import Cast, entries
from tests.conftest import Configure
from tests.pocket import ORIGIN, Pocket


@pytest.fixture(autouse=True)
def https(configure: Configure, db: Settings) -> None:
    configure(public_url=ORIGIN)


async def make_old(actor: Actor) -> None:
    await Session.filter(id=actor.session_id).update(confirmed_at=now() - timedelta(days=1))


async def test_a_new_passkey_counts_as_a_second_factor_and_a_mail_says_so(cast: Cast) -> None:
    sam = await signed_in()
    assert not (await factors.of(sam.user_id)).any
    await added(sam, name="  Phone   of <b>Sam</b> ")
    [view] = await passkeys.of(sam)
    assert (view.name, view.used_at) == ("Phone of <b>Sam</b>", None)
    assert (await factors.of(sam.user_id)).any
    assert await warnings() == [AccountChange.PASSKEY_ADDED]
    [entry] = await entries(AuditAction.ADD)
    assert (entry.resource, entry.target_id, entry.person_id) == (
        "FACTOR",
        sam.user_id,
        sam.person_id,
    )
    assert entry.detail == {"kind": "passkey", "passkey": view.id}


async def test_what_the_browser_is_asked_for(cast: Cast) -> None:
    sam = await signed_in()
    await added(sam)
    options = await passkeys.begin_adding(sam, "Another")
    assert options["rp"] == {"name": "Tallystick", "id": "codes.example.org"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert len(options["excludeCredentials"]) == 1
    assert b"sam" not in passkey_answers.handle_of(sam.user_id)
    asked = await passkey_sign_in.begin(ADDRESS)
    assert (asked["allowCredentials"], asked["userVerification"]) == ([], "required")


async def _asked(actor: Actor) -> dict[str, Any]:
    return await passkeys.begin_confirming(actor)


async def test_a_removed_passkey_opens_nothing_and_a_mail_says_so(cast: Cast) -> None:
    sam = await signed_in()
    pocket = await added(sam)
    [view] = await passkeys.of(sam)
    await passkeys.remove(sam, view.id)
    assert await passkeys.of(sam) == []
    assert await warnings() == [AccountChange.PASSKEY_ADDED, AccountChange.PASSKEY_REMOVED]
    [entry] = await entries(AuditAction.REMOVE)
    assert entry.detail == {"kind": "passkey", "passkey": view.id}
    with pytest.raises(Invalid):
        await enter(pocket.sign(await passkey_sign_in.begin(ADDRESS)))
    with pytest.raises(NotFound):
        await passkeys.remove(sam, view.id)


async def test_a_passkey_is_removed_once(cast: Cast) -> None:
    sam = await signed_in()
    await added(sam)
    [view] = await passkeys.of(sam)
    done = await asyncio.gather(
        *(passkeys.remove(sam, view.id) for _ in range(6)), return_exceptions=True
    )
    assert sum(each is None for each in done) == 1
    assert len(await entries(AuditAction.REMOVE)) == 1


async def test_nobody_touches_a_passkey_of_somebody_else(cast: Cast) -> None:
    sam, ada, olga = [await signed_in(f"{name}@example.org") for name in ("sam", "ada", "olga")]
    pocket = await added(sam)
    [view] = await passkeys.of(sam)
    for other in (ada, olga):
        assert await passkeys.of(other) == []
        for passkey_id in (view.id, 0, -1, 2**70):
            with pytest.raises(NotFound):
                await passkeys.remove(other, passkey_id)
            with pytest.raises(NotFound):
                await passkeys.rename(other, passkey_id, "Mine")
        with pytest.raises(NotFound):
            await passkeys.begin_confirming(other)
    await added(ada)
    with pytest.raises(Invalid) as refused:
        await passkeys.confirm(ada, pocket.sign(await passkeys.begin_confirming(ada)))
    assert refused.value.fields == {"form": passkey_answers.REFUSED}
    assert (await Passkey.get(id=view.id)).name == "Phone"


async def test_the_same_passkey_is_kept_once(cast: Cast) -> None:
    sam, ada = await signed_in(), await signed_in("ada@example.org")
    pocket = await added(sam)
    with pytest.raises(Conflict):
        await added(ada, pocket)
    assert await Passkey.all().count() == 1


async def test_a_new_name(cast: Cast) -> None:
    sam = await signed_in()
    await added(sam)
    [view] = await passkeys.of(sam)
    for _ in range(2):
        await passkeys.rename(sam, view.id, "Laptop")
    assert [each.name for each in await passkeys.of(sam)] == ["Laptop"]
    assert [e.resource for e in await entries(AuditAction.UPDATE)] == ["FACTOR"]
    for bad in ("", "  ", "x" * 81, "a\u202eb"):
        with pytest.raises(Invalid) as refused:
            await passkeys.rename(sam, view.id, bad)
        assert list(refused.value.fields) == ["name"]
        with pytest.raises(Invalid):
            await passkeys.begin_adding(sam, bad)


async def test_adding_and_removing_need_a_fresh_proof_and_a_passkey_is_one(cast: Cast) -> None:
    sam = await signed_in()
    pocket = await added(sam)
    [view] = await passkeys.of(sam)
    await make_old(sam)
    with pytest.raises(ConfirmationDue):
        await passkeys.begin_adding(sam, "Second")
    with pytest.raises(ConfirmationDue):
        await passkeys.remove(sam, view.id)
    await passkeys.confirm(sam, pocket.sign(await passkeys.begin_confirming(sam)))
    [entry] = await entries(AuditAction.CONFIRM)
    assert (entry.resource, entry.target_id) == ("SESSION", sam.session_id)
    await added(sam, Pocket(), "Second")
    await passkeys.remove(sam, view.id)


async def test_what_one_session_was_asked_confirms_no_other(cast: Cast) -> None:
    here, there = await signed_in(), await signed_in()
    pocket = await added(here)
    await make_old(there)
    with pytest.raises(Invalid):
        await passkeys.confirm(there, pocket.sign(await passkeys.begin_confirming(here)))
    await sessions.end([there.session_id])
    with pytest.raises(NotFound):
        await passkeys.confirm(there, pocket.sign(await passkeys.begin_confirming(there)))
    assert await entries(AuditAction.CONFIRM) == []


async def test_somebody_signed_in_makes_only_so_many_too(cast: Cast, configure: Configure) -> None:
    configure(sign_in_tries_per_account=3)
    sam = await signed_in()
    await added(sam)
    for _ in range(3):
        await passkeys.begin_adding(sam, "x")
    for begin in (lambda: passkeys.begin_adding(sam, "x"), lambda: _asked(sam)):
        with pytest.raises(Limited):
            await begin()


async def test_there_is_an_end_to_how_many_one_has(cast: Cast) -> None:
    sam = await signed_in()
    await Passkey.bulk_create(
        [
            Passkey(user_id=sam.user_id, name="x", credential=f"x{n}", public_key=b"x")
            for n in range(passkeys.MOST)
        ]
    )
    with pytest.raises(Conflict):
        await passkeys.begin_adding(sam, "One more")


async def test_many_that_were_begun_at_once_do_not_pass_the_limit(cast: Cast) -> None:
    sam = await signed_in()
    pockets = [Pocket() for _ in range(3)]
    answers = [each.make(await passkeys.begin_adding(sam, "One")) for each in pockets]
    few = passkeys.MOST - 1
    await Passkey.bulk_create(
        [
            Passkey(user_id=sam.user_id, name="x", credential=f"x{n}", public_key=b"")
            for n in range(few)
        ]
    )
    done = await asyncio.gather(
        *(passkeys.add(sam, name="One", answer=answer) for answer in answers),
        return_exceptions=True,
    )
    assert sorted((type(each) for each in done), key=str) == [int, Conflict, Conflict]
    assert await Passkey.filter(user_id=sam.user_id).count() == passkeys.MOST


async def test_the_last_one_stays_while_a_second_factor_is_demanded(cast: Cast) -> None:
    ada = await signed_in("ada@example.org")
    await added(ada)
    [view] = await passkeys.of(ada)
    await Installation.all().update(second_factor=Demand.ADMINS)
    with pytest.raises(Conflict):
        await passkeys.remove(ada, view.id)
    await added(ada, Pocket(), "Second")
    await passkeys.remove(ada, view.id)
    assert [each.name for each in await passkeys.of(ada)] == ["Second"]


async def test_with_a_passkey_the_password_alone_signs_nobody_in(cast: Cast) -> None:
    await added(await signed_in())
    with pytest.raises(sessions.SecondFactorDue):
        await signed_in()
