"""Whom the installation demands a second factor of: the owner's choice."""

from dataclasses import dataclass

from models import Installation
from models.enums import AuditAction, Demand, Resource
from services import audit, factors, signals, step_up, users
from services.actor import Actor
from services.database import lock, unit_of_work
from services.errors import Conflict
from services.permissions import Permission, require
from services.signals import Changed, Topic

OWN_FIRST = "Set up a second factor of your own first, on your Account page."


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandView:
    """`concerned` is how many admins and owners there are, `without` how many have no factor.

    `has_own`: who asks has one.
    """

    demand: Demand
    concerned: int
    without: int
    has_own: bool


async def read(actor: Actor) -> DemandView:
    require(actor, Permission.RUN_INSTALLATION)
    concerned = await factors.concerned()
    have = await factors.holders(concerned)
    return DemandView(
        demand=await factors.demand(),
        concerned=len(concerned),
        without=len(concerned) - len(have),
        has_own=actor.user_id in have,
    )


async def choose(actor: Actor, demand: Demand) -> None:
    """At once, in open tabs too. Raises NotFound, ConfirmationDue; Conflict for who has none."""
    require(actor, Permission.RUN_INSTALLATION)
    await step_up.require(actor)
    await _choose(actor, demand)


@unit_of_work
async def _choose(actor: Actor, demand: Demand) -> None:
    await users.hold_owners(actor)
    await lock("factors")  # nobody removes their last one meanwhile
    if demand is not Demand.NOBODY and not (await factors.of(actor.user_id)).any:
        raise Conflict(OWN_FIRST)
    if not await Installation.exclude(second_factor=demand).update(second_factor=demand):
        return
    await audit.record(
        AuditAction.UPDATE,
        Resource.INSTALLATION,
        None,
        by=actor,
        field="second factor",
        demand=demand.value,
    )
    signals.emit(Changed(None, Topic.MEMBERS, tuple(await factors.concerned())))
