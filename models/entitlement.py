"""What holders have."""

from datetime import datetime

from tortoise import fields

from models.activation import Activation
from models.base import RESTRICT, Row
from models.catalog import Plan, Product
from models.person import Person
from models.workspace import Workspace


class Entitlement(Row):
    """What a holder has: from `starts_at` up to the instant `ends_at`, or for a lifetime.

    It counts as long as its activation is not undone. `changed_at` moves with every change of it.
    """

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="entitlements", on_delete=RESTRICT
    )
    workspace_id: int
    activation: fields.OneToOneRelation[Activation] = fields.OneToOneField(
        "models.Activation", related_name="entitlement", on_delete=RESTRICT
    )
    activation_id: int
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="entitlements", on_delete=RESTRICT
    )
    person_id: int
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="entitlements", on_delete=RESTRICT
    )
    product_id: int
    plan: fields.ForeignKeyRelation[Plan] = fields.ForeignKeyField(
        "models.Plan", related_name="entitlements", on_delete=RESTRICT
    )
    plan_id: int
    starts_at = fields.DatetimeField()
    ends_at: datetime | None = fields.DatetimeField(null=True)
    changed_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "entitlement"
        indexes = [("person_id",), ("workspace_id", "plan_id"), ("workspace_id", "changed_at")]
