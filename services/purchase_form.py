"""What was asked for in Generate Code, checked into a batch that may be made."""

from dataclasses import dataclass

from models import Action
from models.enums import CodeKind
from services import batch_form
from services.batch_form import BatchOrder
from services.database import is_id
from services.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRequest:
    """`quantity` is what was typed; `key` as in a BatchRequest."""

    workspace_id: int | None
    action_id: int | None
    quantity: str
    key: str
    note: str = ""


async def check(asked: PurchaseRequest) -> BatchOrder:
    """Raises Invalid by field: action, quantity, note; NotFound for an action nobody made."""
    return BatchOrder(
        kind=CodeKind.PURCHASE,
        action_id=(await _action(asked.action_id)).id,
        quantity=batch_form.quantity(asked.quantity),
        key=asked.key,
        note=batch_form.note(asked.note),
    )


async def _action(action_id: int | None) -> Action:
    if action_id is None:
        raise Invalid({"action": "Choose a purchased action."})
    action = is_id(action_id) and await Action.get_or_none(id=action_id).select_related("scheme")
    if not action:
        raise NotFound("This action does not exist.")
    if not action.needs_payment:
        raise Invalid({"action": "This action is free; nobody needs a code for it."})
    if action.archived_at or action.scheme.archived_at:
        raise Invalid({"action": "This action was archived. Choose another one."})
    return action
