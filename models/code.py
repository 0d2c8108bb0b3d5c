"""Batches, their codes, and what became of them."""

from datetime import datetime

from tortoise import fields

from models.account import Person, Workspace
from models.base import RESTRICT, Row
from models.catalog import Plan, Product
from models.certification import Action, Agreement
from models.enums import BatchState, CodeKind, Status
from models.evaluation import Step


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

    class Meta:
        table = "batch"
        unique_together = (("workspace", "idempotency_key"),)
        indexes = [("workspace_id", "kind", "id"), ("state",)]


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
