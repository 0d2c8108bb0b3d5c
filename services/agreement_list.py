"""Agreements as lists show them: what was granted, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime

from tortoise.expressions import F, Q
from tortoise.queryset import QuerySet

from models import Agreement
from models.enums import AgreementState
from services import purchased_action, texts, zones
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.permissions import Permission, require
from services.zones import now

SORTABLE = {
    "created": "id",
    "reference": "reference",
    "action": "action__scheme__name",
    "granted": "quantity",
    "issued": "issued",
    "returned": "returned",
    "activated": "activated",
    "until": "ends_at",
}
ABOUT = ("workspace", "action__scheme")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    """Days are those of its workspace's `time_zone`; `last_day` and `codes_until` inclusive."""

    id: int
    revision: int
    workspace_id: int
    workspace: str
    time_zone: str
    action: str
    is_action_archived: bool
    reference: str
    note: str
    granted: int
    issued: int
    returned: int
    left: int
    activated: int
    first_day: date
    last_day: date
    codes_until: date | None
    state: AgreementState

    @property
    def is_over(self) -> bool:
        return self.state is AgreementState.ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFilter:
    search: str = ""
    workspace_id: int | None = None
    state: AgreementState | None = None


def _of(actor: Actor) -> QuerySet[Agreement]:
    """Those of the workspace that was entered; outside of any, the owner's view of all."""
    if actor.workspace_id is None:
        require(actor, Permission.RUN_INSTALLATION)
        return Agreement.all().using_db(reader())
    require(actor, Permission.READ_AGREEMENTS)
    return Agreement.filter(workspace_id=actor.workspace).using_db(reader())


def _matching(query: QuerySet[Agreement], wanted: AgreementFilter) -> QuerySet[Agreement]:
    if wanted.workspace_id:
        query = query.filter(workspace_id=wanted.workspace_id)
    if wanted.state:
        query = query.filter(_standing(wanted.state))
    search = texts.sought(wanted.search)
    return query.filter(_found(search)) if search else query


def _standing(state: AgreementState) -> Q:
    moment = now()
    runs = Q(starts_at__lte=moment, ends_at__gt=moment)
    match state:
        case AgreementState.ENDED:
            return Q(ends_at__lte=moment)
        case AgreementState.NOT_YET_VALID:
            return Q(starts_at__gt=moment, ends_at__gt=moment)
        case AgreementState.USED_UP:
            return runs & Q(issued__gte=F("returned") + F("quantity"))
        case AgreementState.VALID:
            return runs & Q(issued__lt=F("returned") + F("quantity"))


def _found(text: str) -> Q:
    """By reference, note, scheme or action; also by both as they are shown."""
    found = Q(reference__icontains=text) | Q(note__icontains=text)
    found |= Q(action__name__icontains=text) | Q(action__scheme__name__icontains=text)
    scheme, _, action = text.rpartition(purchased_action.BETWEEN)
    shown = Q(action__scheme__name__icontains=scheme, action__name__icontains=action)
    return found | shown if scheme else found


async def page(actor: Actor, wanted: AgreementFilter, part: Slice) -> Page[AgreementView]:
    """One page of the list and the total, newest first unless sorted otherwise."""
    query = _matching(_of(actor), wanted)
    total = await query.count()
    rows = (
        await query.select_related(*ABOUT)
        .order_by(*part.order(SORTABLE, "created"))
        .offset(part.offset(total))
        .limit(part.rows)
    )
    return Page([view(agreement) for agreement in rows], total)


async def some(actor: Actor, ids: tuple[int, ...]) -> list[AgreementView]:
    """These agreements as they are now, for patching rows on screen."""
    rows = await _of(actor).filter(id__in=ids).select_related(*ABOUT)
    return [view(agreement) for agreement in rows]


async def newest(actor: Actor) -> int:
    """The id of the newest agreement, 0 where there is none."""
    agreement = await _of(actor).order_by("-id").first()
    return agreement.id if agreement else 0


def view(agreement: Agreement) -> AgreementView:
    zone, action, until = agreement.workspace.time_zone, agreement.action, agreement.codes_until
    return AgreementView(
        id=agreement.id,
        revision=agreement.revision,
        workspace_id=agreement.workspace_id,
        workspace=agreement.workspace.name,
        time_zone=zone,
        action=purchased_action.named(action),
        is_action_archived=bool(action.archived_at or action.scheme.archived_at),
        reference=agreement.reference,
        note=agreement.note,
        granted=agreement.quantity,
        issued=agreement.issued,
        returned=agreement.returned,
        left=agreement.left,
        activated=agreement.activated,
        first_day=zones.day(agreement.starts_at, zone),
        last_day=zones.last_day(agreement.ends_at, zone),
        codes_until=zones.last_day(until, zone) if until else None,
        state=state(agreement, now()),
    )


def state(agreement: Agreement, at: datetime) -> AgreementState:
    if agreement.ends_at <= at:
        return AgreementState.ENDED
    if agreement.starts_at > at:
        return AgreementState.NOT_YET_VALID
    return AgreementState.VALID if agreement.left else AgreementState.USED_UP
