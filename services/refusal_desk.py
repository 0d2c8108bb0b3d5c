"""The refusal desk: the story of a code, or of the refusal with a reference, looked up."""

from models import Refusal
from models.enums import AuditAction, Resource
from services import (
    audit,
    code_alphabet,
    code_story,
    redeem_claim,
    redeem_limits,
    redemptions,
    refusal_list,
    refusals,
    throttling,
)
from services.actor import Actor
from services.answers import Waits
from services.code_story import Story
from services.database import is_id, unit_of_work
from services.errors import Invalid, NotFound
from services.permissions import Permission, require
from services.throttling import Kind
from services.tries import Candidate, Try, Visitor

UNKNOWN = "No code and no refusal of this workspace reads like that."


async def look_up(actor: Actor, typed: str, *, address: str) -> Story:
    """The story of a code of this workspace, or of the refusal with that reference.

    Within the budgets of redeeming, as both can be guessed; who looked is in the log. Raises
    Invalid(code) and Limited.
    """
    require(actor, Permission.ADMINISTER_WORKSPACE)
    reference = refusals.reference_in(typed)
    digests, link = ((), None) if reference else redemptions.code_in(typed)
    if not (reference or digests or link):
        raise Invalid({"code": code_alphabet.TYPING_MISTAKE})
    visitor = Visitor(address=address, actor=actor)
    attempt = Try(name=actor.name, email=actor.email, visitor=visitor, digests=digests, link=link)
    found = await redeem_limits.in_turn(
        lambda attempt: _find(actor, attempt, reference), attempt, found=lambda found: found
    )
    if found is None:
        raise Invalid({"code": UNKNOWN})
    return await _story(actor, found)


@unit_of_work
async def _find(
    actor: Actor, attempt: Try, reference: str | None
) -> Candidate | Refusal | Waits | None:
    async with redeem_limits.booked([attempt]) as [booking]:
        if booking.waits:
            return booking.waits
        if booking.minutes:
            raise throttling.refuse(Kind.REDEEM, minutes=booking.minutes)
        if reference:
            found = await refusal_list.of(actor).get_or_none(reference=reference)
        else:
            [code] = await redeem_claim.find([attempt])
            found = code if code and code.workspace_id == actor.workspace else None
        if found:
            booking.give_back()
            await _log(actor, found)
        return found


async def _log(actor: Actor, found: Candidate | Refusal) -> None:
    resource = Resource.REFUSAL if isinstance(found, Refusal) else Resource.CODE
    await audit.record(AuditAction.SHOW, resource, found.id, by=actor, story=True)


async def _story(actor: Actor, found: Candidate | Refusal) -> Story:
    if isinstance(found, Candidate):
        return await code_story.of_code(actor, found.id)
    if found.code_id:
        return await code_story.of_code(actor, found.code_id)
    [refusal] = await Refusal.filter(id=found.id).select_related(*refusal_list.ABOUT)
    return await code_story.of_no_code(actor, refusal)


async def tell(actor: Actor, refusal_id: int) -> Story:
    """The story behind a refusal in the list; who looked is in the log. Raises NotFound."""
    return await _story(actor, await _shown(actor, refusal_id))


@unit_of_work
async def _shown(actor: Actor, refusal_id: int) -> Refusal:
    mine = refusal_list.of(actor)
    refusal = is_id(refusal_id) and await mine.get_or_none(id=refusal_id)
    if not refusal:
        raise NotFound("This refusal does not exist, or not in this workspace.")
    await _log(actor, refusal)
    return refusal
