"""Codes sent to many people at once."""

from tortoise import fields

from models.base import RESTRICT, Row
from models.batch import Batch
from models.person import Person
from models.workspace import Workspace


class Delivery(Row):
    """One press of Send to people: each of `people` got one code and one message."""

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="deliveries", on_delete=RESTRICT
    )
    workspace_id: int
    batch: fields.ForeignKeyRelation[Batch] = fields.ForeignKeyField(
        "models.Batch", related_name="deliveries", on_delete=RESTRICT
    )
    batch_id: int
    requested_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="deliveries", on_delete=RESTRICT
    )
    requested_by_id: int
    idempotency_key = fields.CharField(max_length=64)
    people = fields.IntField()

    class Meta:
        table = "delivery"
        unique_together = (("workspace", "idempotency_key"),)
        indexes = [("batch_id",)]
