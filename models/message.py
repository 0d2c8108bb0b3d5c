"""The outbox: every mail is a row before it is anything else."""

from datetime import datetime

from tortoise import fields

from models.account import User
from models.activation import Activation
from models.base import RESTRICT, Row
from models.batch import Batch
from models.code import Code
from models.delivery import Delivery
from models.enums import AccountChange, MessageKind, MessageState
from models.invitation import Invitation, PasswordReset
from models.person import Person
from models.workspace import Workspace


class Message(Row):
    """One e-mail to one recipient. It names what it is about and holds no code.

    A message without a workspace belongs to the installation: no workspace lists it, its links
    stay masked, and it is never sent to another address. `tries` counts attempts before they are
    made; while it is SENDING only `holder` may say what came of it. `queued_at` begins the days
    in which it is retried. `change` is what a warning is about. The recipient is forgotten some
    time after the end, as a setting says.
    """

    workspace: fields.ForeignKeyNullableRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", null=True, related_name="messages", on_delete=RESTRICT
    )
    workspace_id: int | None
    kind = fields.CharEnumField(MessageKind, max_length=12)
    state = fields.CharEnumField(MessageState, max_length=10, default=MessageState.QUEUED)
    batch: fields.ForeignKeyNullableRelation[Batch] = fields.ForeignKeyField(
        "models.Batch", null=True, related_name="messages", on_delete=RESTRICT
    )
    batch_id: int | None
    code: fields.ForeignKeyNullableRelation[Code] = fields.ForeignKeyField(
        "models.Code", null=True, related_name="messages", on_delete=RESTRICT
    )
    code_id: int | None
    activation: fields.ForeignKeyNullableRelation[Activation] = fields.ForeignKeyField(
        "models.Activation", null=True, related_name="messages", on_delete=RESTRICT
    )
    activation_id: int | None
    delivery: fields.ForeignKeyNullableRelation[Delivery] = fields.ForeignKeyField(
        "models.Delivery", null=True, related_name="messages", on_delete=RESTRICT
    )
    delivery_id: int | None
    requested_by: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "models.Person", null=True, related_name="messages", on_delete=RESTRICT
    )
    requested_by_id: int | None
    invitation: fields.ForeignKeyNullableRelation[Invitation] = fields.ForeignKeyField(
        "models.Invitation", null=True, related_name="messages", on_delete=RESTRICT
    )
    invitation_id: int | None
    reset: fields.ForeignKeyNullableRelation[PasswordReset] = fields.ForeignKeyField(
        "models.PasswordReset", null=True, related_name="messages", on_delete=RESTRICT
    )
    reset_id: int | None
    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, related_name="messages", on_delete=RESTRICT
    )
    user_id: int | None
    head_id: int | None = fields.BigIntField(null=True)
    change: AccountChange | None = fields.CharEnumField(  # pyright: ignore[reportAssignmentType]
        AccountChange, max_length=20, null=True
    )
    recipient = fields.CharField(max_length=254)
    recipient_key = fields.CharField(max_length=254)  # without case, for comparing
    recipient_name = fields.CharField(max_length=120, default="")
    message_id = fields.CharField(max_length=300, unique=True)
    tries = fields.IntField(default=0)
    queued_at = fields.DatetimeField()
    next_try_at = fields.DatetimeField()
    holder = fields.CharField(max_length=32, default="")
    held_until: datetime | None = fields.DatetimeField(null=True)
    sent_at: datetime | None = fields.DatetimeField(null=True)
    last_answer = fields.CharField(max_length=500, default="")
    forgotten_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "message"
        indexes = [
            ("state", "next_try_at"),
            ("workspace_id", "id"),
            ("workspace_id", "recipient_key"),
            ("batch_id", "kind"),
            ("code_id",),
            ("activation_id",),
            ("delivery_id",),
            ("invitation_id",),
        ]
