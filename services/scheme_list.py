"""Certification schemes and their actions, as the owner sees them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from models import Action, Agreement, Scheme
from services import purchased_action
from services.actor import Actor
from services.database import reader
from services.permissions import Permission, require
from services.zones import now


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """`title` is how a purchased action is shown; `agreements` still grant codes for it."""

    id: int
    name: str
    title: str
    needs_payment: bool
    is_archived: bool
    agreements: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeView:
    """Its actions in their order; archived ones stand last."""

    id: int
    name: str
    is_archived: bool
    actions: list[ActionView]

    @property
    def open_actions(self) -> list[ActionView]:
        return [action for action in self.actions if not action.is_archived]


async def schemes(actor: Actor, *, archived: bool = False) -> list[SchemeView]:
    """Every scheme by name; archived ones and archived actions only where they are asked for."""
    require(actor, Permission.RUN_INSTALLATION)
    running = Agreement.filter(ends_at__gt=now()).using_db(reader())
    grants = Counter(agreement.action_id for agreement in await running)
    return await listed(archived=archived, grants=grants)


async def listed(
    *, archived: bool = False, grants: Mapping[int, int] | None = None
) -> list[SchemeView]:
    """For callers that have asked whether the actor may see them."""
    schemes = await Scheme.all().using_db(reader()).order_by("name")
    actions = await Action.all().using_db(reader()).order_by("position")
    return [
        SchemeView(
            id=scheme.id,
            name=scheme.name,
            is_archived=scheme.archived_at is not None,
            actions=[
                _view(action, scheme, (grants or {}).get(action.id, 0))
                for action in actions
                if action.scheme_id == scheme.id and (archived or not action.archived_at)
            ],
        )
        for scheme in schemes
        if archived or not scheme.archived_at
    ]


def _view(action: Action, scheme: Scheme, agreements: int) -> ActionView:
    return ActionView(
        id=action.id,
        name=action.name,
        title=purchased_action.join(scheme.name, action.name),
        needs_payment=action.needs_payment,
        is_archived=action.archived_at is not None,
        agreements=agreements,
    )
