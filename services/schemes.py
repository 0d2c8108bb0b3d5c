"""Certification schemes and their ordered actions: made, edited, archived, never deleted.

Evaluations keep the steps they began with; nothing here touches them.
"""

from tortoise.exceptions import IntegrityError

from models import Action, Agreement, Scheme
from models.enums import AuditAction, Resource
from services import audit, database, signals, texts
from services.actor import Actor
from services.database import execute_each, is_id, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.permissions import Permission, require
from services.signals import Changed, Topic
from services.zones import now

LONGEST_NAME = 80
PLACE = "UPDATE action SET position = ? WHERE id = ?"
GONE = "It does not exist any more."


def _name(name: str, whose: str) -> str:
    return texts.line(name, field="name", what=f"the {whose}'s name", longest=LONGEST_NAME)


async def create(actor: Actor, name: str) -> Scheme:
    """A scheme without actions. Raises Invalid(name)."""
    require(actor, Permission.RUN_INSTALLATION)
    name = _name(name, "scheme")
    try:
        return await _create(actor, name)
    except IntegrityError:
        raise texts.taken(name) from None


@unit_of_work
async def _create(actor: Actor, name: str) -> Scheme:
    scheme = await Scheme.create(name=name)
    await _record(actor, AuditAction.CREATE, scheme.id)
    return scheme


async def rename(actor: Actor, scheme_id: int, name: str) -> None:
    """Codes and agreements show the new name, evaluations that began the one they know."""
    require(actor, Permission.RUN_INSTALLATION)
    name = _name(name, "scheme")
    try:
        await _rename(actor, scheme_id, name)
    except IntegrityError:
        raise texts.taken(name) from None


@unit_of_work
async def _rename(actor: Actor, scheme_id: int, name: str) -> None:
    if not (is_id(scheme_id) and await Scheme.filter(id=scheme_id).update(name=name)):
        raise NotFound(GONE)
    await _record(actor, AuditAction.UPDATE, scheme_id)


@unit_of_work
async def archive(actor: Actor, scheme_id: int) -> None:
    """No new evaluations and no new codes; what began or exists goes on."""
    await _archive(actor, Scheme, scheme_id, is_archived=True)
    await _record(actor, AuditAction.ARCHIVE, scheme_id)


@unit_of_work
async def restore(actor: Actor, scheme_id: int) -> None:
    await _archive(actor, Scheme, scheme_id, is_archived=False)
    await _record(actor, AuditAction.RESTORE, scheme_id)


async def add_action(actor: Actor, scheme_id: int, *, name: str, needs_payment: bool) -> Action:
    """The last step of the scheme. Raises Invalid(name), NotFound, Conflict when archived."""
    require(actor, Permission.RUN_INSTALLATION)
    name = _name(name, "action")
    try:
        return await _add_action(actor, scheme_id, name, needs_payment)
    except IntegrityError:
        raise texts.taken(name) from None


@unit_of_work
async def _add_action(actor: Actor, scheme_id: int, name: str, needs_payment: bool) -> Action:
    await _hold(scheme_id)
    scheme = is_id(scheme_id) and await Scheme.get_or_none(id=scheme_id)
    if not scheme:
        raise NotFound("This scheme does not exist any more.")
    if scheme.archived_at:
        raise Conflict("This scheme is archived. Restore it first.")
    order = await _order(scheme_id)
    action = await Action.create(
        scheme_id=scheme_id, name=name, needs_payment=needs_payment, position=0
    )
    await _place([*order, action.id], scheme_id)
    await _record(actor, AuditAction.CREATE, scheme_id, action.id)
    return action


async def change_action(actor: Actor, action_id: int, *, name: str, needs_payment: bool) -> None:
    """Raises NotFound, Invalid by field: needs_payment too, while an agreement grants its codes."""
    require(actor, Permission.RUN_INSTALLATION)
    name = _name(name, "action")
    try:
        await _change_action(actor, action_id, name, needs_payment)
    except IntegrityError:
        raise texts.taken(name) from None


@unit_of_work
async def _change_action(actor: Actor, action_id: int, name: str, needs_payment: bool) -> None:
    action = await _held(action_id)
    granted = Agreement.filter(action_id=action_id, ends_at__gt=now())
    if action.needs_payment and not needs_payment and await granted.exists():
        raise Invalid(
            {"needs_payment": "Agreements still grant purchase codes for it. End them first."}
        )
    await Action.filter(id=action_id).update(name=name, needs_payment=needs_payment)
    await _record(actor, AuditAction.UPDATE, action.scheme_id, action_id)


@unit_of_work
async def move_action(actor: Actor, action_id: int, *, up: bool) -> int:
    """One place up or down among the active ones; returns its new place, from 1.

    Raises NotFound, and Conflict where there is no such place.
    """
    require(actor, Permission.RUN_INSTALLATION)
    action = await _held(action_id)
    order = await _order(action.scheme_id)
    if action_id not in order:
        raise Conflict("This action is archived. Restore it first.")
    here = order.index(action_id)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        raise Conflict(f"“{action.name}” is the {'first' if up else 'last'} one already.")
    order[here], order[there] = order[there], order[here]
    await _place(order, action.scheme_id)
    await _record(actor, AuditAction.UPDATE, action.scheme_id, action_id, position=there + 1)
    return there + 1


@unit_of_work
async def archive_action(actor: Actor, action_id: int) -> None:
    """New evaluations leave it out; where it is a step already, its codes still pay for it."""
    require(actor, Permission.RUN_INSTALLATION)
    action = await _held(action_id)
    await _archive(actor, Action, action_id, is_archived=True)
    await _place(await _order(action.scheme_id), action.scheme_id)
    await _record(actor, AuditAction.ARCHIVE, action.scheme_id, action_id)


@unit_of_work
async def restore_action(actor: Actor, action_id: int) -> None:
    """It becomes the last step of its scheme."""
    require(actor, Permission.RUN_INSTALLATION)
    action = await _held(action_id)
    order = await _order(action.scheme_id)
    await _archive(actor, Action, action_id, is_archived=False)
    await _place([*order, action_id], action.scheme_id)
    await _record(actor, AuditAction.RESTORE, action.scheme_id, action_id)


async def _archive(
    actor: Actor, kind: type[Scheme] | type[Action], row_id: int, *, is_archived: bool
) -> None:
    require(actor, Permission.RUN_INSTALLATION)
    others = kind.filter(id=row_id, archived_at__isnull=is_archived)
    if is_id(row_id) and await others.update(archived_at=now() if is_archived else None):
        return
    if is_id(row_id) and await kind.exists(id=row_id):
        raise Conflict("Somebody archived it already." if is_archived else "It is not archived.")
    raise NotFound(GONE)


async def _held(action_id: int) -> Action:
    """An action whose scheme nobody else arranges before the unit of work ends."""
    found = is_id(action_id) and await Action.get_or_none(id=action_id)
    if not found:
        raise NotFound(GONE)
    await _hold(found.scheme_id)
    return await Action.get(id=action_id)


async def _hold(scheme_id: int) -> None:
    await database.lock(f"scheme:{scheme_id}")


async def _order(scheme_id: int) -> list[int]:
    """Its active actions, first to last."""
    active = Action.filter(scheme_id=scheme_id, archived_at=None).order_by("position", "id")
    return [action.id for action in await active]


async def _place(order: list[int], scheme_id: int) -> None:
    """Positions from 1 without a gap: those of `order`, then the archived ones."""
    rest = Action.filter(scheme_id=scheme_id).exclude(id__in=order).order_by("position", "id")
    every = [*order, *(action.id for action in await rest)]
    await execute_each(PLACE, [(place, row) for place, row in enumerate(every, start=1)])


async def _record(
    actor: Actor, action: AuditAction, scheme_id: int, action_id: int | None = None, **detail: int
) -> None:
    if action_id is None:
        await audit.record(action, Resource.SCHEME, scheme_id, by=actor)
    else:
        detail |= {"scheme": scheme_id}
        await audit.record(action, Resource.ACTION, action_id, by=actor, **detail)
    signals.emit(Changed(None, Topic.SCHEMES, (scheme_id,)))
