"""What purchase codes are issued under: claimed from agreements, and given back to them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Action, Agreement, AgreementShare, Batch
from models.enums import AuditAction, CodeKind, Resource
from services import administered, audit, purchased_action, signals
from services.actor import Actor
from services.database import execute_each, is_id, reader, unit_of_work
from services.errors import Conflict, QuotaExceeded
from services.settings import get_settings
from services.signals import Changed, Topic
from services.zones import now

CLAIM = """
UPDATE agreement SET issued = issued + ?
WHERE id = ? AND quantity - issued + returned >= ? AND starts_at <= ? AND ends_at > ?"""
GIVE_BACK = "UPDATE agreement SET returned = returned + ? WHERE id = ?"
ARCHIVED = "This action was archived. No codes can be generated for it any more."
WARNED_AT = (100, 75)  # per cent used, of which somebody is told


@dataclass(frozen=True, slots=True)
class Left:
    """What the valid agreements leave of what they grant, the one that ends first first."""

    left: int
    granted: int
    references: tuple[str, ...]


async def left(
    actor: Actor, *, workspace_id: int | None = None, action_id: int | None = None
) -> Left:
    """Of one workspace or all that the person runs, of one action or all that can be chosen.

    Raises NotFound for a workspace of others.
    """
    if workspace_id is None:
        ids = [place.id for place in await administered.places(actor)]
    else:
        ids = [(await administered.enter(actor, workspace_id)).workspace]
    wanted = _valid(ids).filter(action__archived_at=None, action__scheme__archived_at=None)
    if action_id is not None:
        wanted = wanted.filter(action_id=action_id if is_id(action_id) else 0)
    return _sum(await wanted.using_db(reader()).order_by("ends_at", "id"))


def _valid(workspace_ids: Sequence[int]) -> QuerySet[Agreement]:
    at = now()
    lasting = Q(codes_until=None) | Q(codes_until__gt=at)
    return Agreement.filter(
        lasting, workspace_id__in=workspace_ids, starts_at__lte=at, ends_at__gt=at
    )


def _sum(found: Sequence[Agreement]) -> Left:
    return Left(
        left=sum(each.left for each in found),
        granted=sum(each.quantity for each in found),
        references=tuple(dict.fromkeys(each.reference for each in found)),
    )


def ask() -> str:
    """Whom to ask for an agreement."""
    return f"Ask {get_settings().support_contact or 'the owner of this installation'}."


def exceeded(asked: int, found: Left, action: str) -> str:
    """Why so many cannot be had; empty where they can."""
    if not found.granted:
        return f"No agreement for {action} is valid now. {ask()}"
    if asked <= found.left:
        return ""
    verb = "is" if found.left == 1 else "are"
    return f"You asked for {asked:,}; {found.left:,} of {found.granted:,} {verb} left."


@unit_of_work
async def claim(actor: Actor, batch: Batch) -> list[AgreementShare]:
    """Take all codes of a purchase batch from the agreements that are valid now, or none.

    Call in the unit of work that wrote the batch; it gets the first end of validity that one of
    them sets. Raises QuotaExceeded, and Conflict where the action was archived: then that unit of
    work must end with it.
    """
    if await Action.exists(
        Q(archived_at__isnull=False) | Q(scheme__archived_at__isnull=False), id=batch.action_id
    ):
        raise Conflict(ARCHIVED)
    # locked by id, so that no two wait for each other
    valid = _valid([batch.workspace_id]).filter(action_id=batch.action_id)
    found = await valid.order_by("id").select_for_update()
    parts = _parts(batch.quantity, sorted(found, key=lambda each: (each.ends_at, each.id)))
    if sum(parts.values()) < batch.quantity or not await _take(parts):
        raise QuotaExceeded(await _too_many(batch, found))
    ends = [each.codes_until for each in parts if each.codes_until]
    batch.expires_at = min(ends, default=None)
    await batch.save(update_fields=["expires_at"])
    await _tell_shares(actor, parts)
    _changed(batch.workspace_id, (each.id for each in parts))
    return [await _share(batch, each, codes) for each, codes in parts.items()]


def _parts(quantity: int, found: Sequence[Agreement]) -> dict[Agreement, int]:
    """How many of which, in this order."""
    parts: dict[Agreement, int] = {}
    for each in found:
        if codes := min(quantity, each.left):
            parts[each] = codes
            quantity -= codes
    return parts


async def _take(parts: Mapping[Agreement, int]) -> bool:
    at = now()
    claims = [(codes, each.id, codes, at, at) for each, codes in parts.items()]
    return all(await execute_each(CLAIM, claims))


async def _too_many(batch: Batch, found: Sequence[Agreement]) -> str:
    action = await Action.get(id=batch.action_id).select_related("scheme")
    return exceeded(batch.quantity, _sum(found), purchased_action.named(action))


async def _tell_shares(actor: Actor, parts: Mapping[Agreement, int]) -> None:
    for each, codes in parts.items():
        before = each.issued - each.returned
        if share := _reached(before, before + codes, each.quantity):
            place = (AuditAction.REACH, Resource.AGREEMENT, each.id)
            await audit.record(*place, by=actor, share=share)


def _reached(before: int, after: int, of: int) -> int | None:
    """The share in per cent that was reached just now; of two the larger."""
    return next((s for s in WARNED_AT if before * 100 < s * of <= after * 100), None)


async def _share(batch: Batch, agreement: Agreement, codes: int) -> AgreementShare:
    return await AgreementShare.create(
        workspace_id=batch.workspace_id,
        batch_id=batch.id,
        agreement_id=agreement.id,
        codes=codes,
    )


async def shares_of(batch: Batch) -> list[AgreementShare]:
    """In the order of the places of the codes; access codes are under no agreement."""
    if batch.kind is not CodeKind.PURCHASE:
        return []
    return await AgreementShare.filter(batch_id=batch.id).order_by("id")


async def references(batch: Batch) -> tuple[str, ...]:
    """The names of its agreements, the one that ended first first."""
    ids = [share.agreement_id for share in await shares_of(batch)]
    found = await Agreement.filter(id__in=ids).using_db(reader()) if ids else []
    return tuple(dict.fromkeys(each.reference for each in sorted(found, key=lambda a: a.ends_at)))


@unit_of_work
async def give_back(workspace_id: int, codes: Mapping[int, int]) -> None:
    """Codes that will not be used, to the agreements they were issued under."""
    if not codes:
        return
    await execute_each(GIVE_BACK, [(number, each) for each, number in sorted(codes.items())])
    _changed(workspace_id, codes)


@unit_of_work
async def give_back_all(batch: Batch) -> None:
    """Everything a batch claimed, where none of its codes will ever exist."""
    shares = await shares_of(batch)
    codes: Counter[int] = Counter()
    for share in shares:
        codes[share.agreement_id] += share.codes
    await AgreementShare.filter(batch_id=batch.id).delete()
    await give_back(batch.workspace_id, codes)


def _changed(workspace_id: int, ids: Iterable[int]) -> None:
    signals.emit(Changed(workspace_id, Topic.AGREEMENTS, tuple(sorted(ids))))
