"""The products of a workspace with their plans, as screens show them."""

from dataclasses import dataclass, field

from tortoise.functions import Count

from models import Plan, Product
from services.actor import Actor
from services.database import reader
from services.permissions import Permission, require


@dataclass(frozen=True, slots=True)
class PlanView:
    id: int
    name: str
    days: int | None
    codes_expire_after_days: int | None
    is_archived: bool


@dataclass(frozen=True, slots=True)
class ProductView:
    id: int
    name: str
    is_archived: bool
    batches: int
    plans: list[PlanView] = field(default_factory=list[PlanView])


async def products(actor: Actor, *, archived: bool = False) -> list[ProductView]:
    """The products of the workspace with all their plans, by name."""
    require(actor, Permission.USE_EDSPACE)
    query = Product.filter(workspace_id=actor.workspace).using_db(reader())
    if not archived:
        query = query.filter(archived_at=None)
    rows = await query.annotate(uses=Count("batches")).order_by("name")
    plans = await Plan.filter(workspace_id=actor.workspace).using_db(reader()).order_by("id")
    return [
        ProductView(
            product.id,
            product.name,
            product.archived_at is not None,
            int(getattr(product, "uses", 0)),
            [_plan_view(plan) for plan in plans if plan.product_id == product.id],
        )
        for product in rows
    ]


def _plan_view(plan: Plan) -> PlanView:
    return PlanView(
        plan.id, plan.name, plan.days, plan.codes_expire_after_days, plan.archived_at is not None
    )


async def count(actor: Actor) -> int:
    require(actor, Permission.USE_EDSPACE)
    return (
        await Product.filter(workspace_id=actor.workspace, archived_at=None)
        .using_db(reader())
        .count()
    )
