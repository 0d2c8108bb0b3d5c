"""A person's own passkeys: which there are, a new one, and proving with one that it is them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.exceptions import IntegrityError
from webauthn import generate_registration_options
from webauthn.helpers import options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models import Passkey
from models.enums import AccountChange, AuditAction, ChallengePurpose, Resource, SignInMethod
from services import (
    accounts,
    audit,
    budgets,
    confirming,
    factor_changes,
    passkey_answers,
    passkey_challenges,
    passkey_proof,
    relying_party,
    sessions,
    sign_in_limits,
    step_up,
    texts,
    throttling,
)
from services.actor import Actor
from services.database import is_id, reader, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.passkey_answers import REFUSED, NewPasskey
from services.passkey_proof import Proof
from services.settings import get_settings
from services.throttling import Kind

MOST = 20
PASSKEY = "passkey"
GONE = "This passkey is not there any more."
KNOWN = "This passkey is added already."


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyView:
    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


async def of(actor: Actor) -> list[PasskeyView]:
    """One's own, the newest first."""
    rows = await Passkey.filter(user_id=actor.user_id).order_by("-id").using_db(reader())
    return [
        PasskeyView(id=row.id, name=row.name, added_at=row.created_at, used_at=row.used_at)
        for row in rows
    ]


async def begin_adding(actor: Actor, name: str) -> dict[str, Any]:
    """What the browser is to make. Raises Invalid(name), Conflict, Limited, ConfirmationDue.

    NotFound where passkeys are not offered.
    """
    _named(name)
    await step_up.require(actor)
    party = relying_party.required()
    own = await Passkey.filter(user_id=actor.user_id)
    _refuse_more(len(own))
    await _book(actor)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name="Tallystick",
        user_id=passkey_answers.handle_of(actor.user_id),
        user_name=actor.email,
        user_display_name=actor.name,
        challenge=await passkey_challenges.issue(ChallengePurpose.ADD, actor),
        timeout=passkey_proof.WITHIN,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[passkey_proof.described(each) for each in own],
    )
    return options_to_json_dict(options)


async def add(actor: Actor, *, name: str, answer: str) -> int:
    """Keep what the browser made; a mail says so. Raises Invalid(name, form), Conflict."""
    party, name = relying_party.required(), _named(name)
    attestation = passkey_answers.read_attestation(answer)
    await passkey_challenges.claim(attestation.challenge, ChallengePurpose.ADD, actor)
    try:
        return await _add(actor, name, passkey_answers.proven_passkey(attestation, party))
    except IntegrityError:
        raise Conflict(KNOWN) from None


@unit_of_work
async def _add(actor: Actor, name: str, new: NewPasskey) -> int:
    user = await factor_changes.hold(actor.user_id, session=actor.session_id)
    # each of many that were begun at once passed this before
    _refuse_more(await Passkey.filter(user_id=user.id).count())
    made = await Passkey.create(
        user_id=user.id,
        name=name,
        credential=new.credential,
        public_key=new.public_key,
        sign_count=new.sign_count,
        transports=new.transports,
    )
    await budgets.give_back(_limit(actor))
    await factor_changes.tell(
        AuditAction.ADD,
        user,
        AccountChange.PASSKEY_ADDED,
        by=actor,
        kind=PASSKEY,
        passkey=made.id,
    )
    return made.id


async def rename(actor: Actor, passkey_id: int, name: str) -> None:
    """Raises Invalid(name), NotFound."""
    await _rename(actor, passkey_id, _named(name))


@unit_of_work
async def _rename(actor: Actor, passkey_id: int, name: str) -> None:
    row = Passkey.filter(id=await _own(actor, passkey_id))
    if await row.exclude(name=name).update(name=name):
        await audit.record(
            AuditAction.UPDATE,
            Resource.FACTOR,
            actor.user_id,
            by=actor,
            kind=PASSKEY,
            passkey=passkey_id,
            field="name",
        )
        accounts.announce(actor.user_id)


async def remove(actor: Actor, passkey_id: int) -> None:
    """It signs nobody in any more, and a mail says so. Raises NotFound, ConfirmationDue.

    Conflict for the last second factor where one is demanded.
    """
    await step_up.require(actor)
    await _remove(actor, passkey_id)


@unit_of_work
async def _remove(actor: Actor, passkey_id: int) -> None:
    user = await factor_changes.hold(actor.user_id)
    if not await Passkey.filter(id=await _own(actor, passkey_id)).delete():
        raise NotFound(GONE)
    await factor_changes.after_removal(user)
    await factor_changes.tell(
        AuditAction.REMOVE,
        user,
        AccountChange.PASSKEY_REMOVED,
        by=actor,
        kind=PASSKEY,
        passkey=passkey_id,
    )


async def begin_confirming(actor: Actor) -> dict[str, Any]:
    """What the browser is to ask of one of their passkeys. Raises Limited, NotFound."""
    if not await Passkey.exists(user_id=actor.user_id):
        raise NotFound("You have no passkey.")
    await _book(actor)
    return await passkey_proof.asked(ChallengePurpose.CONFIRM, actor)


async def confirm(actor: Actor, answer: str) -> None:
    """The person at this session proved that it is them. Raises Invalid(form), NotFound."""
    proof = await passkey_proof.check(answer, ChallengePurpose.CONFIRM, actor)
    if not await _confirm(actor, proof):
        raise Invalid({"form": REFUSED})


@unit_of_work
async def _confirm(actor: Actor, proof: Proof) -> bool:
    if not await passkey_proof.settle(proof):
        return False
    await budgets.give_back(_limit(actor))
    await confirming.mark(actor, SignInMethod.PASSKEY)
    return True


def _refuse_more(there: int) -> None:
    if there >= MOST:
        raise Conflict(f"You have {MOST} passkeys, and there can be no more. Remove one first.")


def _named(name: str) -> str:
    return texts.line(name, field="name", what="a name", longest=80)


async def _own(actor: Actor, passkey_id: int) -> int:
    if not is_id(passkey_id) or not await Passkey.exists(id=passkey_id, user_id=actor.user_id):
        raise NotFound(GONE)
    return passkey_id


def _limit(actor: Actor) -> budgets.Limit:
    tries = get_settings().sign_in_tries_per_account
    return budgets.Limit(f"passkey:{actor.user_id}", tries, sign_in_limits.HOUR)


async def _book(actor: Actor) -> None:
    """Each challenge is a row."""
    if minutes := await sessions.book(_limit(actor)):
        raise throttling.refuse(Kind.SECOND_FACTOR, minutes=minutes)
