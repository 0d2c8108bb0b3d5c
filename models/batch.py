"""Batches: what one press of Generate makes."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.catalog import Plan, Product
from models.certification import Action
from models.enums import BatchState, CodeKind
from models.person import Person
from models.workspace import Workspace


class Batch(Row):
    """The codes of one press of Generate. Its state hides them until all are there.

    Access codes have a product and a plan, purchase codes an action.

    `valid_from` is the first instant a code works, `expires_at` the first it does not any more.
    While it runs, `made` of its codes are there, and only `holder` may go on until `held_until`;
    `tries` counts how often somebody took it up since it last got on. `sent_to` is whom the whole
    set was mailed to.
    """

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="batches", on_delete=RESTRICT
    )
    workspace_id: int
    kind = fields.CharEnumField(CodeKind, max_length=10)
    product: fields.ForeignKeyNullableRelation[Product] = fields.ForeignKeyField(
        "models.Product", null=True, related_name="batches", on_delete=RESTRICT
    )
    product_id: int | None
    plan: fields.ForeignKeyNullableRelation[Plan] = fields.ForeignKeyField(
        "models.Plan", null=True, related_name="batches", on_delete=RESTRICT
    )
    plan_id: int | None
    action: fields.ForeignKeyNullableRelation[Action] = fields.ForeignKeyField(
        "models.Action", null=True, related_name="batches", on_delete=RESTRICT
    )
    action_id: int | None
    requested_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="batches", on_delete=RESTRICT
    )
    requested_by_id: int
    idempotency_key = fields.CharField(max_length=64)
    quantity = fields.IntField()
    valid_from: datetime | None = fields.DatetimeField(null=True)
    expires_at: datetime | None = fields.DatetimeField(null=True)
    prefix = fields.CharField(max_length=8, default="")
    note = fields.CharField(max_length=500, default="")
    state = fields.CharEnumField(BatchState, max_length=10, default=BatchState.RUNNING)
    made = fields.IntField(default=0, db_default=0)
    started_at: datetime | None = fields.DatetimeField(null=True)
    holder = fields.CharField(max_length=32, default="", db_default="")
    held_until: datetime | None = fields.DatetimeField(null=True)
    tries = fields.IntField(default=0, db_default=0)
    sent_to: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, related_name="batches_sent", on_delete=RESTRICT
    )
    sent_to_id: int | None
    failure = fields.CharField(max_length=300, default="")
    finished_at: datetime | None = fields.DatetimeField(null=True)
    ready = fields.IntField(default=0)
    activated = fields.IntField(default=0)
    revoked = fields.IntField(default=0)
    held = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "batch"
        unique_together = (("workspace", "idempotency_key"),)
        indexes = [("workspace_id", "kind", "id"), ("state",)]
