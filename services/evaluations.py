"""Evaluations: begun, each with the steps that its scheme has at that moment."""

from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from models import Action, Evaluation, Scheme, Step
from models.enums import AuditAction, Resource, StepState
from services import audit, signals, texts
from services.actor import Actor
from services.database import fetch, is_id, unit_of_work
from services.errors import Invalid, NotFound
from services.permissions import Permission, require
from services.signals import Changed, Topic

LONGEST = {
    "product": ("the product's name", 120),
    "model": ("the model", 80),
    "version": ("the version", 40),
}
KEY_MOST = 64
MISSING = "This evaluation does not exist, or not in this workspace."
BEGUN_BEFORE = """
SELECT id FROM evaluation WHERE workspace_id = ? AND idempotency_key = ? AND started_by_id = ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvaluation:
    """What the dialog asks for; `key` belongs to one opened dialog."""

    product: str
    model: str
    version: str
    scheme_id: int | None
    key: str


async def start(actor: Actor, asked: NewEvaluation) -> int:
    """Start an evaluation; returns its id. The same key gives the one started the first time.

    Raises Invalid by field: also for a scheme that is archived or has no actions.
    """
    require(actor, Permission.USE_CYBERPASS)
    if begun := await _begun_before(actor, asked.key):
        return begun
    entered = _checked(asked)
    try:
        return await _start(actor, asked, entered)
    except IntegrityError:  # the same key a moment earlier
        if begun := await _begun_before(actor, asked.key):
            return begun
        raise


async def _begun_before(actor: Actor, key: str) -> int | None:
    begun = await fetch(BEGUN_BEFORE, actor.workspace, key, actor.person_id)
    return int(begun[0]["id"]) if begun else None


def _checked(asked: NewEvaluation) -> dict[str, str]:
    """The texts as they are stored; everything that is wrong is told at once."""
    entered, wrong = dict[str, str](), dict[str, str]()
    for field, (what, longest) in LONGEST.items():
        try:
            typed = str(getattr(asked, field))
            entered[field] = texts.line(typed, field=field, what=what, longest=longest)
        except Invalid as refused:
            wrong |= refused.fields
    if not asked.scheme_id or not is_id(asked.scheme_id):
        wrong["scheme_id"] = "Choose a scheme."
    if not asked.key or len(asked.key) > KEY_MOST:
        wrong["form"] = "Open the dialog again."
    if wrong:
        raise Invalid(wrong)
    return entered


@unit_of_work
async def _start(actor: Actor, asked: NewEvaluation, entered: dict[str, str]) -> int:
    scheme = await Scheme.get_or_none(id=asked.scheme_id)
    actions = await _actions(scheme)
    assert scheme, "its actions were read"
    evaluation = await Evaluation.create(
        workspace_id=actor.workspace,
        scheme_id=scheme.id,
        idempotency_key=asked.key,
        started_by_id=actor.person_id,
        product=entered["product"],
        model=entered["model"],
        version=entered["version"],
    )
    steps = [_step(evaluation, scheme, action, at) for at, action in enumerate(actions, start=1)]
    steps[0].state = opened(needs_payment=steps[0].needs_payment)
    await Step.bulk_create(steps)
    facts = {"scheme": scheme.id, "steps": len(steps)}
    await audit.record(AuditAction.CREATE, Resource.EVALUATION, evaluation.id, by=actor, **facts)
    changed(actor.workspace, evaluation.id)
    return evaluation.id


async def _actions(scheme: Scheme | None) -> list[Action]:
    """Those a new evaluation goes through, in order. Raises Invalid(scheme_id)."""
    if scheme is None:
        raise Invalid({"scheme_id": "Choose a scheme."})
    if scheme.archived_at:
        raise Invalid({"scheme_id": f"“{scheme.name}” is archived. Choose another scheme."})
    actions = await Action.filter(scheme_id=scheme.id, archived_at=None).order_by("position", "id")
    if not actions:
        raise Invalid({"scheme_id": f"“{scheme.name}” has no actions. Ask the owner to add them."})
    return actions


def _step(evaluation: Evaluation, scheme: Scheme, action: Action, position: int) -> Step:
    return Step(
        workspace_id=evaluation.workspace_id,
        evaluation_id=evaluation.id,
        action_id=action.id,
        position=position,
        name=action.name,
        scheme_name=scheme.name,
        needs_payment=action.needs_payment,
    )


def opened(*, needs_payment: bool) -> StepState:
    """What a step opens with."""
    return StepState.PAYMENT if needs_payment else StepState.WORK


async def own(actor: Actor, evaluation_id: int) -> Evaluation:
    """An evaluation of the actor's workspace. Raises NotFound."""
    require(actor, Permission.USE_CYBERPASS)
    found = is_id(evaluation_id) and await Evaluation.get_or_none(
        id=evaluation_id, workspace_id=actor.workspace
    ).select_related("started_by")
    if not found:
        raise NotFound(MISSING)
    return found


async def own_step(actor: Actor, step_id: int) -> Step:
    """A step of the actor's workspace. Raises NotFound."""
    require(actor, Permission.USE_CYBERPASS)
    found = is_id(step_id) and await Step.get_or_none(
        id=step_id, workspace_id=actor.workspace
    ).select_related("decided_by")
    if not found:
        raise NotFound("This step does not exist, or not in this workspace.")
    return found


def changed(workspace_id: int, evaluation_id: int) -> None:
    signals.emit(Changed(workspace_id, Topic.EVALUATIONS, (evaluation_id,)))
