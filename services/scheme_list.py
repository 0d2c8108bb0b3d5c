"""Certification schemes and their actions, as screens show them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models import Action, Agreement, Scheme
from services import purchased_action
from services.actor import Actor
from services.database import reader
from services.errors import NotFound
from services.permissions import Permission, can, require
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


@dataclass(frozen=True, slots=True)
class PurchasableAction:
    id: int
    name: str


async def schemes(actor: Actor, *, archived: bool = False) -> list[SchemeView]:
    """Every scheme by name; archived ones and archived actions only where they are asked for."""
    require(actor, Permission.RUN_INSTALLATION)
    running = Agreement.filter(ends_at__gt=now()).using_db(reader())
    grants = Counter(agreement.action_id for agreement in await running)
    return await _schemes(_every if archived else _active, grants)


async def open_schemes(actor: Actor) -> list[SchemeView]:
    """The schemes that an evaluation can begin with, each with the actions it would go through."""
    require(actor, Permission.USE_CYBERPASS)
    return [scheme for scheme in await _schemes(_active) if scheme.actions]


async def purchasable_actions(actor: Actor) -> list[PurchasableAction]:
    """What codes can be generated for: active actions of active schemes that need payment."""
    if not (can(actor, Permission.HANDLE_PURCHASE_CODES) or can(actor, Permission.READ_AGREEMENTS)):
        raise NotFound("This page does not exist, or not for you.")
    wanted = Action.filter(needs_payment=True, archived_at=None, scheme__archived_at=None)
    found = wanted.using_db(reader()).select_related("scheme")
    return [
        PurchasableAction(action.id, purchased_action.named(action))
        for action in await found.order_by("scheme__name", "position")
    ]


def _every(_: Scheme | Action) -> bool:
    return True


def _active(row: Scheme | Action) -> bool:
    return row.archived_at is None


async def _schemes(
    is_shown: Callable[[Scheme | Action], bool], grants: Mapping[int, int] | None = None
) -> list[SchemeView]:
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
                if action.scheme_id == scheme.id and is_shown(action)
            ],
        )
        for scheme in schemes
        if is_shown(scheme)
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
