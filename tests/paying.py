"""Purchase codes and evaluations whose steps are to be paid."""

from dataclasses import dataclass
from datetime import datetime

from models import Action, Agreement, Batch, Code, Evaluation, Step, Workspace
from models.enums import BatchState, CodeKind, StepState
from services import payments
from services.actor import Actor
from services.answers import Paid, Refused
from services.database import insert_many, unit_of_work
from services.issuing import CODE_COLUMNS, rows_of
from tests.cast import Cast, Issued, printed
from tests.certification import Certification, certification, granted

ADDRESS = "192.0.2.7"
_keys = iter(range(10**9))


@dataclass(frozen=True, slots=True)
class Scene:
    """Eve evaluates a doorbell at Acme; its lab step is to be paid, and Ada has issued a code."""

    made: Certification
    agreement: Agreement
    issued: Issued
    steps: list[Step]

    @property
    def lab(self) -> Step:
        return self.steps[1]

    @property
    def text(self) -> str:
        return self.issued.texts[0]


@unit_of_work
async def purchased(
    by: Actor,
    workspace: Workspace,
    action: Action,
    quantity: int = 1,
    *,
    agreement: Agreement | None = None,
    valid_from: datetime | None = None,
    expires_at: datetime | None = None,
) -> Issued:
    """Purchase codes of one batch, issued under an agreement if one is given."""
    batch = await Batch.create(
        workspace_id=workspace.id,
        kind=CodeKind.PURCHASE,
        action_id=action.id,
        requested_by_id=by.person_id,
        idempotency_key=f"purchase {next(_keys)}",
        quantity=quantity,
        state=BatchState.DONE,
        made=quantity,
        ready=quantity,
        valid_from=valid_from,
        expires_at=expires_at,
    )
    await insert_many("code", CODE_COLUMNS, rows_of(batch))
    if agreement:
        await Code.filter(batch_id=batch.id).update(agreement_id=agreement.id)
    return await printed(batch)


async def evaluated(
    by: Actor, made: Certification, product: str = "Doorbell X2", *, workspace: Workspace
) -> list[Step]:
    """The steps of a new evaluation: the first passed, the second to be paid, the third waiting."""
    evaluation = await Evaluation.create(
        workspace_id=workspace.id,
        scheme_id=made.scheme.id,
        idempotency_key=f"evaluation {next(_keys)}",
        product=product,
        model="DB-200",
        version="2.4.1",
        started_by_id=by.person_id,
    )
    states = (StepState.PASSED, StepState.PAYMENT, StepState.WAITING)
    actions = (made.self_assessment, made.lab, made.certification)
    return [
        await Step.create(
            workspace_id=workspace.id,
            evaluation_id=evaluation.id,
            action_id=action.id,
            position=action.position,
            name=action.name,
            scheme_name=made.scheme.name,
            needs_payment=action.needs_payment,
            state=state,
        )
        for action, state in zip(actions, states, strict=True)
    ]


async def set_up(cast: Cast) -> Scene:
    made = await certification()
    agreement = await granted(cast.acme, made.lab)
    issued = await purchased(cast.ada_at_acme, cast.acme, made.lab, 3, agreement=agreement)
    return Scene(made, agreement, issued, await evaluated(cast.eve, made, workspace=cast.acme))


async def pay(by: Actor, step: Step, typed: str, *, address: str = ADDRESS) -> Paid | Refused:
    return await payments.pay(by, step.id, typed, address=address)


def paid(outcome: Paid | Refused) -> Paid:
    assert isinstance(outcome, Paid), outcome
    return outcome


def refused(outcome: Paid | Refused) -> Refused:
    assert isinstance(outcome, Refused), outcome
    return outcome


async def state_of(step: Step) -> StepState:
    return (await Step.get(id=step.id)).state
