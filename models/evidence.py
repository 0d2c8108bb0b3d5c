"""What was recorded in the steps of evaluations."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.person import Person
from models.step import Step
from models.workspace import Workspace


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
