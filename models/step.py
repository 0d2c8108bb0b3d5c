"""The steps of evaluations, and failures that were taken back."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.certification import Action
from models.enums import StepState
from models.evaluation import Evaluation
from models.person import Person
from models.workspace import Workspace


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
