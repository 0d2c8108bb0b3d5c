"""What changing a product and changing a plan have in common."""

from models import Plan, Product
from models.enums import AuditAction, Resource
from services import audit, signals
from services.actor import Actor
from services.database import unit_of_work
from services.errors import NotFound
from services.signals import Changed, Topic


@unit_of_work
async def change_row(
    actor: Actor,
    kind: type[Product] | type[Plan],
    row_id: int,
    action: AuditAction,
    **values: object,
) -> None:
    """Write the values and the entry. Raises NotFound where this workspace has no such row."""
    if not await kind.filter(id=row_id, workspace_id=actor.workspace).update(**values):
        raise NotFound("It does not exist any more.")
    product_id = row_id if kind is Product else (await Plan.get(id=row_id)).product_id
    resource = Resource.PRODUCT if kind is Product else Resource.PLAN
    await record(actor, action, resource, row_id, product_id)


async def record(
    actor: Actor, action: AuditAction, resource: Resource, target_id: int, product_id: int
) -> None:
    await audit.record(action, resource, target_id, by=actor)
    signals.emit(Changed(actor.workspace, Topic.PRODUCTS, (product_id,)))
