"""Codes that were held after a restore and work again."""

from tortoise import fields

from models.base import RESTRICT, Row
from models.batch import Batch
from models.code import Code
from models.person import Person
from models.workspace import Workspace


class Release(Row):
    """One press of Release: of one `code`, or of all `codes` of the batch that were held."""

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="releases", on_delete=RESTRICT
    )
    workspace_id: int
    batch: fields.ForeignKeyRelation[Batch] = fields.ForeignKeyField(
        "models.Batch", related_name="releases", on_delete=RESTRICT
    )
    batch_id: int
    code: fields.ForeignKeyNullableRelation[Code] = fields.ForeignKeyField(
        "models.Code", null=True, related_name="releases", on_delete=RESTRICT
    )
    code_id: int | None
    released_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="releases", on_delete=RESTRICT
    )
    released_by_id: int
    codes = fields.IntField()
    reason = fields.CharField(max_length=300)

    class Meta:
        table = "code_release"
        indexes = [("batch_id",), ("code_id",)]
