"""Rules of place: what only one module may do, and what screens may never do."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import Source, calls, imports

# Migrations run before the database is connected, on a connection of their own, and their marks
# and checks must stand in the same transaction as the changes.
OPENERS = ("services/database.py", "services/schema.py")
# The engine beneath the opener: what in_transaction calls on SQLite.
ENGINE = "services/sqlite_engine.py"
MAIL = {"smtplib", "aiosmtplib", "imaplib", "poplib"}
MAIL_MODULE = "services/smtp.py"

OF_ROWS = {"save", "fetch_related", "refresh_from_db", "select_related", "prefetch_related"}
OF_QUERIES = {"filter", "create", "delete", "update", "get_or_none", "bulk_create", "exclude"}

SLASHES = {
    ("services/links.py", "/a/([A-Za-z0-9_-]+)"): "what is typed as a code may be a link",
    ("ui/door/cookies.py", "/"): "a cookie is for the whole site",
    ("ui/door/hosts.py", "/\\@?# "): "characters that no host name has",
    ("ui/door/tabs.py", "/"): "the name of Socket.IO's namespace",
    ("ui/client_paths.py", "/"): "the sign between the parts of a path",
    ("ui/targets.py", "/"): "what a path of this site begins with",
    ("ui/shell.py", "/"): "the sign between two crumbs",
}


def transactions_open_in_one_place(source: Source) -> Iterator[str]:
    if not source.is_program or source.path in OPENERS:
        return
    for node, module, names in imports(source.tree):
        if module == "tortoise.transactions" or "in_transaction" in names:
            yield source.at(node, "Only services/database.py opens transactions.")
    for node in ast.walk(source.tree):
        begins = isinstance(node, ast.Constant) and str(node.value).upper().startswith("BEGIN ")
        if begins and source.path != ENGINE and not source.is_migration:
            yield source.at(node, "A transaction begun in SQL.")


def mail_is_spoken_in_one_place(source: Source) -> Iterator[str]:
    if not source.is_program or source.path == MAIL_MODULE:
        return
    for node, module, _ in imports(source.tree):
        if module.split(".")[0] in MAIL:
            yield source.at(node, f"Only {MAIL_MODULE} may speak {module}.")


def screens_take_only_enums_from_models(source: Source) -> Iterator[str]:
    if not source.is_in("ui"):
        return
    taken: set[str] = set()
    for node, module, names in imports(source.tree):
        if module.split(".")[0] == "models" and module != "models.enums":
            taken.update(names)
            if not names or "*" in names:
                yield source.at(node, "The whole of models is in reach.")
    annotations = set(_annotations(source.tree))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id in taken and node not in annotations:
            yield source.at(node, f"{node.id} is a model; here it may only annotate.")


def _annotations(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            if (annotation := getattr(node, field, None)) is not None:
                yield from ast.walk(annotation)


def screens_touch_no_rows(source: Source) -> Iterator[str]:
    """A row in the hands of a screen is a row that it could change past the service."""
    if not source.is_in("ui"):
        return
    modules = {
        name
        for _, module, names in imports(source.tree)
        if module.split(".")[0] in ("services", "ui", "nicegui")
        for name in names
        if name.islower()
    }
    awaited = {node.value for node in ast.walk(source.tree) if isinstance(node, ast.Await)}
    for node, name, on in calls(source.tree):
        ours = isinstance(on, ast.Name) and (on.id in modules or on.id == "self")
        of_query = name in OF_QUERIES and (node in awaited or _is_class(on))
        if on is not None and not ours and (name in OF_ROWS or of_query):
            yield source.at(node, f"{ast.unparse(node.func)}() is for services.")


def _is_class(on: ast.expr | None) -> bool:
    return isinstance(on, ast.Name) and on.id[0].isupper() and not on.id.isupper()


def paths_stand_in_routes(source: Source) -> Iterator[str]:
    """Templates and static files are no Python: they are handed paths or name files beside them.

    In services a slash alone stands between folders.
    """
    if not source.is_in("ui", "services") or source.path == "ui/routes.py":
        return
    begins = re.compile(r"/\w" if source.is_in("services") else r"/(?!/)")
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if begins.match(node.value) and (source.path, node.value) not in SLASHES:
            yield source.at(node, f"{node.value!r} is a path; ui/routes.py builds those.")
