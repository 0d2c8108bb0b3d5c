"""An authenticator app is set up with its first code, and each code of it works once."""

import asyncio

import pytest
from time_machine import Traveller

from models import Authenticator, Message, Passkey, RecoveryCode, Session, User
from models.enums import AccountChange, AuditAction, Demand, MessageKind
from services import factor_demand, factors, keys, passkeys, recovery, secrets_at_rest, totp
from services.actor import Actor
from services.database import unit_of_work
from services.errors import ConfirmationDue, Conflict, Invalid, NotFound
from services.keys import KeyRing
from services.vault import SealBroken
from services.zones import now
from tests.cast import Cast, entries
from tests.second_factors import App, signed_in, with_app

SECRET = "JBSWY3DPEHPK3PXP" * 2


@unit_of_work
async def take(actor: Actor, code: str) -> bool:
    return await totp.take(actor.user_id, code)


async def refused_as_stale(actor: Actor) -> None:
    """Everything that changes factors wants a session that was confirmed lately."""
    proposal = totp.Proposal(SECRET, "")
    for command in (
        totp.begin(actor),
        totp.add(actor, proposal, App(proposal.secret, []).code()),
        totp.remove(actor),
        recovery.renew(actor),
    ):
        with pytest.raises(ConfirmationDue):
            await command


async def test_the_first_code_sets_it_up_and_gives_ten_recovery_codes(cast: Cast) -> None:
    sam = await signed_in(cast.sam)
    proposal = await totp.begin(sam)
    assert proposal.secret not in repr(proposal)
    assert proposal.groups.replace(" ", "") == proposal.secret
    assert proposal.address.startswith("otpauth://totp/Tallystick:sam%40example.org?")
    assert not (await factors.of(sam.user_id)).any
    made = await totp.add(sam, proposal, App(proposal.secret, []).code())
    assert await factors.of(sam.user_id) == factors.Factors(totp=True, passkeys=0, recovery=10)
    assert len(set(made)) == 10 and {len(code) for code in made} == {23}
    row = await Authenticator.get(user_id=sam.user_id)
    assert proposal.secret.encode() not in bytes(row.sealed)


@pytest.mark.parametrize(
    "typed", ["", "   ", "000000", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "\0"]
)
async def test_a_wrong_first_code_sets_nothing_up(cast: Cast, typed: str) -> None:
    sam = await signed_in(cast.sam)
    proposal = totp.Proposal(SECRET, "")
    if App(proposal.secret, []).code() == typed:
        return
    with pytest.raises(Invalid) as refusal:
        await totp.add(sam, proposal, typed)
    assert set(refusal.value.fields) == {"code"}
    assert not await Authenticator.exists() and not await RecoveryCode.exists()
    assert not await Message.exists()


async def test_a_code_works_once_and_so_does_none_before_it(clock: Traveller, cast: Cast) -> None:
    app = await with_app(cast.sam)
    assert not await take(cast.sam, app.code(-1))  # it set the app up
    assert await take(cast.sam, app.code(1))
    assert not await take(cast.sam, app.code(1))
    assert not await take(cast.sam, app.code())
    assert not await take(cast.sam, app.code(2))


async def test_of_many_at_once_with_the_same_code_one_gets_in(cast: Cast) -> None:
    app = await with_app(cast.sam)
    code = app.code()
    taken = await asyncio.gather(*(take(cast.sam, code) for _ in range(8)))
    assert sum(taken) == 1


async def test_another_app_takes_the_place_of_the_first_with_new_recovery_codes(
    cast: Cast,
) -> None:
    before, after = await with_app(cast.sam), await with_app(cast.sam)
    assert not await take(cast.sam, before.code())
    assert await take(cast.sam, after.code())
    assert not set(before.recovery) & set(after.recovery)
    assert await RecoveryCode.filter(user_id=cast.sam.user_id).count() == 10


async def test_removing_it_leaves_the_password_alone(cast: Cast) -> None:
    await with_app(cast.sam)
    sam = await signed_in(cast.sam)
    await totp.remove(sam)
    assert not (await factors.of(sam.user_id)).any
    assert not await RecoveryCode.exists()
    with pytest.raises(NotFound):
        await totp.remove(sam)


async def test_the_last_one_stays_while_the_installation_demands_it(cast: Cast) -> None:
    await with_app(cast.olga)
    await with_app(cast.ada)
    olga, ada = await signed_in(cast.olga), await signed_in(cast.ada)
    await factor_demand.choose(olga, Demand.ADMINS)
    for actor in (olga, ada):
        with pytest.raises(Conflict) as refusal:
            await totp.remove(actor)
        assert "requires a second factor" in refusal.value.message
    assert await Authenticator.all().count() == 2
    assert await RecoveryCode.all().count() == 20


async def test_the_owner_who_demands_one_and_removes_theirs_at_once_does_one_of_both(
    cast: Cast,
) -> None:
    await with_app(cast.olga)
    olga = await signed_in(cast.olga)
    await asyncio.gather(
        factor_demand.choose(olga, Demand.ADMINS), totp.remove(olga), return_exceptions=True
    )
    demanded = await factors.demand() is Demand.ADMINS
    assert demanded == (await factors.of(olga.user_id)).any


async def test_nothing_changes_before_the_person_was_confirmed(cast: Cast) -> None:
    await with_app(cast.sam)
    sam = await signed_in(cast.sam)
    await Session.filter(id=sam.session_id).update(confirmed_at=None)
    await refused_as_stale(sam)
    await Session.filter(id=sam.session_id).update(confirmed_at=now(), ended_at=now())
    await refused_as_stale(sam)


async def test_each_change_is_in_the_log_once_and_told_by_mail(cast: Cast) -> None:
    await with_app(cast.sam)
    sam = await signed_in(cast.sam)
    await recovery.renew(sam)
    await totp.remove(sam)
    for action, kind in (
        (AuditAction.ADD, "authenticator app"),
        (AuditAction.RESET, "recovery codes"),
        (AuditAction.REMOVE, "authenticator app"),
    ):
        [entry] = await entries(action)
        assert (entry.resource, entry.target_id, entry.person_id) == (
            "FACTOR",
            sam.user_id,
            sam.person_id,
        )
        assert entry.detail == {"kind": kind}
    mails = await Message.filter(kind=MessageKind.WARNING).order_by("id")
    assert [(mail.change, mail.recipient) for mail in mails] == [
        (AccountChange.APP_ADDED, "sam@example.org"),
        (AccountChange.RECOVERY_RENEWED, "sam@example.org"),
        (AccountChange.APP_REMOVED, "sam@example.org"),
    ]


async def test_a_secret_opens_only_for_its_purpose_and_account(cast: Cast) -> None:
    sealed = secrets_at_rest.seal("secret", purpose="totp", user_id=7)
    assert secrets_at_rest.unseal(sealed, purpose="totp", user_id=7) == "secret"
    altered = sealed[:-1] + bytes((sealed[-1] ^ 1,))
    for wrong, purpose, user_id in (
        (sealed, "totp", 8),
        (sealed, "other", 7),
        (altered, "totp", 7),
        (b"\x09" + sealed[1:], "totp", 7),
        (b"", "totp", 7),
    ):
        with pytest.raises(SealBroken):
            secrets_at_rest.unseal(wrong, purpose=purpose, user_id=user_id)


async def test_a_secret_moved_to_another_account_lets_nobody_in(cast: Cast) -> None:
    app = await with_app(cast.sam)
    row = await Authenticator.get(user_id=cast.sam.user_id)
    await Authenticator.create(
        user_id=cast.ada.user_id, sealed=bytes(row.sealed), confirmed_at=now()
    )
    assert not await take(cast.ada, app.code())
    assert await User.exists(id=cast.ada.user_id)


async def test_another_key_takes_over_the_secrets_and_no_code_stops_working(
    cast: Cast, ring: KeyRing
) -> None:
    app = await with_app(cast.sam)
    newest = keys.derive(ring.key_id + 1, b"n" * 32)
    keys.use(newest, [keys.Older(ring)])
    assert await take(cast.sam, app.code())
    assert await totp.seal_anew(ring.key_id) == 0
    row = await Authenticator.get(user_id=cast.sam.user_id)
    assert bytes(row.sealed)[0] == newest.key_id
    keys.use(newest)  # the older one is gone
    assert await take(cast.sam, app.code(1))


async def test_what_does_not_open_keeps_its_key(cast: Cast, ring: KeyRing) -> None:
    await with_app(cast.sam)
    row = await Authenticator.get(user_id=cast.sam.user_id)
    broken = bytes(row.sealed)[:-1] + bytes((bytes(row.sealed)[-1] ^ 1,))
    await Authenticator.filter(id=row.id).update(sealed=broken)
    keys.use(keys.derive(ring.key_id + 1, b"n" * 32), [keys.Older(ring)])
    assert await totp.seal_anew(ring.key_id) == 1
    assert bytes((await Authenticator.get(id=row.id)).sealed) == broken


async def test_the_last_passkey_stays_while_one_is_demanded(cast: Cast) -> None:
    await with_app(cast.olga)
    olga = await signed_in(cast.olga)
    await factor_demand.choose(olga, Demand.ADMINS)
    ada = await signed_in(cast.ada)
    passkey = await Passkey.create(
        user_id=ada.user_id, name="Phone", credential="c", public_key=b"k"
    )
    with pytest.raises(Conflict):
        await passkeys.remove(ada, passkey.id)
    await with_app(cast.ada)
    await passkeys.remove(ada, passkey.id)
    assert not await Passkey.exists()
