"""Rules of form: names, sizes, docstrings, and where imports stand."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from statistics import median

from tests.architecture.source import Function, Source, functions, imports

VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
FILE_MOST, FUNCTION_MOST = 400, 50
FILE_MEDIAN, FUNCTION_MEDIAN = 80, 8


def says_what_it_is(source: Source) -> Iterator[str]:
    if not ast.get_docstring(source.tree):
        yield f"{source.path} opens without a sentence that says what it is."


def has_a_telling_name(source: Source) -> Iterator[str]:
    stem = PurePosixPath(source.path).stem
    if stem == "base_service" or VAGUE.intersection(stem.split("_")):
        yield f"{source.path} has a name that could hold anything."


def is_short(source: Source) -> Iterator[str]:
    if source.is_migration:  # what a migration did once is never rewritten
        return
    if (lines := length(source)) > FILE_MOST:
        yield f"{source.path} has {lines} lines; {FILE_MOST} are the most."
    for function in functions(source.tree):
        if (lines := function_length(function)) > FUNCTION_MOST:
            yield source.at(function, f"{function.name} has {lines} lines, over {FUNCTION_MOST}.")


def medians_are_small(sources: Iterable[Source]) -> list[str]:
    """Of the program only: a test module is as long as what its subject can do."""
    ours = [source for source in sources if source.is_program and not source.is_migration]
    files = median(length(source) for source in ours)
    every = [function_length(each) for source in ours for each in functions(source.tree)]
    told = (
        f"The median of {len(ours)} files is {files:g} lines (at most {FILE_MEDIAN}), "
        f"of {len(every)} functions {median(every):g} (at most {FUNCTION_MEDIAN})."
    )
    return [told] if files > FILE_MEDIAN or median(every) > FUNCTION_MEDIAN else []


def length(source: Source) -> int:
    return len(source.text.splitlines())


def function_length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def never_replaces_nicegui(source: Source) -> Iterator[str]:
    """`import ui.x` binds the name ui, which `from nicegui import ui` had bound before."""
    for node, module, names in imports(source.tree):
        if not names and module.split(".")[0] == "ui":
            yield source.at(node, f"import {module}: write from {module} import ... instead.")


def imports_stand_at_the_top(source: Source) -> Iterator[str]:
    for function in functions(source.tree):
        for node, module, _ in imports(function):
            yield source.at(node, f"{function.name} imports {module} inside itself.")


def imports_nothing_for_types_only(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        if name == "TYPE_CHECKING":
            yield source.at(node, "A cycle that only types see is a fault of design too.")
