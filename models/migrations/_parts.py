"""What several migrations are made of. A name with `_` is no migration to Tortoise and `schema`.

Frozen: what a function here builds was built for databases that exist; another need is another
function.
"""

from typing import Any

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

SQLITE_TRIGGER = (
    "CREATE TRIGGER {table}_no_{change} BEFORE {CHANGE} ON {table}"
    " BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END;"
)
POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_no_{change} BEFORE {CHANGE} ON {table}
    FOR EACH {each} EXECUTE FUNCTION refuse_change();
"""


def is_postgres(editor: Any) -> bool:
    return editor.client.capabilities.dialect == "postgres"


async def only_added_to(editor: Any, table: str, *, sqlite: str = SQLITE_TRIGGER) -> None:
    """Rows of the table are never changed or deleted; PostgreSQL has `refuse_change` by then."""
    on_postgres = is_postgres(editor)
    changes = {"update": "ROW", "delete": "ROW"}
    if on_postgres:
        changes["truncate"] = "STATEMENT"
    for change, each in changes.items():
        trigger = POSTGRES_TRIGGER if on_postgres else sqlite
        await editor.client.execute_script(
            trigger.format(table=table, change=change, CHANGE=change.upper(), each=each)
        )


def link(field: str, model: str, related_name: str, *, null: bool = False) -> tuple[str, Any]:
    return field, fields.ForeignKeyField(
        f"models.{model}",
        source_field=f"{field}_id",
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
        null=null,
    )


def add(model: str, name: str, field: Any) -> ops.AddField:
    return ops.AddField(model_name=model, name=name, field=field)


def row(name: str, table: str, *columns: tuple[str, Any], **options: Any) -> ops.CreateModel:
    return ops.CreateModel(
        name=name,
        fields=[
            ("id", fields.BigIntField(primary_key=True)),
            ("created_at", fields.DatetimeField(auto_now_add=True)),
            *columns,
        ],
        options={"table": table, **options},
        bases=["Row"],
    )
