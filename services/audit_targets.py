"""What the entries of the log are about, in words as things are called now: one table."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from tortoise.models import Model

from models import (
    Action,
    Agreement,
    Code,
    Entitlement,
    Evaluation,
    Evidence,
    Invitation,
    Person,
    Plan,
    Product,
    Refusal,
    Scheme,
    Step,
    User,
    Workspace,
)
from models.enums import Resource
from services import purchased_action
from services.database import reader

Ids = list[int]
Names = dict[int, str]
LookUp = Callable[[Ids], Awaitable[Names]]

ERASED = "Erased person"


async def described(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], str]:
    """By resource and id, with one query for each kind of thing."""
    ids: dict[str, set[int]] = {}
    for row in rows:
        if row["target_id"] is not None:
            ids.setdefault(row["resource"], set()).add(row["target_id"])
    return {
        (resource, target_id): name
        for resource, wanted in ids.items()
        for target_id, name in (await _names(resource, sorted(wanted))).items()
    }


async def _names(resource: str, ids: Ids) -> Names:
    numbered = {each: f"{resource.capitalize()} {each}" for each in ids}
    look_up = LOOK_UPS.get(resource)
    return numbered | await look_up(ids) if look_up else numbered


def person(found: Person) -> str:
    return f"{ERASED} {found.id}" if found.erased_at else found.name


def _of(model: type[Model], name: Callable[[Any], str], *related: str) -> LookUp:
    async def look_up(ids: Ids) -> Names:
        query = model.filter(id__in=ids).using_db(reader())
        rows: list[Any] = await query.select_related(*related) if related else await query
        return {row.id: name(row) for row in rows}

    return look_up


def _name(row: Any) -> str:
    return row.name


def _code(code: Code) -> str:
    return f"Code ••••-{code.ending}"


def _plan(plan: Plan) -> str:
    return f"{plan.product.name}, {plan.name}"


def _entitlement(entitlement: Entitlement) -> str:
    return f"{entitlement.product.name}, {entitlement.plan.name}"


def _user(user: User) -> str:
    return person(user.person)


def _action(action: Action) -> str:
    return purchased_action.named(action)


def _agreement(agreement: Agreement) -> str:
    return f"Agreement {agreement.reference}"


def _evaluation(evaluation: Evaluation) -> str:
    return " ".join(part for part in (evaluation.product, evaluation.model) if part)


def _certificate(evaluation: Evaluation) -> str:
    return f"Certificate {evaluation.certificate or evaluation.id}"


def _step(step: Step) -> str:
    return f"{step.name}, {step.evaluation.product}"


def _evidence(evidence: Evidence) -> str:
    return f"{'File' if evidence.digest else 'Note'} {evidence.id}, {evidence.step.name}"


def _invitation(invitation: Invitation) -> str:
    return f"Invitation {invitation.id}"


def _refusal(refusal: Refusal) -> str:
    return f"Refusal {refusal.reference}"


LOOK_UPS: dict[str, LookUp] = {
    Resource.WORKSPACE: _of(Workspace, _name),
    Resource.MEMBER: _of(User, _user, "person"),
    Resource.USER: _of(User, _user, "person"),
    Resource.FACTOR: _of(User, _user, "person"),
    Resource.PERSON: _of(Person, person),
    Resource.PRODUCT: _of(Product, _name),
    Resource.PLAN: _of(Plan, _plan, "product"),
    Resource.CODE: _of(Code, _code),
    Resource.ENTITLEMENT: _of(Entitlement, _entitlement, "product", "plan"),
    Resource.SCHEME: _of(Scheme, _name),
    Resource.ACTION: _of(Action, _action, "scheme"),
    Resource.AGREEMENT: _of(Agreement, _agreement),
    Resource.EVALUATION: _of(Evaluation, _evaluation),
    Resource.CERTIFICATE: _of(Evaluation, _certificate),
    Resource.STEP: _of(Step, _step, "evaluation"),
    Resource.EVIDENCE: _of(Evidence, _evidence, "step"),
    Resource.INVITATION: _of(Invitation, _invitation),
    Resource.REFUSAL: _of(Refusal, _refusal),
}
