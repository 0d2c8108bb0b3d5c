"""The sample's products and plans."""

from datetime import datetime, timedelta

from models import Plan, Product
from models.enums import AuditAction, Resource
from services.demo.hours import on_working_day
from services.demo.scene import Scene
from services.demo.story import (
    ADMIN,
    ARCHIVED,
    ARCHIVED_DAYS_AGO,
    CATALOG,
    CODES_EXPIRE_AFTER,
    TERMS,
)


async def fill(scene: Scene) -> None:
    at = scene.began + timedelta(hours=2)
    for slug, name, plans in CATALOG:
        at += timedelta(minutes=scene.dice.randint(4, 9))
        workspace_id = scene.workspaces[slug].id
        product = await Product.create(workspace_id=workspace_id, name=name, created_at=at)
        scene.products[name] = product
        _record(scene, at, AuditAction.CREATE, product)
        for plan in plans:
            at += timedelta(minutes=1)
            await _plan(scene, product, plan, at)
    at = on_working_day(scene, ARCHIVED_DAYS_AGO, timedelta(hours=15, minutes=12))
    await Product.filter(id=scene.products[ARCHIVED].id).update(archived_at=at)
    _record(scene, at, AuditAction.ARCHIVE, scene.products[ARCHIVED])


async def _plan(scene: Scene, product: Product, name: str, at: datetime) -> None:
    plan = await Plan.create(
        workspace_id=product.workspace_id,
        product_id=product.id,
        name=name,
        days=TERMS[name],
        codes_expire_after_days=CODES_EXPIRE_AFTER.get((product.name, name)),
        created_at=at,
    )
    scene.plans[product.name, name] = plan
    _record(scene, at, AuditAction.CREATE, plan)


def _record(scene: Scene, at: datetime, action: AuditAction, row: Product | Plan) -> None:
    resource = Resource.PLAN if isinstance(row, Plan) else Resource.PRODUCT
    admin = scene.users[ADMIN].person_id
    scene.record(at, action, resource, row.id, person_id=admin, workspace_id=row.workspace_id)
