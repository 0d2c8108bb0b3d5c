"""The one way a code is used: for the form, the link, and whatever comes later."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from models import Activation, Code, Entitlement
from models.enums import BatchState, RefusalReason, Status
from services import (
    answer_times,
    code_alphabet,
    emails,
    links,
    redeem_decision,
    redeem_limits,
    refusals,
    texts,
    throttling,
    vault,
    zones,
)
from services.answers import Answer, Outcome, Refused, Waits
from services.code_list import status_of
from services.errors import Unavailable
from services.links import Link, Purpose
from services.settings import get_settings
from services.throttling import Kind
from services.together import Together
from services.tries import Try, Visitor

A = TypeVar("A", bound=Answer)

_decide = Together(redeem_decision.decide)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationRequest:
    """Either `typed`, as a person entered it, or `token`, from a link."""

    name: str
    email: str
    visitor: Visitor
    typed: str | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """What an activation link may tell anybody; `days` None is a lifetime."""

    product: str
    days: int | None
    workspace: str
    activated_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a holder has. Days in the workspace's `zone`; `until` None is a lifetime."""

    holder: str
    email: str
    product: str
    plan: str
    days: int | None
    workspace: str
    activated_on: date
    begins_on: date
    until: date | None
    zone: str


async def activate(request: ActivationRequest) -> Outcome:
    """Use a code for a holder, exactly once. Raises Invalid by field: code, name, email.

    The holder's own second try gives the first one's answer. A refusal uses nothing up.
    """
    digests, link = code_in(request.typed or "", request.token)
    answer = await tried(
        Try(
            name=texts.line(request.name, field="name", what="your name", longest=120),
            email=emails.read(request.email),
            visitor=request.visitor,
            digests=digests,
            link=link,
        )
    )
    assert isinstance(answer, Outcome), "only what is due is paid"
    return answer


async def tried(attempt: Try) -> Answer:
    """What comes of a try, within every budget; a typing mistake is not looked up at all."""
    if not attempt.digests and attempt.link is None:
        return Refused(reason=RefusalReason.MISTYPED)
    return await _refused_by_address(attempt) or await _decided(attempt)


def code_in(entered: str, token: str | None = None) -> tuple[tuple[bytes, ...], Link | None]:
    """The digests of what was typed, or the link; neither for a typing mistake.

    Raises Invalid(code) for what cannot be a code.
    """
    pasted = token or links.token_in(entered[:512], get_settings().base_url)
    if pasted:
        link = links.read(Purpose.ACTIVATE, pasted)
        # a link nobody made is looked up as a code nobody made: refused, recorded, counted
        return ((), link) if link else (vault.digests(pasted), None)
    typed = code_alphabet.read(entered)
    return (vault.digests(typed.body) if typed.well_formed else ()), None


async def _refused_by_address(attempt: Try) -> Refused | None:
    visitor = attempt.visitor
    minutes = redeem_limits.by_address().book(visitor.address)
    if not minutes:
        return None
    await _limited(visitor)
    return Refused(reason=RefusalReason.LIMITED, minutes=minutes)


async def _decided(attempt: Try) -> Answer:
    began = time.monotonic()
    outcome = await _in_turn(_decide, attempt)
    await _settle(attempt, outcome)
    if isinstance(outcome, Refused) and not outcome.to_member:
        await answer_times.even(began)
    return outcome


async def _in_turn(decide: Callable[[Try], Awaitable[A | Waits]], attempt: Try) -> A:
    try:
        return await redeem_limits.in_turn(decide, attempt, found=_is_success)
    except Unavailable:
        redeem_limits.by_address().give_back(attempt.visitor.address)  # nothing was tried
        raise


def _is_success(answer: Answer) -> bool:
    return not isinstance(answer, Refused)


async def _settle(attempt: Try, outcome: Answer) -> None:
    visitor = attempt.visitor
    if _is_success(outcome):
        redeem_limits.by_address().give_back(visitor.address)
    elif isinstance(outcome, Refused) and outcome.reason is RefusalReason.LIMITED:
        await _limited(visitor)


async def _limited(visitor: Visitor) -> None:
    throttling.count(Kind.REDEEM)
    await refusals.record_limited(visitor.address, visitor.actor)


async def recall(token: str, email: str, visitor: Visitor) -> Outcome:
    """The receipt of an activated code again, for whoever activated it. Raises Invalid(email)."""
    digests, link = code_in("", token)
    attempt = Try(name="", email=emails.read(email), visitor=visitor, digests=digests, link=link)
    refused = await _refused_by_address(attempt)
    if refused:
        return refused
    outcome = await _in_turn(redeem_decision.recall, attempt)
    await _settle(attempt, outcome)
    return outcome


async def open_link(token: str) -> LinkPage | None:
    """What the link's page shows; None for a link that opens nothing. Writes nothing."""
    link = links.read(Purpose.ACTIVATE, token)
    code = await _of_link(link) if link else None
    if code is None or code.batch.product is None or code.batch.plan is None:
        return None
    activation = await Activation.get_or_none(code_id=code.id, undone_at=None)
    if activation is None and status_of(code, code.batch) is not Status.READY:
        return None
    zone = code.workspace.time_zone
    return LinkPage(
        product=code.batch.product.name,
        days=code.batch.plan.days,
        workspace=code.workspace.name,
        activated_on=zones.day(activation.created_at, zone) if activation else None,
    )


async def _of_link(link: Link) -> Code | None:
    return (
        await Code.filter(id=link.row_id, link_version=link.version, batch__state=BatchState.DONE)
        .select_related("workspace", "batch__product", "batch__plan")
        .first()
    )


async def receipt(activation_id: int, token: str) -> Receipt | None:
    """What that activation gave; None unless the link is of the same code and it still stands."""
    link = links.read(Purpose.ACTIVATE, token)
    if link is None:
        return None
    entitlement = (
        await Entitlement.filter(
            activation_id=activation_id,
            activation__code_id=link.row_id,
            activation__undone_at=None,
        )
        .select_related("activation", "person", "product", "plan", "workspace")
        .first()
    )
    return entitlement and _receipt(entitlement)


def _receipt(entitlement: Entitlement) -> Receipt:
    zone, ends_at = entitlement.workspace.time_zone, entitlement.ends_at
    return Receipt(
        holder=entitlement.person.name,
        email=entitlement.person.email,
        product=entitlement.product.name,
        plan=entitlement.plan.name,
        days=entitlement.plan.days,
        workspace=entitlement.workspace.name,
        activated_on=zones.day(entitlement.activation.created_at, zone),
        begins_on=zones.day(entitlement.starts_at, zone),
        until=zones.last_day(ends_at, zone) if ends_at else None,
        zone=zone,
    )
