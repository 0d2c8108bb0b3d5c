"""The repository's own Python files, as the rules read them."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = ("models", "services", "ui")
BESIDE = ("tests", "bench")


@dataclass(frozen=True)
class Source:
    """`path` is relative to the repository, with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def is_program(self) -> bool:
        return self.path == "main.py" or self.is_in(*PROGRAM)

    @property
    def is_migration(self) -> bool:
        return self.is_in("models/migrations")

    def is_in(self, *folders: str) -> bool:
        return self.path.startswith(tuple(f"{folder}/" for folder in folders))

    def at(self, node: ast.AST, what: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)} {what}"


Rule = Callable[[Source], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache
def read(path: str) -> Source:
    return Source(path, (ROOT / path).read_text(encoding="utf-8"))


@lru_cache
def every() -> tuple[Source, ...]:
    found = (file for folder in PROGRAM + BESIDE for file in (ROOT / folder).rglob("*.py"))
    return (read("main.py"), *(read(file.relative_to(ROOT).as_posix()) for file in sorted(found)))


def functions(tree: ast.AST) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, ast.expr | None]]:
    """Each call with the name that is called and what it is called on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func.attr, node.func.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node, node.func.id, None


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str, tuple[str, ...]]]:
    """Each imported module with the names taken from it; none for `import x`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or "", tuple(alias.name for alias in node.names)
