"""Refuses a try: recorded with its reason, and told to whom it may be told."""

from models import Membership
from models.enums import RefusalReason
from services import code_facts, refusals
from services.answers import Facts, Refused
from services.tries import Candidate, Try


async def refuse(attempt: Try, reason: RefusalReason, code: Candidate | None = None) -> Refused:
    """The refusal, written down; members of the code's workspace get its facts too."""
    reference = await refusals.record(reason, attempt, code)
    return Refused(reason=reason, reference=reference, facts=await _facts(attempt, code))


async def _facts(attempt: Try, code: Candidate | None) -> Facts | None:
    """For members of the code's workspace alone: nobody else is told anything about it."""
    actor = attempt.visitor.actor
    if actor is None or code is None:
        return None
    is_member = actor.is_owner or await Membership.exists(
        workspace_id=code.workspace_id, user_id=actor.user_id
    )
    return await code_facts.of(code.id) if is_member else None
