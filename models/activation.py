"""Uses of codes, and how many there were in a day."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.code import Code
from models.enums import CodeKind
from models.person import Person
from models.step import Step
from models.workspace import Workspace


class Activation(Row):
    """One use of a code; `created_at` is when. A purchase code's pays the `step`."""

    # partial indexes WHERE undone_at IS NULL: unique (code_id); unique (step_id)
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="activations", on_delete=RESTRICT
    )
    workspace_id: int
    code: fields.ForeignKeyRelation[Code] = fields.ForeignKeyField(
        "models.Code", related_name="activations", on_delete=RESTRICT
    )
    code_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="activations", on_delete=RESTRICT
    )
    person_id: int
    step: fields.ForeignKeyNullableRelation[Step] = fields.ForeignKeyField(
        "models.Step", null=True, related_name="payments", on_delete=RESTRICT
    )
    step_id: int | None
    undone_at: datetime | None = fields.DatetimeField(null=True)
    undone_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, related_name="activations_undone", on_delete=RESTRICT
    )
    undone_by_id: int | None
    undo_reason = fields.CharField(max_length=300, default="", db_default="")

    class Meta:
        table = "activation"
        indexes = [("workspace_id", "created_at"), ("person_id",), ("code_id",)]


class ActivationDay(Row):
    """How many codes of a kind were activated on a day of the workspace's zone, undone ones not."""

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="activation_days", on_delete=RESTRICT
    )
    workspace_id: int
    kind = fields.CharEnumField(CodeKind, max_length=10)
    day = fields.DateField()
    activated = fields.IntField(default=0)

    class Meta:
        table = "activation_day"
        unique_together = (("workspace", "kind", "day"),)
