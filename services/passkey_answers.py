"""What a browser sends back from a passkey, read and checked against the public URL alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import AuthenticationCredential, RegistrationCredential

from models import Passkey
from services.errors import Invalid
from services.relying_party import RelyingParty

T = TypeVar("T")
REFUSED = "This passkey was not taken. It may have been removed here. Try again, or another way."
UNUSABLE = "This passkey cannot be used here. Try another device."
LONGEST = 32 * 1024  # characters; the largest keys and statements take a few thousand
LONGEST_ID = 1023  # bytes; WebAuthn Level 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A signature by the passkey `credential` over `challenge`; nothing of it is proven yet."""

    raw: AuthenticationCredential
    credential: str
    challenge: bytes
    handle: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A new passkey that signed `challenge`; nothing of it is proven yet."""

    raw: RegistrationCredential
    challenge: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    credential: str
    public_key: bytes
    sign_count: int
    transports: str


def handle_of(user_id: int) -> bytes:
    """What a passkey keeps to tell whose it is; it says nothing about the person."""
    return user_id.to_bytes(8, "big")


def read_assertion(answer: str) -> Assertion:
    """Raises Invalid(form)."""

    def read() -> Assertion:
        raw = parse_authentication_credential_json(_short(answer))
        return Assertion(
            raw=raw,
            credential=bytes_to_base64url(raw.raw_id),
            challenge=parse_client_data_json(raw.response.client_data_json).challenge,
            handle=raw.response.user_handle,
        )

    return _taken(read, REFUSED)


def read_attestation(answer: str) -> Attestation:
    """Raises Invalid(form)."""

    def read() -> Attestation:
        raw = parse_registration_credential_json(_short(answer))
        client_data = parse_client_data_json(raw.response.client_data_json)
        return Attestation(raw=raw, challenge=client_data.challenge)

    return _taken(read, UNUSABLE)


def proven_count(assertion: Assertion, passkey: Passkey, party: RelyingParty) -> int:
    """What its counter says, once everything but the counter is right. Raises Invalid(form)."""
    proven = _taken(
        lambda: verify_authentication_response(
            credential=assertion.raw,
            expected_challenge=assertion.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # the database compares, in one statement
            require_user_verification=True,
        ),
        REFUSED,
    )
    return proven.new_sign_count


def proven_passkey(attestation: Attestation, party: RelyingParty) -> NewPasskey:
    """Raises Invalid(form)."""
    proven = _taken(
        lambda: verify_registration_response(
            credential=attestation.raw,
            expected_challenge=attestation.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        ),
        UNUSABLE,
    )
    if len(proven.credential_id) > LONGEST_ID:
        raise Invalid({"form": UNUSABLE})
    return NewPasskey(
        credential=bytes_to_base64url(proven.credential_id),
        public_key=proven.credential_public_key,
        sign_count=proven.sign_count,
        transports=" ".join(each.value for each in attestation.raw.response.transports or ())[:100],
    )


def _short(answer: str) -> str:
    if len(answer) > LONGEST:
        raise ValueError("An answer of a passkey is not that long.")
    return answer


def _taken(read: Callable[[], T], sentence: str) -> T:
    try:
        return read()
    except Exception:  # noqa: BLE001 - a stranger's bytes break parsers in more ways than are named
        raise Invalid({"form": sentence}) from None
