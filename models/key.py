"""The keys of the installation: which there are and how far one has taken over from another."""

from datetime import datetime

from tortoise import fields

from models.base import Row


class Key(Row):
    """A key of the key file, by its number. The key itself is in no row.

    The newest seals. `replaced_at` is when a newer one took over; from then its `codes`, those up
    to `codes_until`, are sealed anew: `resealed` of them by now, up to `resealed_to`.
    `retired_at`: nothing is sealed with it any more. Its links work until `links_end_at`.
    """

    number = fields.SmallIntField(unique=True)
    check_value = fields.CharField(max_length=64)
    codes_until: int | None = fields.BigIntField(null=True)
    resealed_to = fields.BigIntField(default=0)
    codes = fields.BigIntField(default=0)
    resealed = fields.BigIntField(default=0)
    replaced_at: datetime | None = fields.DatetimeField(null=True)
    retired_at: datetime | None = fields.DatetimeField(null=True)
    links_end_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "key"
