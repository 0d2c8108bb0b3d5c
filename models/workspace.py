"""The installation and its workspaces."""

from datetime import datetime

from tortoise import fields

from models.base import Row
from models.enums import Demand


class Installation(Row):
    """One row: the tie to its key file, the door to the first owner, and why no mail goes out.

    `heads_to` is mailed the newest signed head of the audit log every day. `backup_problem` is why
    the last backup that was tried failed.
    """

    key_check = fields.CharField(max_length=64)
    setup_digest = fields.CharField(max_length=64, null=True)
    setup_expires_at: datetime | None = fields.DatetimeField(null=True)
    mail_paused_at: datetime | None = fields.DatetimeField(null=True)
    mail_problem = fields.CharField(max_length=500, default="", db_default="")
    heads_to = fields.CharField(max_length=254, default="", db_default="")
    heads_sent_at: datetime | None = fields.DatetimeField(null=True)
    second_factor = fields.CharEnumField(
        Demand, max_length=10, default=Demand.NOBODY, db_default=Demand.NOBODY.value
    )
    backup_problem = fields.CharField(max_length=500, default="", db_default="")
    backup_tried_at: datetime | None = fields.DatetimeField(null=True)

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
