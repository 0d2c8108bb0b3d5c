"""Whether a passkey proves who somebody is: once for each challenge, and no copy of it."""

from dataclasses import dataclass
from typing import Any

from webauthn import generate_authentication_options
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    UserVerificationRequirement,
)

from models import Passkey, User
from models.enums import AccountChange, AuditAction, ChallengePurpose, Resource
from services import accounts, audit, passkey_answers, passkey_challenges, relying_party
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Invalid
from services.passkey_answers import REFUSED
from services.zones import now

WITHIN = int(passkey_challenges.LASTS.total_seconds() * 1000)  # milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A right signature; `count` is what the passkey's own counter says."""

    passkey: Passkey
    count: int


async def asked(purpose: ChallengePurpose, actor: Actor | None = None) -> dict[str, Any]:
    """What a browser is to ask of a passkey: any that it has, or one of that person's.

    Raises NotFound where passkeys are not offered.
    """
    party = relying_party.required()
    own = await Passkey.filter(user_id=actor.user_id) if actor else []
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=await passkey_challenges.issue(purpose, actor),
        timeout=WITHIN,
        allow_credentials=[described(each) for each in own],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json_dict(options)


def described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    known = {each.value for each in AuthenticatorTransport}
    through = [AuthenticatorTransport(each) for each in passkey.transports.split() if each in known]
    return PublicKeyCredentialDescriptor(
        id=base64url_to_bytes(passkey.credential), transports=through or None
    )


async def check(answer: str, purpose: ChallengePurpose, actor: Actor | None = None) -> Proof:
    """Everything but the counter. Raises Invalid(form), NotFound where passkeys are not offered."""
    party = relying_party.required()
    assertion = passkey_answers.read_assertion(answer)
    await passkey_challenges.claim(assertion.challenge, purpose, actor)
    passkey = await Passkey.get_or_none(credential=assertion.credential)
    if not passkey or not _is_owner(passkey.user_id, assertion.handle, actor):
        raise Invalid({"form": REFUSED})
    count = passkey_answers.proven_count(assertion, passkey, party)
    return Proof(passkey=passkey, count=count)


def _is_owner(user_id: int, handle: bytes | None, actor: Actor | None) -> bool:
    """A passkey that nobody was named for has to say itself whose it is."""
    says = passkey_answers.handle_of(user_id)
    if actor is None:
        return handle == says
    return user_id == actor.user_id and handle in (None, says)


@unit_of_work
async def settle(proof: Proof) -> User | None:
    """Move its counter on; returns whose it is, or nobody where it counts for nothing.

    A counter that does not move is that of a copy: it is audited, and a mail warns its person.
    """
    passkey = proof.passkey
    user = await User.get_or_none(id=passkey.user_id, disabled_at=None).select_related("person")
    if user is None:
        return None
    row = Passkey.filter(id=passkey.id)
    ahead = row.filter(sign_count__lt=proof.count) if proof.count else row.filter(sign_count=0)
    if await ahead.update(sign_count=proof.count, used_at=now()):
        return user
    if await row.exists():
        await _suspect(passkey, user)
    return None


async def _suspect(passkey: Passkey, user: User) -> None:
    await audit.record(
        AuditAction.REFUSE,
        Resource.FACTOR,
        user.id,
        by=None,
        person_id=user.person_id,
        kind="passkey",
        passkey=passkey.id,
    )
    await accounts.warn(user, AccountChange.PASSKEY_COPIED)
