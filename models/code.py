"""Codes, and the agreements they were claimed from."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.batch import Batch
from models.certification import Agreement
from models.enums import Status
from models.person import Person
from models.workspace import Workspace


class Code(Row):
    """One redeemable code: sealed for showing, a keyed digest for finding, its end for lists.

    A purchase code remembers the agreement it was issued under. `sent_to` is whom it was mailed
    to as their own, which is not who activated it.
    """

    # index made by the migration, as Tortoise indexes no binary column: unique (digest)
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="codes", on_delete=RESTRICT
    )
    workspace_id: int
    batch: fields.ForeignKeyRelation[Batch] = fields.ForeignKeyField(
        "models.Batch", related_name="codes", on_delete=RESTRICT
    )
    batch_id: int
    agreement: fields.ForeignKeyNullableRelation[Agreement] = fields.ForeignKeyField(
        "models.Agreement", null=True, related_name="codes", on_delete=RESTRICT
    )
    agreement_id: int | None
    ordinal = fields.IntField()
    digest = fields.BinaryField()
    sealed = fields.BinaryField()
    ending = fields.CharField(max_length=4)
    status = fields.CharEnumField(Status, max_length=12, default=Status.READY)
    link_version = fields.SmallIntField(default=1)
    revoked_at: datetime | None = fields.DatetimeField(null=True)
    revoked_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, related_name="revoked_codes", on_delete=RESTRICT
    )
    revoked_by_id: int | None
    sent_to: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, related_name="codes_sent", on_delete=RESTRICT
    )
    sent_to_id: int | None

    class Meta:
        table = "code"
        unique_together = (("batch", "ordinal"),)
        indexes = [("workspace_id", "ending"), ("sent_to_id",), ("agreement_id",)]


class AgreementShare(Row):
    """How many codes of a batch were claimed from an agreement, in the order of their ordinals."""

    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="agreement_shares", on_delete=RESTRICT
    )
    workspace_id: int
    batch: fields.ForeignKeyRelation[Batch] = fields.ForeignKeyField(
        "models.Batch", related_name="agreement_shares", on_delete=RESTRICT
    )
    batch_id: int
    agreement: fields.ForeignKeyRelation[Agreement] = fields.ForeignKeyField(
        "models.Agreement", related_name="shares", on_delete=RESTRICT
    )
    agreement_id: int
    codes = fields.IntField()

    class Meta:
        table = "agreement_share"
        indexes = [("batch_id",), ("agreement_id",)]
