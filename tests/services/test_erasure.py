"""An erased person is nowhere found any more, and everything that happened still stands."""

import asyncio
import json
from datetime import timedelta

import pytest

from models import (
    Activation,
    AuditEntry,
    Budget,
    Entitlement,
    GrowingWait,
    Installation,
    Invitation,
    Membership,
    Message,
    Person,
    Session,
    User,
)
from models.enums import AuditAction, MessageKind, MessageState, Role
from services import (
    customer_search,
    erasure,
    outbox_due,
    password_resets,
    passwords,
    sealing,
    sessions,
    setup,
    users,
)
from services.actor import Actor
from services.emails import read
from services.errors import Conflict, Invalid, NotFound
from services.sessions import SignIn
from services.zones import now
from tests.cast import PASSWORD, Cast, activated, actor_of, entries, every_row, issue, redeem
from tests.conftest import Configure
from tests.sealed import check

pytestmark = pytest.mark.usefixtures("fresh_sealer")
GRACE = "grace@example.org"


async def grace_of(cast: Cast) -> Person:
    """Somebody who activated a code in two workspaces, under two names."""
    issued = await issue(cast.ada, cast.month, 3)
    activated(await redeem(issued.texts[0], name="Grace Hopper", email=GRACE))
    activated(await redeem(issued.texts[1], name="G. Hopper", email="Grace@Example.org"))
    await Person.create(
        workspace_id=cast.elsewhere.id, name="Grace Hopper", email=GRACE, email_key=GRACE
    )
    return await Person.filter(email_key=GRACE).earliest("id")


async def stands_anywhere(*words: str) -> list[str]:
    rows = json.dumps(await every_row(), default=str).casefold()
    return [word for word in words if word.casefold() in rows]


async def test_no_row_holds_the_name_or_the_address_any_more(cast: Cast) -> None:
    grace = await grace_of(cast)
    assert await stands_anywhere("Hopper", GRACE) == ["Hopper", GRACE]
    await erasure.erase(cast.olga, grace.id)
    assert await stands_anywhere("Hopper", GRACE) == []
    erased = await Person.filter(erased_at__not_isnull=True)
    assert {person.name for person in erased} == {"Erased person"}
    assert len({person.email_key for person in erased}) == 1


async def test_what_happened_stays_and_the_chain_stays_valid(cast: Cast) -> None:
    grace = await grace_of(cast)
    await sealing.finish()
    before = await AuditEntry.all().order_by("id").values()
    held = await Entitlement.all().count(), await Activation.all().count()
    await erasure.erase(cast.olga, grace.id)
    assert (await AuditEntry.all().order_by("id").values())[: len(before)] == before
    assert held == (await Entitlement.all().count(), await Activation.all().count())
    await sealing.finish()
    assert (await check()).findings == ()
    [entry] = await entries(AuditAction.ERASE)
    assert (entry.resource, entry.target_id) == ("PERSON", grace.id)
    assert entry.detail == {"people": 3, "account": False, "messages": 2, "invitations": 0}


async def test_the_new_address_is_none_that_anybody_can_enter(cast: Cast) -> None:
    grace = await grace_of(cast)
    await erasure.erase(cast.olga, grace.id)
    with pytest.raises(Invalid):
        read((await Person.get(id=grace.id)).email)


async def test_the_address_finds_nobody_and_may_come_again_as_somebody_new(cast: Cast) -> None:
    grace = await grace_of(cast)
    await erasure.erase(cast.olga, grace.id)
    assert (await customer_search.find(cast.sam, GRACE)).total == 0
    issued = await issue(cast.ada, cast.month, 1)
    again = activated(await redeem(issued.texts[0], name="Grace Hopper", email=GRACE))
    new = await Activation.get(id=again.activation_id)
    assert new.person_id not in [p.id for p in await Person.filter(erased_at__not_isnull=True)]


async def test_mails_forget_whom_they_went_to_and_waiting_ones_do_not_go(cast: Cast) -> None:
    grace = await grace_of(cast)
    assert await Message.filter(state=MessageState.QUEUED).count() == 2
    await erasure.erase(cast.olga, grace.id)
    for message in await Message.filter(kind=MessageKind.CONFIRMATION):
        assert (message.recipient, message.state) == ("", MessageState.FAILED)
        assert message.forgotten_at
        assert message.recipient_name == ""
    assert await outbox_due.now_due() == []


async def test_an_account_is_closed_signed_out_and_in_no_workspace(cast: Cast) -> None:
    attempt = SignIn(email="sam@example.org", password=PASSWORD, address="192.0.2.1", browser="X")
    token = await sessions.sign_in(attempt)
    await erasure.erase(cast.olga, cast.sam.person_id)
    assert await sessions.find(token) is None
    session = await Session.get(user_id=cast.sam.user_id)
    assert (session.address, session.browser) == ("", "")
    with pytest.raises(Invalid):
        await sessions.sign_in(attempt)
    user = await User.get(id=cast.sam.user_id)
    assert user.disabled_at
    assert not await passwords.matches(PASSWORD, user.password_hash)
    assert not await Membership.exists(user_id=user.id)
    assert await stands_anywhere("sam@example.org", "Sam Sales") == []


async def test_tries_and_waits_of_the_address_go_and_those_of_others_stay(
    cast: Cast, configure: Configure
) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    for email in ("Sam@Example.org", "ada@example.org"):
        with pytest.raises(Invalid):
            await sessions.sign_in(SignIn(email=email, password="wrong", address="192.0.2.1"))
    await password_resets.ask("sam@example.org", address="192.0.2.1")
    assert (await Budget.all().count(), await GrowingWait.all().count()) == (3, 2)
    await erasure.erase(cast.olga, cast.sam.person_id)
    assert (await Budget.all().count(), await GrowingWait.all().count()) == (1, 1)


async def test_an_open_invitation_to_the_address_is_withdrawn(cast: Cast) -> None:
    grace = await grace_of(cast)
    await Invitation.create(
        workspace_id=cast.northwind.id,
        email=GRACE,
        email_key=GRACE,
        role=Role.SALES,
        invited_by_id=cast.ada.person_id,
        expires_at=now() + timedelta(days=7),
    )
    await erasure.erase(cast.olga, grace.id)
    invitation = await Invitation.get()
    assert invitation.withdrawn_at
    assert GRACE not in (invitation.email, invitation.email_key)


@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_nobody_but_an_owner_erases(cast: Cast, who: str) -> None:
    grace = await grace_of(cast)
    actor: Actor = getattr(cast, who)
    for attempt in (erasure.erase, erasure.preview):
        with pytest.raises(NotFound):
            await attempt(actor, grace.id)
    assert await entries(AuditAction.ERASE) == []


async def second_owner(cast: Cast) -> Actor:
    hashed = await passwords.hash_password(PASSWORD)
    user = await setup.new_user("Otto Owner", "otto@example.org", hashed, is_owner=True)
    return await actor_of(user, cast.northwind, Role.OWNER)


async def test_nobody_erases_themselves_by_account_or_by_address(cast: Cast) -> None:
    await second_owner(cast)
    issued = await issue(cast.ada, cast.month, 1)
    made = activated(await redeem(issued.texts[0], email=cast.olga.email))
    own = await Activation.get(id=made.activation_id)
    for person_id in (cast.olga.person_id, own.person_id):
        with pytest.raises(Conflict, match="yourself"):
            await erasure.erase(cast.olga, person_id)


async def test_two_owners_who_erase_each_other_leave_one(cast: Cast) -> None:
    otto = await second_owner(cast)
    done = await asyncio.gather(
        erasure.erase(cast.olga, otto.person_id),
        erasure.erase(otto, cast.olga.person_id),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["NoneType", "NotFound"]
    assert await User.filter(is_owner=True, disabled_at=None).count() == 1


@pytest.mark.parametrize("person_id", [0, -1, 2**63, 999_999])
async def test_a_number_that_is_nobodys_is_not_found(cast: Cast, person_id: int) -> None:
    with pytest.raises(NotFound):
        await erasure.erase(cast.olga, person_id)


async def test_erasing_twice_at_once_is_one_erasure(cast: Cast) -> None:
    grace = await grace_of(cast)
    done = await asyncio.gather(
        *(erasure.erase(cast.olga, grace.id) for _ in range(5)), return_exceptions=True
    )
    assert sum(each is None for each in done) == 1
    assert len(await entries(AuditAction.ERASE)) == 1


async def test_the_preview_says_what_it_comes_to_and_changes_nothing(cast: Cast) -> None:
    grace = await grace_of(cast)
    before = await every_row()
    told = await erasure.preview(cast.olga, grace.id)
    assert await every_row() == before
    assert (told.email, told.workspaces, told.has_account) == (GRACE, 2, False)
    assert set(told.names) == {"Grace Hopper", "G. Hopper"}
    assert (told.messages, told.waiting, told.invitations) == (2, 2, 0)
    assert (await erasure.preview(cast.olga, cast.sam.person_id)).has_account
    assert await Installation.all().count() == 1


async def test_whoever_was_removed_as_an_owner_a_moment_ago_erases_nobody(cast: Cast) -> None:
    await User.filter(id=cast.eve.user_id).update(is_owner=True)
    user = await User.get(id=cast.eve.user_id)
    eve = await actor_of(user, cast.northwind, Role.OWNER)
    await users.remove_owner(cast.olga, eve.user_id)
    with pytest.raises(NotFound):
        await erasure.erase(eve, cast.sam.person_id)
    assert (await Person.get(id=cast.sam.person_id)).erased_at is None
