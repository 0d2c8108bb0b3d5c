"""One evaluation in full: its steps, what was recorded in them, and how each was paid."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from models import Activation, Evaluation, Evidence, Reopening, Step
from models.enums import EvaluationState, StepState
from services import code_alphabet, evaluations, purchased_action
from services.actor import Actor
from services.database import reader
from services.evidence import may_remove
from services.permissions import Permission, can

T = TypeVar("T", Evidence, Reopening)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """`size` is None for a note, whose words are the `text`; a file's text is its name."""

    id: int
    text: str
    size: int | None
    added_by: str
    added_at: datetime
    may_remove: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    masked: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A failure that was taken back: both facts."""

    failed_by: str
    failed_at: datetime
    note: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """`action` is the purchased action's whole name. `decided_by` is empty without an outcome."""

    id: int
    position: int
    name: str
    action: str
    state: StepState
    needs_payment: bool
    paid: Paid | None
    note: str
    decided_by: str
    decided_at: datetime | None
    evidence: tuple[EvidenceView, ...]
    reopened: tuple[Reopened, ...]

    @property
    def files(self) -> int:
        return sum(each.size is not None for each in self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationDetail:
    """`certificate` is the number in groups of four, or empty."""

    id: int
    product: str
    model: str
    version: str
    scheme: str
    state: EvaluationState
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    certificate: str
    steps: tuple[StepView, ...]
    may_reopen: bool
    may_undo_payment: bool


async def read(actor: Actor, evaluation_id: int) -> EvaluationDetail:
    """Raises NotFound for an evaluation of others."""
    evaluation = await evaluations.own(actor, evaluation_id)
    steps = (
        await Step.filter(evaluation_id=evaluation.id)
        .using_db(reader())
        .select_related("decided_by")
        .order_by("position")
    )
    is_admin = can(actor, Permission.REOPEN_EVALUATIONS)
    return EvaluationDetail(
        id=evaluation.id,
        product=evaluation.product,
        model=evaluation.model,
        version=evaluation.version,
        scheme=steps[0].scheme_name,
        state=evaluation.state,
        started_by=evaluation.started_by.name,
        started_at=evaluation.created_at,
        ended_at=evaluation.ended_at,
        certificate=code_alphabet.display(evaluation.certificate or ""),
        steps=await _steps(actor, evaluation, steps),
        may_reopen=is_admin and evaluation.state is EvaluationState.FAILED,
        may_undo_payment=is_admin,
    )


async def _steps(actor: Actor, evaluation: Evaluation, steps: list[Step]) -> tuple[StepView, ...]:
    found = _by_step(
        await Evidence.filter(step__evaluation_id=evaluation.id, removed_at=None)
        .using_db(reader())
        .select_related("added_by")
        .order_by("id")
    )
    taken_back = _by_step(
        await Reopening.filter(step__evaluation_id=evaluation.id)
        .using_db(reader())
        .select_related("failed_by", "reopened_by")
        .order_by("id")
    )
    paid = await _payments(evaluation)
    return tuple(
        StepView(
            id=step.id,
            position=step.position,
            name=step.name,
            action=purchased_action.join(step.scheme_name, step.name),
            state=step.state,
            needs_payment=step.needs_payment,
            paid=paid.get(step.id),
            note=step.outcome_note,
            decided_by=step.decided_by.name if step.decided_by else "",
            decided_at=step.decided_at,
            evidence=tuple(_evidence(actor, step, each) for each in found[step.id]),
            reopened=tuple(map(_reopened, taken_back[step.id])),
        )
        for step in steps
    )


def _by_step(rows: Iterable[T]) -> defaultdict[int, list[T]]:
    of = defaultdict[int, list[T]](list)
    for row in rows:
        of[row.step_id].append(row)
    return of


async def _payments(evaluation: Evaluation) -> dict[int, Paid]:
    uses = (
        await Activation.filter(step__evaluation_id=evaluation.id, undone_at=None)
        .using_db(reader())
        .select_related("code", "person")
    )
    return {
        use.step_id: Paid(
            masked=code_alphabet.masked(use.code.ending), by=use.person.name, at=use.created_at
        )
        for use in uses
        if use.step_id
    }


def _evidence(actor: Actor, step: Step, row: Evidence) -> EvidenceView:
    is_open = step.state is StepState.WORK
    return EvidenceView(
        id=row.id,
        text=row.text,
        size=row.size,
        added_by=row.added_by.name,
        added_at=row.created_at,
        may_remove=is_open and may_remove(actor, row.added_by_id),
    )


def _reopened(row: Reopening) -> Reopened:
    return Reopened(
        failed_by=row.failed_by.name,
        failed_at=row.failed_at,
        note=row.failed_note,
        by=row.reopened_by.name,
        at=row.created_at,
        reason=row.reason,
    )
