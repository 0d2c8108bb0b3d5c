"""What is chosen from: schemes to begin with, and actions that codes are generated for."""

from dataclasses import dataclass

from services import purchased_action, scheme_list
from services.actor import Actor
from services.errors import NotFound
from services.permissions import MISSING, Permission, can, require
from services.scheme_list import SchemeView


@dataclass(frozen=True, slots=True)
class PurchasableAction:
    id: int
    name: str


async def open_schemes(actor: Actor) -> list[SchemeView]:
    """The schemes that an evaluation can begin with, each with the actions it would go through."""
    require(actor, Permission.USE_CYBERPASS)
    return [scheme for scheme in await scheme_list.listed() if scheme.actions]


async def purchasable_actions(actor: Actor) -> list[PurchasableAction]:
    """What codes can be generated for: active actions of active schemes that need payment."""
    if not (can(actor, Permission.HANDLE_PURCHASE_CODES) or can(actor, Permission.READ_AGREEMENTS)):
        raise NotFound(MISSING)
    return [PurchasableAction(*each) for each in (await purchased_action.paid_for()).items()]
