"""Second factors: what a person proves to be themself with beside the password."""

from datetime import datetime

from tortoise import fields

from models.account import User
from models.base import RESTRICT, Row
from models.enums import ChallengePurpose


class Authenticator(Row):
    """The app that shows a new code every 30 seconds. It counts once `confirmed_at` is set.

    `last_step` is the newest time step whose code was taken: none is taken twice.
    """

    user: fields.OneToOneRelation[User] = fields.OneToOneField(
        "models.User", related_name="authenticator", on_delete=RESTRICT
    )
    user_id: int
    sealed = fields.BinaryField()
    confirmed_at: datetime | None = fields.DatetimeField(null=True)
    last_step = fields.BigIntField(default=0)

    class Meta:
        table = "authenticator"


class RecoveryCode(Row):
    """One of ten ways in when the other factors are lost; only a salted digest is kept."""

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="recovery_codes", on_delete=RESTRICT
    )
    user_id: int
    salt = fields.CharField(max_length=32)
    digest = fields.CharField(max_length=64)
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"
        indexes = [("user_id",)]


class Passkey(Row):
    """A key pair of a person's device; `credential` and `transports` are as the browser says."""

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="passkeys", on_delete=RESTRICT
    )
    user_id: int
    name = fields.CharField(max_length=80)
    credential = fields.CharField(max_length=1400, unique=True)
    public_key = fields.BinaryField()
    sign_count = fields.BigIntField(default=0)
    transports = fields.CharField(max_length=100, default="")
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "passkey"
        indexes = [("user_id",)]


class PasskeyChallenge(Row):
    """What a passkey has to sign; good once and for minutes. Nobody's while nobody signed in.

    `session_id` is the session that asked for it; no link, so that sessions can be forgotten.
    """

    user: fields.ForeignKeyNullableRelation[User] = fields.ForeignKeyField(
        "models.User", null=True, related_name="passkey_challenges", on_delete=RESTRICT
    )
    user_id: int | None
    session_id: int | None = fields.BigIntField(null=True)
    purpose = fields.CharEnumField(ChallengePurpose, max_length=10)
    challenge = fields.CharField(max_length=100, unique=True)
    expires_at = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "passkey_challenge"
        indexes = [("expires_at",)]
