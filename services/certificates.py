"""Certificates, as anybody may look them up: by the whole number only."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from models import Evaluation, Step
from models.enums import EvaluationState
from services import code_alphabet, throttling, zones
from services.budgets import AddressLimit
from services.database import reader
from services.errors import Invalid, NotFound
from services.settings import get_settings
from services.throttling import Kind

WHOLE = "Enter the whole number: 16 characters, as on the certificate."
MISTYPED = "That number has a typing mistake. Numbers never contain 0, O, 1, I, L or vowels."
UNKNOWN = "No certificate has this number. Check it, or ask the person who gave it to you."


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """All that is public of an evaluation; the day is one of the workspace's zone."""

    number: str
    product: str
    model: str
    version: str
    scheme: str
    certified_on: date
    workspace: str


@lru_cache
def by_address() -> AddressLimit:
    return AddressLimit(get_settings().redeem_tries_per_address, timedelta(minutes=10))


def number_in(typed: str) -> str:
    """The 16 characters of what was typed, forgiving as for codes. Raises Invalid(number)."""
    if len(typed) > code_alphabet.RAW_MAX:
        raise Invalid({"number": WHOLE})
    number = code_alphabet.clean(typed)
    if len(number) != code_alphabet.LENGTH:
        raise Invalid({"number": WHOLE})
    if not code_alphabet.has_valid_check(number):
        raise Invalid({"number": MISTYPED})
    return number


async def look_up(typed: str, *, address: str) -> Certificate:
    """Raises Invalid(number), NotFound, and Limited after too many wrong numbers."""
    number = number_in(typed)
    if minutes := by_address().book(address):
        raise throttling.refuse(Kind.CERTIFICATE, minutes=minutes)
    found = (
        await Evaluation.filter(certificate=number, state=EvaluationState.CERTIFIED)
        .using_db(reader())
        .select_related("workspace")
        .first()
    )
    if found is None:
        raise NotFound(UNKNOWN)
    by_address().give_back(address)
    return await _certificate(found, number)


async def _certificate(evaluation: Evaluation, number: str) -> Certificate:
    assert evaluation.ended_at, "what is certified has ended"
    first = await Step.filter(evaluation_id=evaluation.id).using_db(reader()).first()
    assert first, "an evaluation has steps"
    return Certificate(
        number=code_alphabet.display(number),
        product=evaluation.product,
        model=evaluation.model,
        version=evaluation.version,
        scheme=first.scheme_name,
        certified_on=zones.day(evaluation.ended_at, evaluation.workspace.time_zone),
        workspace=evaluation.workspace.name,
    )
