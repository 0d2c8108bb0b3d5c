"""What every row has."""

from tortoise import fields
from tortoise.models import Model

# The kind of key is one decision for all tables; RESTRICT because a table rebuild on SQLite
# would otherwise carry out the deletions of a CASCADE.
RESTRICT = fields.RESTRICT


class Row(Model):
    id = fields.BigIntField(primary_key=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        abstract = True
