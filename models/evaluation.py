"""Products on their way through a scheme, step by step."""

from datetime import datetime

from tortoise import fields

from models.account import Person, Workspace
from models.base import RESTRICT, Row
from models.certification import Action, Scheme
from models.enums import EvaluationState, StepState


class Evaluation(Row):
    """One product going through one scheme. `certificate` is its number once it is certified."""

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="evaluations", on_delete=RESTRICT
    )
    workspace_id: int
    scheme: fields.ForeignKeyRelation[Scheme] = fields.ForeignKeyField(
        "models.Scheme", related_name="evaluations", on_delete=RESTRICT
    )
    scheme_id: int
    idempotency_key = fields.CharField(max_length=64)
    product = fields.CharField(max_length=120)
    model = fields.CharField(max_length=80)
    version = fields.CharField(max_length=40)
    state = fields.CharEnumField(EvaluationState, max_length=10, default=EvaluationState.OPEN)
    started_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="evaluations", on_delete=RESTRICT
    )
    started_by_id: int
    ended_at: datetime | None = fields.DatetimeField(null=True)
    certificate = fields.CharField(max_length=16, null=True, unique=True)

    class Meta:
        table = "evaluation"
        unique_together = (("workspace", "idempotency_key"),)
        indexes = [("workspace_id", "state", "id")]


class Step(Row):
    """One action of an evaluation, with the names it had when the evaluation began.

    One step after the other leaves WAITING: for PAYMENT where it needs a code, for WORK once that
    is there. A use of a code that pays is an activation with this step; one of them may stand.
    """

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="steps", on_delete=RESTRICT
    )
    workspace_id: int
    evaluation: fields.ForeignKeyRelation[Evaluation] = fields.ForeignKeyField(
        "models.Evaluation", related_name="steps", on_delete=RESTRICT
    )
    evaluation_id: int
    action: fields.ForeignKeyRelation[Action] = fields.ForeignKeyField(
        "models.Action", related_name="steps", on_delete=RESTRICT
    )
    action_id: int
    position = fields.IntField()
    name = fields.CharField(max_length=80)
    scheme_name = fields.CharField(max_length=80)
    needs_payment = fields.BooleanField()
    state = fields.CharEnumField(StepState, max_length=10, default=StepState.WAITING)
    outcome_note = fields.CharField(max_length=1000, default="")
    decided_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, related_name="steps_decided", on_delete=RESTRICT
    )
    decided_by_id: int | None
    decided_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "step"
        unique_together = (("evaluation", "position"),)


class Evidence(Row):
    """A note, or a file kept under its hash `digest` in the data folder; `text` names the file."""

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="evidence", on_delete=RESTRICT
    )
    workspace_id: int
    step: fields.ForeignKeyRelation[Step] = fields.ForeignKeyField(
        "models.Step", related_name="evidence", on_delete=RESTRICT
    )
    step_id: int
    added_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="evidence", on_delete=RESTRICT
    )
    added_by_id: int
    text = fields.CharField(max_length=4000)
    digest = fields.CharField(max_length=64, null=True)
    size: int | None = fields.IntField(null=True)
    removed_at: datetime | None = fields.DatetimeField(null=True)
    removed_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, related_name="evidence_removed", on_delete=RESTRICT
    )
    removed_by_id: int | None

    class Meta:
        table = "evidence"
        indexes = [("step_id",)]


class Reopening(Row):
    """A failure that an admin took back, with what the outcome had been; `created_at` is when."""

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="reopenings", on_delete=RESTRICT
    )
    workspace_id: int
    step: fields.ForeignKeyRelation[Step] = fields.ForeignKeyField(
        "models.Step", related_name="reopenings", on_delete=RESTRICT
    )
    step_id: int
    reopened_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="reopenings", on_delete=RESTRICT
    )
    reopened_by_id: int
    reason = fields.CharField(max_length=300)
    failed_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="failures_reopened", on_delete=RESTRICT
    )
    failed_by_id: int
    failed_at = fields.DatetimeField()
    failed_note = fields.CharField(max_length=1000)

    class Meta:
        table = "reopening"
        indexes = [("step_id",)]
