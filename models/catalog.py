"""What an access code opens, and its terms."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.workspace import Workspace


class Product(Row):
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="products", on_delete=RESTRICT
    )
    workspace_id: int
    name = fields.CharField(max_length=120)
    archived_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "product"
        unique_together = (("workspace", "name"),)


class Plan(Row):
    """`days` of access from the activation, or for a lifetime when empty."""

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="plans", on_delete=RESTRICT
    )
    workspace_id: int
    product: fields.ForeignKeyRelation[Product] = fields.ForeignKeyField(
        "models.Product", related_name="plans", on_delete=RESTRICT
    )
    product_id: int
    name = fields.CharField(max_length=60)
    days: int | None = fields.IntField(null=True)
    codes_expire_after_days: int | None = fields.IntField(null=True)
    archived_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "plan"
        unique_together = (("product", "name"),)
        indexes = [("workspace_id",)]
