"""Plans of products: made, edited, archived, never deleted."""

from typing import Any

from tortoise.exceptions import IntegrityError

from models import Batch, Plan, Product
from models.enums import AuditAction, Resource
from services import catalog, plan_terms, texts
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.permissions import Permission, require
from services.plan_terms import PlanTerms
from services.zones import now


async def create(actor: Actor, product_id: int, terms: PlanTerms) -> Plan:
    """A new plan of that product. Raises Invalid by field, NotFound, Conflict when archived."""
    require(actor, Permission.EDIT_CATALOG)
    values = plan_terms.checked(terms)
    try:
        return await _create(actor, product_id, values)
    except IntegrityError:
        raise texts.taken(str(values["name"])) from None


@unit_of_work
async def _create(actor: Actor, product_id: int, values: dict[str, Any]) -> Plan:
    product = await Product.get_or_none(id=product_id, workspace_id=actor.workspace)
    if product is None:
        raise NotFound("This product does not exist any more.")
    if product.archived_at:
        raise Conflict("This product is archived. Restore it first.")
    plan = await Plan.create(workspace_id=actor.workspace, product_id=product_id, **values)
    await catalog.record(actor, AuditAction.CREATE, Resource.PLAN, plan.id, product_id)
    return plan


async def change(actor: Actor, plan_id: int, terms: PlanTerms) -> None:
    """New terms, for activations from now on. Raises Invalid for other days once codes exist."""
    require(actor, Permission.EDIT_CATALOG)
    values = plan_terms.checked(terms)
    try:
        await _change(actor, plan_id, values)
    except IntegrityError:
        raise texts.taken(str(values["name"])) from None


@unit_of_work
async def _change(actor: Actor, plan_id: int, values: dict[str, Any]) -> None:
    plan = await Plan.get_or_none(id=plan_id, workspace_id=actor.workspace)
    if plan and plan.days != values["days"] and await Batch.exists(plan_id=plan_id):
        raise Invalid(
            {"days": "Codes of this plan exist and promise its length. Make a new plan instead."}
        )
    await catalog.change_row(actor, Plan, plan_id, AuditAction.UPDATE, **values)


async def archive(actor: Actor, plan_id: int) -> None:
    require(actor, Permission.EDIT_CATALOG)
    await catalog.change_row(actor, Plan, plan_id, AuditAction.ARCHIVE, archived_at=now())


async def restore(actor: Actor, plan_id: int) -> None:
    require(actor, Permission.EDIT_CATALOG)
    await catalog.change_row(actor, Plan, plan_id, AuditAction.RESTORE, archived_at=None)
