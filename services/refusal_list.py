"""The refusals of a workspace, as a list shows them; to the owner also those that hit no code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Person, Refusal, Step
from models.enums import RefusalReason
from services import code_alphabet, code_facts
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.permissions import Permission, can, require

SORTABLE = {"at": "id"}
ABOUT = ("code__batch__product", "code__batch__action__scheme")
ELSEWHERE = "a step of another workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """`masked` and `opens` are empty where no code was hit; `by` where nobody was signed in.

    `step` is what was to be paid, empty for a holder's try. `tries` were refused within a minute.
    """

    id: int
    at: datetime
    reference: str
    reason: RefusalReason
    masked: str
    opens: str
    by: str
    address: str
    step: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalFilter:
    """`hit_none` asks for those that belong to no workspace, which only the owner sees."""

    reason: RefusalReason | None = None
    hit_none: bool = False


def of(actor: Actor) -> QuerySet[Refusal]:
    """What this person may see of them in the workspace."""
    require(actor, Permission.ADMINISTER_WORKSPACE)
    mine = Q(workspace_id=actor.workspace)
    if can(actor, Permission.RUN_INSTALLATION):
        mine |= Q(workspace_id=None)
    return Refusal.filter(mine)


def _matching(actor: Actor, wanted: RefusalFilter) -> QuerySet[Refusal]:
    place = None if wanted.hit_none else actor.workspace
    query = of(actor).filter(workspace_id=place).using_db(reader())
    return query.filter(reason=wanted.reason) if wanted.reason else query


async def page(actor: Actor, wanted: RefusalFilter, part: Slice) -> Page[RefusalView]:
    """One page of the list and the total, newest first unless sorted otherwise."""
    query = _matching(actor, wanted)
    total = await query.count()
    rows = (
        await query.select_related(*ABOUT)
        .order_by(*part.order(SORTABLE, "at"))
        .offset(part.offset(total))
        .limit(part.rows)
    )
    return Page(await views(actor, rows), total)


async def some(actor: Actor, wanted: RefusalFilter, ids: tuple[int, ...]) -> list[RefusalView]:
    """Those of the ids that the list has, as they are now, for patching rows on screen."""
    return await views(
        actor, await _matching(actor, wanted).filter(id__in=ids).select_related(*ABOUT)
    )


async def views(actor: Actor, refusals: Sequence[Refusal]) -> list[RefusalView]:
    """Of refusals that were read with what they are `ABOUT`."""
    wanted = {refusal.person_id for refusal in refusals} - {None}
    people = await Person.filter(id__in=wanted).using_db(reader()) if wanted else []
    names = {person.id: person.name for person in people}
    steps = await _steps(actor, refusals)
    return [
        _view(refusal, names.get(refusal.person_id or 0, ""), steps.get(refusal.step_id or 0, ""))
        for refusal in refusals
    ]


async def _steps(actor: Actor, refusals: Sequence[Refusal]) -> dict[int, str]:
    """What was to be paid. Somebody tries a code of this workspace on a step of another one."""
    wanted = {refusal.step_id for refusal in refusals if refusal.step_id}
    mine = Step.filter(id__in=wanted, workspace_id=actor.workspace).using_db(reader())
    named = dict.fromkeys(wanted, ELSEWHERE)
    if wanted:
        for step in await mine.select_related("evaluation"):
            named[step.id] = f"{step.evaluation.product}, {step.name}"
    return named


def _view(refusal: Refusal, by: str, step: str) -> RefusalView:
    code = refusal.code
    return RefusalView(
        id=refusal.id,
        at=refusal.created_at,
        reference=refusal.reference,
        reason=refusal.reason,
        masked=code_alphabet.masked(code.ending) if code else "",
        opens=code_facts.opens(code) if code else "",
        by=by,
        address=refusal.address,
        step=step,
        tries=refusal.tries,
    )
