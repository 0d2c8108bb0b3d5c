"""The installation, its workspaces, and the people in them."""

from datetime import datetime

from tortoise import fields

from models.base import RESTRICT, Row
from models.enums import Role, Theme


class Installation(Row):
    """One row: the tie to its key file, the door to the first owner, and why no mail goes out.

    `heads_to` is mailed the newest signed head of the audit log every day.
    """

    key_check = fields.CharField(max_length=64)
    setup_digest = fields.CharField(max_length=64, null=True)
    setup_expires_at: datetime | None = fields.DatetimeField(null=True)
    mail_paused_at: datetime | None = fields.DatetimeField(null=True)
    mail_problem = fields.CharField(max_length=500, default="", db_default="")
    heads_to = fields.CharField(max_length=254, default="", db_default="")
    heads_sent_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "installation"


class Workspace(Row):
    slug = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=80)
    time_zone = fields.CharField(max_length=64)
    reply_to = fields.CharField(max_length=254, default="", db_default="")
    ask_for_codes = fields.CharField(max_length=200, default="", db_default="")

    class Meta:
        table = "workspace"


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
    """A signed-in browser; only a digest of its token is kept."""

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", on_delete=RESTRICT
    )
    user_id: int
    token_digest = fields.CharField(max_length=64, unique=True)
    address = fields.CharField(max_length=45)
    browser = fields.CharField(max_length=200)
    seen_at = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
        indexes = [("user_id",), ("ended_at",)]
