"""Whether a code would work for something, asked without using, booking or recording anything."""

from dataclasses import dataclass

from models import Code, Workspace
from models.enums import RefusalReason, Status
from services import code_facts, code_standing, purchased_action, redeem_claim, workspaces
from services.actor import Actor
from services.answers import Facts
from services.code_list import status_of
from services.database import is_id
from services.errors import Invalid, NotFound
from services.permissions import Permission, require
from services.tries import Candidate, Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`reason` is None where the code would work; `workspace` and `action` are what was asked."""

    reason: RefusalReason | None
    facts: Facts
    workspace: str
    action: str


async def choices(actor: Actor) -> tuple[dict[int, str], dict[int, str]]:
    """The workspaces this person administers and all actions to be paid, by id, for asking."""
    administers = Permission.ADMINISTER_WORKSPACE
    require(actor, administers)
    own = {each.id: each.name for each in await workspaces.of(actor) if each.may(administers)}
    return own, await purchased_action.paid_for(archived=True)


async def would_work(
    actor: Actor, code_id: int, *, workspace_id: int | None = None, action_id: int | None = None
) -> Verdict:
    """Whether a code of this workspace would pay for that action there, or open what it opens.

    Without a workspace and an action it is asked as the Redeem page would. Nothing is changed,
    booked or recorded. Raises NotFound and Invalid by field.
    """
    require(actor, Permission.ADMINISTER_WORKSPACE)
    code, status = await _own(actor, code_id)
    due = None if action_id is None else await _due(actor, workspace_id or 0, action_id)
    reason = code_standing.unfit(due, code) or code_standing.REASONS.get(status)
    return Verdict(
        reason=reason,
        facts=await code_facts.of(code.id),
        workspace=(await Workspace.get(id=due.workspace_id)).name if due else "",
        action=due.action if due else "",
    )


async def _own(actor: Actor, code_id: int) -> tuple[Candidate, Status]:
    found = await redeem_claim.of_id(code_id) if is_id(code_id) else None
    if found is None or found.workspace_id != actor.workspace:
        raise NotFound("This code does not exist, or not in this workspace.")
    code = await Code.get(id=code_id).select_related("batch")
    return found, status_of(code, code.batch)


async def _due(actor: Actor, workspace_id: int, action_id: int) -> Due:
    own, actions = await choices(actor)
    if workspace_id not in own:
        raise Invalid({"workspace": "Choose a workspace from the list."})
    if action_id not in actions:
        raise Invalid({"action": "Choose a purchased action from the list."})
    return Due(
        step_id=0,
        evaluation_id=0,
        workspace_id=workspace_id,
        action_id=action_id,
        action=actions[action_id],
    )
