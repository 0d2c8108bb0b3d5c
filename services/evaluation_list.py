"""The evaluations of a workspace, as a list shows them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Evaluation, Scheme, Step
from models.enums import EvaluationState, StepState
from services import code_alphabet, texts
from services.actor import Actor
from services.database import reader
from services.paging import Page, Slice
from services.permissions import Permission, require

SORTABLE = {"started": "id", "product": "product", "scheme": "scheme__name", "state": "state"}
NOT_HERE = (StepState.WAITING, StepState.PASSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationView:
    """`step` is where it stands, None once all are passed; `passed` counts of `steps`."""

    id: int
    product: str
    model: str
    version: str
    scheme: str
    state: EvaluationState
    step: str | None
    step_state: StepState | None
    passed: int
    steps: int
    started_by: str
    started_by_id: int
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationFilter:
    search: str = ""
    scheme_id: int | None = None
    state: EvaluationState | None = None


@dataclass(frozen=True, slots=True)
class SchemeChoice:
    id: int
    name: str


def _of(actor: Actor) -> QuerySet[Evaluation]:
    require(actor, Permission.USE_CYBERPASS)
    return Evaluation.filter(workspace_id=actor.workspace).using_db(reader())


def _matching(query: QuerySet[Evaluation], wanted: EvaluationFilter) -> QuerySet[Evaluation]:
    if wanted.scheme_id:
        query = query.filter(scheme_id=wanted.scheme_id)
    if wanted.state:
        query = query.filter(state=wanted.state)
    search = texts.sought(wanted.search)
    return query.filter(_found(search)) if search else query


def _found(text: str) -> Q:
    """By product, model or version, or by a whole certificate number."""
    number = code_alphabet.clean(text)
    if code_alphabet.has_valid_check(number):
        return Q(certificate=number)
    return Q(product__icontains=text) | Q(model__icontains=text) | Q(version__icontains=text)


async def page(actor: Actor, wanted: EvaluationFilter, part: Slice) -> Page[EvaluationView]:
    """One page of the list and the total, newest first unless sorted otherwise."""
    query = _matching(_of(actor), wanted)
    total = await query.count()
    rows = (
        await query.select_related("started_by")
        .order_by(*part.order(SORTABLE, "started"))
        .offset(part.offset(total))
        .limit(part.rows)
    )
    return Page(await _views(rows), total)


async def some(actor: Actor, ids: tuple[int, ...]) -> list[EvaluationView]:
    """These evaluations as they are now, for patching rows on screen."""
    return await _views(await _of(actor).filter(id__in=ids).select_related("started_by"))


async def newest(actor: Actor) -> int:
    """The id of the newest evaluation, 0 where there is none."""
    evaluation = await _of(actor).order_by("-id").first()
    return evaluation.id if evaluation else 0


async def count_open(actor: Actor) -> int:
    return await _of(actor).filter(state=EvaluationState.OPEN).count()


async def product(actor: Actor, evaluation_id: int) -> str | None:
    """What an evaluation is called; None for one that is not of this workspace."""
    found = await _of(actor).get_or_none(id=evaluation_id)
    return found.product if found else None


async def schemes(actor: Actor) -> list[SchemeChoice]:
    """Those that evaluations of this workspace go through, by name."""
    ids = await _of(actor).distinct().values_list("scheme_id", flat=True)
    rows = await Scheme.filter(id__in=list(ids)).using_db(reader()).order_by("name")
    return [SchemeChoice(scheme.id, scheme.name) for scheme in rows]


async def _views(rows: Sequence[Evaluation]) -> list[EvaluationView]:
    of = defaultdict[int, list[Step]](list)
    ids = [evaluation.id for evaluation in rows]
    for step in await Step.filter(evaluation_id__in=ids).using_db(reader()).order_by("position"):
        of[step.evaluation_id].append(step)
    return [_view(evaluation, of[evaluation.id]) for evaluation in rows]


def _view(evaluation: Evaluation, steps: list[Step]) -> EvaluationView:
    here = next((step for step in steps if step.state not in NOT_HERE), None)
    return EvaluationView(
        id=evaluation.id,
        product=evaluation.product,
        model=evaluation.model,
        version=evaluation.version,
        scheme=steps[0].scheme_name,
        state=evaluation.state,
        step=here and here.name,
        step_state=here and here.state,
        passed=sum(step.state is StepState.PASSED for step in steps),
        steps=len(steps),
        started_by=evaluation.started_by.name,
        started_by_id=evaluation.started_by_id,
        started_at=evaluation.created_at,
    )
