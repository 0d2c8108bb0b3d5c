"""One-time links to people: into a workspace, and back into an account."""

from datetime import datetime

from tortoise import fields

from models.account import User
from models.base import RESTRICT, Row
from models.enums import Role
from models.person import Person
from models.workspace import Workspace


class Invitation(Row):
    """Asks an address into a workspace with a role; as an owner, into no workspace.

    Raising `version` withdraws the link that was sent before.
    """

    # partial index: unique (workspace, address) of those that are still open
    workspace: fields.ForeignKeyNullableRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", null=True, related_name="invitations", on_delete=RESTRICT
    )
    workspace_id: int | None
    email = fields.CharField(max_length=254)
    email_key = fields.CharField(max_length=254)
    role = fields.CharEnumField(Role, max_length=12)
    invited_by: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="invitations", on_delete=RESTRICT
    )
    invited_by_id: int
    version = fields.SmallIntField(default=1)
    expires_at = fields.DatetimeField()
    accepted_at: datetime | None = fields.DatetimeField(null=True)
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"
        indexes = [("workspace_id", "id")]


class PasswordReset(Row):
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="password_resets", on_delete=RESTRICT
    )
    user_id: int
    expires_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "password_reset"
        indexes = [("user_id",)]
