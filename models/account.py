"""Accounts: who may sign in, as what, and from where."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.enums import Role, SignInMethod, Theme
from models.person import Person
from models.workspace import Workspace


class User(Row):
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "models.Person", related_name="user", on_delete=RESTRICT
    )
    person_id: int
    email_key = fields.CharField(max_length=254, unique=True)
    password_hash = fields.CharField(max_length=255)
    is_owner = fields.BooleanField(default=False)
    theme = fields.CharEnumField(Theme, max_length=8, default=Theme.SYSTEM)
    disabled_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "account"


class Membership(Row):
    workspace: fields.ForeignKeyRelation[Workspace] = fields.ForeignKeyField(
        "models.Workspace", related_name="memberships", on_delete=RESTRICT
    )
    workspace_id: int
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="memberships", on_delete=RESTRICT
    )
    user_id: int
    role = fields.CharEnumField(Role, max_length=12)

    class Meta:
        table = "membership"
        unique_together = (("workspace", "user"),)
        indexes = [("user_id",)]


class Session(Row):
    """A signed-in browser; only a digest of its token is kept.

    `confirmed_at` is when somebody last proved there to be this person.
    """

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", on_delete=RESTRICT
    )
    user_id: int
    token_digest = fields.CharField(max_length=64, unique=True)
    address = fields.CharField(max_length=45)
    browser = fields.CharField(max_length=200)
    method = fields.CharEnumField(
        SignInMethod,
        max_length=10,
        default=SignInMethod.PASSWORD,
        db_default=SignInMethod.PASSWORD.value,
    )
    seen_at = fields.DatetimeField()
    confirmed_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
        indexes = [("user_id",), ("ended_at",)]
