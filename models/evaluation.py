"""Products on their way through a scheme."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.certification import Scheme
from models.enums import EvaluationState
from models.person import Person
from models.workspace import Workspace


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
