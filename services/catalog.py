"""Products and their plans: made, edited, archived, never deleted."""

from dataclasses import dataclass, field
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.functions import Count

from models import Batch, Plan, Product
from models.enums import AuditAction, Resource
from services import audit, signals, texts
from services.actor import Actor
from services.database import reader, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.permissions import Permission, require
from services.signals import Changed, Topic
from services.zones import now

LONGEST_DAYS = 36_500


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTerms:
    """`days` of access, empty for a lifetime; unused codes expire after so many days, or never."""

    name: str
    days: int | None
    codes_expire_after_days: int | None = None


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


async def count_products(actor: Actor) -> int:
    require(actor, Permission.USE_EDSPACE)
    return (
        await Product.filter(workspace_id=actor.workspace, archived_at=None)
        .using_db(reader())
        .count()
    )


def _product_name(name: str) -> str:
    return texts.line(name, field="name", what="the product's name", longest=120)


def _taken(name: str) -> Invalid:
    return Invalid({"name": f"“{name}” exists already, perhaps archived. Choose another name."})


async def create_product(actor: Actor, name: str) -> Product:
    require(actor, Permission.EDIT_CATALOG)
    name = _product_name(name)
    try:
        return await _create_product(actor, name)
    except IntegrityError:
        raise _taken(name) from None


@unit_of_work
async def _create_product(actor: Actor, name: str) -> Product:
    product = await Product.create(workspace_id=actor.workspace, name=name)
    await _record(actor, AuditAction.CREATE, Resource.PRODUCT, product.id, product.id)
    return product


async def rename_product(actor: Actor, product_id: int, name: str) -> None:
    require(actor, Permission.EDIT_CATALOG)
    name = _product_name(name)
    try:
        await _change(actor, Product, product_id, AuditAction.UPDATE, name=name)
    except IntegrityError:
        raise _taken(name) from None


async def archive_product(actor: Actor, product_id: int) -> None:
    """No new codes for it; codes that exist keep working."""
    require(actor, Permission.EDIT_CATALOG)
    await _change(actor, Product, product_id, AuditAction.ARCHIVE, archived_at=now())


async def restore_product(actor: Actor, product_id: int) -> None:
    require(actor, Permission.EDIT_CATALOG)
    await _change(actor, Product, product_id, AuditAction.RESTORE, archived_at=None)


def _days(value: int | None, name: str) -> int | None:
    if value is not None and not 1 <= value <= LONGEST_DAYS:
        raise Invalid(
            {name: f"Enter a whole number from 1 to {LONGEST_DAYS:,}, or leave it empty."}
        )
    return value


def _terms(terms: PlanTerms) -> dict[str, Any]:
    return {
        "name": texts.line(terms.name, field="name", what="the plan's name", longest=60),
        "days": _days(terms.days, "days"),
        "codes_expire_after_days": _days(terms.codes_expire_after_days, "codes_expire_after_days"),
    }


async def create_plan(actor: Actor, product_id: int, terms: PlanTerms) -> Plan:
    """A new plan of that product. Raises Invalid by field, NotFound, Conflict when archived."""
    require(actor, Permission.EDIT_CATALOG)
    values = _terms(terms)
    try:
        return await _create_plan(actor, product_id, values)
    except IntegrityError:
        raise _taken(str(values["name"])) from None


@unit_of_work
async def _create_plan(actor: Actor, product_id: int, values: dict[str, Any]) -> Plan:
    product = await Product.get_or_none(id=product_id, workspace_id=actor.workspace)
    if product is None:
        raise NotFound("This product does not exist any more.")
    if product.archived_at:
        raise Conflict("This product is archived. Restore it first.")
    plan = await Plan.create(workspace_id=actor.workspace, product_id=product_id, **values)
    await _record(actor, AuditAction.CREATE, Resource.PLAN, plan.id, product_id)
    return plan


async def change_plan(actor: Actor, plan_id: int, terms: PlanTerms) -> None:
    """New terms, for activations from now on. Raises Invalid for other days once codes exist."""
    require(actor, Permission.EDIT_CATALOG)
    values = _terms(terms)
    try:
        await _change_plan(actor, plan_id, values)
    except IntegrityError:
        raise _taken(str(values["name"])) from None


@unit_of_work
async def _change_plan(actor: Actor, plan_id: int, values: dict[str, Any]) -> None:
    plan = await Plan.get_or_none(id=plan_id, workspace_id=actor.workspace)
    if plan and plan.days != values["days"] and await Batch.exists(plan_id=plan_id):
        raise Invalid(
            {"days": "Codes of this plan exist and promise its length. Make a new plan instead."}
        )
    await _change(actor, Plan, plan_id, AuditAction.UPDATE, **values)


async def archive_plan(actor: Actor, plan_id: int) -> None:
    require(actor, Permission.EDIT_CATALOG)
    await _change(actor, Plan, plan_id, AuditAction.ARCHIVE, archived_at=now())


async def restore_plan(actor: Actor, plan_id: int) -> None:
    require(actor, Permission.EDIT_CATALOG)
    await _change(actor, Plan, plan_id, AuditAction.RESTORE, archived_at=None)


@unit_of_work
async def _change(
    actor: Actor,
    kind: type[Product] | type[Plan],
    row_id: int,
    action: AuditAction,
    **values: object,
) -> None:
    if not await kind.filter(id=row_id, workspace_id=actor.workspace).update(**values):
        raise NotFound("It does not exist any more.")
    product_id = row_id if kind is Product else (await Plan.get(id=row_id)).product_id
    resource = Resource.PRODUCT if kind is Product else Resource.PLAN
    await _record(actor, action, resource, row_id, product_id)


async def _record(
    actor: Actor, action: AuditAction, resource: Resource, target_id: int, product_id: int
) -> None:
    await audit.record(action, resource, target_id, by=actor)
    signals.emit(Changed(actor.workspace, Topic.PRODUCTS, (product_id,)))
