"""Products: made, renamed, archived, never deleted."""

from tortoise.exceptions import IntegrityError

from models import Product
from models.enums import AuditAction, Resource
from services import catalog, texts
from services.actor import Actor
from services.database import unit_of_work
from services.permissions import Permission, require
from services.zones import now


def _name(name: str) -> str:
    return texts.line(name, field="name", what="the product's name", longest=120)


async def create(actor: Actor, name: str) -> Product:
    """Raises Invalid(name) for a name that is missing, too long or taken."""
    require(actor, Permission.EDIT_CATALOG)
    name = _name(name)
    try:
        return await _create(actor, name)
    except IntegrityError:
        raise texts.taken(name) from None


@unit_of_work
async def _create(actor: Actor, name: str) -> Product:
    product = await Product.create(workspace_id=actor.workspace, name=name)
    await catalog.record(actor, AuditAction.CREATE, Resource.PRODUCT, product.id, product.id)
    return product


async def rename(actor: Actor, product_id: int, name: str) -> None:
    """Raises NotFound, and Invalid(name) as `create` does."""
    require(actor, Permission.EDIT_CATALOG)
    name = _name(name)
    try:
        await catalog.change_row(actor, Product, product_id, AuditAction.UPDATE, name=name)
    except IntegrityError:
        raise texts.taken(name) from None


async def archive(actor: Actor, product_id: int) -> None:
    """No new codes for it; codes that exist keep working."""
    require(actor, Permission.EDIT_CATALOG)
    await catalog.change_row(actor, Product, product_id, AuditAction.ARCHIVE, archived_at=now())


async def restore(actor: Actor, product_id: int) -> None:
    require(actor, Permission.EDIT_CATALOG)
    await catalog.change_row(actor, Product, product_id, AuditAction.RESTORE, archived_at=None)
