"""Signing in with a passkey: once for each challenge, and with nothing that is forged."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from models import Passkey, PasskeyChallenge, Session, User
from models.enums import AccountChange, AuditAction, SignInMethod
from services import (
    housekeeping,
    passkey_answers,
    passkey_challenges,
    passkey_sign_in,
    passkeys,
)
from services.actor import Actor
from services.errors import Invalid, Limited
from services.settings import Settings
from services.zones import now
from tests.carrying import ADDRESS, added, enter, signed_in, warnings
from tests.cast import Cast, entries
from tests.conftest import Configure
from tests.pocket import ORIGIN, PRESENT, Pocket


@pytest.fixture(autouse=True)
def https(configure: Configure, db: Settings) -> None:
    configure(public_url=ORIGIN)


async def test_a_passkey_alone_signs_in(cast: Cast) -> None:
    sam = await signed_in()
    pocket = await added(sam)
    found = await enter(pocket.sign(await passkey_sign_in.begin(ADDRESS)))
    assert found.user_id == sam.user_id
    session = await Session.get(id=found.session_id)
    assert (session.method, session.address) == (SignInMethod.PASSKEY, ADDRESS)
    assert (await Passkey.get()).used_at
    assert (await entries(AuditAction.LOGIN))[-1].person_id == sam.person_id


async def test_a_device_without_a_counter_signs_in_again_and_again(cast: Cast) -> None:
    pocket = await added(await signed_in(), Pocket(step=0))
    for _ in range(3):
        await enter(pocket.sign(await passkey_sign_in.begin(ADDRESS)))


FORGED: dict[str, Callable[[Pocket], Pocket]] = {
    "another origin": lambda p: replace(p, origin="https://codes.example.org.evil.test"),
    "another port": lambda p: replace(p, origin=f"{ORIGIN}:8443"),
    "without https": lambda p: replace(p, origin="http://codes.example.org"),
    "another host name": lambda p: replace(p, rp_id="example.org"),
    "nobody verified": lambda p: replace(p, flags=PRESENT),
    "nobody there": lambda p: replace(p, flags=0x04),
    "another key": lambda p: replace(p, key=Pocket().key),
    "unknown": lambda p: replace(p, credential=b"x" * 32),
    "of nobody": lambda p: replace(p, handle=None),
    "of another person": lambda p: replace(p, handle=passkey_answers.handle_of(1)),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_a_forged_answer_opens_nothing_and_uses_its_challenge_up(
    cast: Cast, forged: Callable[[Pocket], Pocket]
) -> None:
    pocket = await added(await signed_in())
    before = await Session.all().count()
    options = await passkey_sign_in.begin(ADDRESS)
    with pytest.raises(Invalid) as refused:
        await enter(forged(pocket).sign(options))
    assert refused.value.fields == {"form": passkey_answers.REFUSED}
    with pytest.raises(Invalid) as late:
        await enter(pocket.sign(options))
    assert late.value.fields == {"form": passkey_challenges.LATE}
    assert await Session.all().count() == before


@pytest.mark.parametrize("forged", list(FORGED)[:6])
async def test_a_forged_passkey_is_not_added(cast: Cast, forged: str) -> None:
    sam = await signed_in()
    options = await passkeys.begin_adding(sam, "Phone")
    with pytest.raises(Invalid):
        await passkeys.add(sam, name="Phone", answer=FORGED[forged](Pocket()).make(options))
    assert not await Passkey.exists()
    assert await warnings() == []


async def test_an_answer_that_was_for_something_else_is_refused(cast: Cast) -> None:
    sam = await signed_in()
    pocket = await added(sam)
    with pytest.raises(Invalid):
        await enter(pocket.sign(await passkey_sign_in.begin(ADDRESS), kind="webauthn.create"))
    with pytest.raises(Invalid):  # a challenge for confirming signs nobody in
        await enter(pocket.sign(await passkeys.begin_confirming(sam)))
    with pytest.raises(Invalid):  # and the other way round
        await passkeys.confirm(sam, pocket.sign(await passkey_sign_in.begin(ADDRESS)))
    with pytest.raises(Invalid):  # nor does one that is for adding confirm
        await passkeys.confirm(sam, pocket.sign(await passkeys.begin_adding(sam, "x")))


async def test_the_same_answer_at_once_opens_one_session(cast: Cast) -> None:
    pocket = await added(await signed_in(), Pocket(step=0))
    before = await Session.all().count()
    answer = pocket.sign(await passkey_sign_in.begin(ADDRESS))
    done = await asyncio.gather(*(enter(answer) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(each, Actor) for each in done) == 1
    assert await Session.all().count() == before + 1


async def test_a_challenge_lasts_five_minutes(clock: time_machine.Traveller, cast: Cast) -> None:
    pocket = await added(await signed_in())
    late = await passkey_sign_in.begin(ADDRESS)
    clock.shift(timedelta(minutes=5, seconds=1))
    with pytest.raises(Invalid) as refused:
        await enter(pocket.sign(late))
    assert refused.value.fields == {"form": passkey_challenges.LATE}


async def test_a_copy_is_refused_audited_and_its_person_warned(cast: Cast) -> None:
    sam = await signed_in()
    pocket = await added(sam)
    copy = replace(pocket)
    await enter(pocket.sign(await passkey_sign_in.begin(ADDRESS)))
    before = await Session.all().count()
    with pytest.raises(Invalid) as refused:
        await enter(copy.sign(await passkey_sign_in.begin(ADDRESS)))
    assert refused.value.fields == {"form": passkey_answers.REFUSED}
    assert await Session.all().count() == before
    assert await warnings() == [AccountChange.PASSKEY_ADDED, AccountChange.PASSKEY_COPIED]
    [entry] = await entries(AuditAction.REFUSE)
    assert (entry.resource, entry.target_id) == ("FACTOR", sam.user_id)
    with pytest.raises(Invalid):
        await passkeys.confirm(
            sam, replace(copy, count=0).sign(await passkeys.begin_confirming(sam))
        )
    assert len(await entries(AuditAction.REFUSE)) == 2


async def test_a_forger_without_the_key_causes_no_warning(cast: Cast) -> None:
    pocket = await added(await signed_in())
    forged = replace(pocket, count=0, step=0, key=Pocket().key)
    with pytest.raises(Invalid):
        await enter(forged.sign(await passkey_sign_in.begin(ADDRESS)))
    assert await warnings() == [AccountChange.PASSKEY_ADDED]


async def test_a_disabled_person_does_not_come_in(cast: Cast) -> None:
    sam = await signed_in()
    pocket = await added(sam)
    await User.filter(id=sam.user_id).update(disabled_at=now())
    with pytest.raises(Invalid):
        await enter(pocket.sign(await passkey_sign_in.begin(ADDRESS)))


async def test_a_stranger_makes_only_so_many_challenges(cast: Cast, configure: Configure) -> None:
    configure(sign_in_tries_per_address=3)
    for _ in range(3):
        await passkey_sign_in.begin(ADDRESS)
    with pytest.raises(Limited):
        await passkey_sign_in.begin(ADDRESS)
    assert await PasskeyChallenge.all().count() == 3
    await passkey_sign_in.begin("198.51.100.9")


async def test_tries_count_with_those_of_the_password(cast: Cast, configure: Configure) -> None:
    pocket = await added(await signed_in())
    configure(sign_in_tries_per_address=2, public_url=ORIGIN)
    good = await passkey_sign_in.begin(ADDRESS)
    await enter(pocket.sign(good))  # gives back what it took
    for _ in range(2):
        with pytest.raises(Invalid):
            await enter("{}")
    with pytest.raises(Limited):
        await enter(pocket.sign(await passkey_sign_in.begin(ADDRESS)))
    with pytest.raises(Limited):
        await signed_in()


async def test_old_challenges_go(clock: time_machine.Traveller, cast: Cast) -> None:
    await passkey_sign_in.begin(ADDRESS)
    clock.shift(timedelta(minutes=6))
    await passkey_sign_in.begin(ADDRESS)
    assert await PasskeyChallenge.all().count() == 1
    clock.shift(timedelta(minutes=6))
    await housekeeping.tidy()
    assert await PasskeyChallenge.all().count() == 0


JUNK = {
    "nothing": "",
    "no object": "[]",
    "deep": "[" * 20_000,
    "long": '"' + "x" * 60_000,
    "empty": "{}",
    "odd types": json.dumps({"id": 1, "rawId": {}, "response": []}),
    "odd base64": json.dumps(
        {
            "id": "é",
            "rawId": "é",
            "type": "public-key",
            "response": {
                "clientDataJSON": "é",
                "authenticatorData": "x",
                "signature": "=",
                "attestationObject": "=",
                "userHandle": "a",
            },
        }
    ),
    "not unicode": "\ud800",
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
async def test_junk_is_refused_in_one_sentence(cast: Cast, junk: str) -> None:
    sam = await signed_in()
    for attempt in (
        lambda: enter(junk),
        lambda: passkeys.confirm(sam, junk),
        lambda: passkeys.add(sam, name="x", answer=junk),
    ):
        with pytest.raises(Invalid) as refused:
            await attempt()
        assert list(refused.value.fields) == ["form"]


@pytest.mark.parametrize("broken", ["authenticatorData", "signature", "attestationObject"])
async def test_a_damaged_answer_is_refused(cast: Cast, broken: str) -> None:
    sam = await signed_in()
    pocket = await added(sam)
    for junk in ("", "AAAA", "A" * 4000, "v" * 400):
        if broken == "attestationObject":
            answer = json.loads(Pocket().make(await passkeys.begin_adding(sam, "x")))
        else:
            answer = json.loads(pocket.sign(await passkey_sign_in.begin(ADDRESS)))
        answer["response"][broken] = junk
        with pytest.raises(Invalid):
            if broken == "attestationObject":
                await passkeys.add(sam, name="x", answer=json.dumps(answer))
            else:
                await enter(json.dumps(answer))
