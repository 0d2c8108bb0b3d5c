"""Everybody who has a name and an address."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.workspace import Workspace


class Person(Row):
    """A name and an address, apart from everything that refers to them by id.

    A person with an account belongs to the installation; a holder to the workspace of the code.
    """

    workspace: fields.ForeignKeyNullableRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", null=True, related_name="people", on_delete=RESTRICT
    )
    workspace_id: int | None
    name = fields.CharField(max_length=120)
    email = fields.CharField(max_length=254)
    email_key = fields.CharField(max_length=254)  # the address without case, for comparing
    erased_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "person"
        indexes = [("workspace_id", "email_key")]
