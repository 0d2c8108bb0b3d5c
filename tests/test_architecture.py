"""The shape of the house: where things may stand, how large they get, what a browser may read."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from models.enums import AuditAction
from tests.architecture import habits, places, sinks
from tests.architecture.planted import HARMLESS, VIOLATIONS
from tests.architecture.source import ROOT, Rule, Source, every

RULES: list[Rule] = [
    habits.says_what_it_is,
    habits.has_a_telling_name,
    habits.is_short,
    habits.never_replaces_nicegui,
    habits.imports_stand_at_the_top,
    habits.imports_nothing_for_types_only,
    places.transactions_open_in_one_place,
    places.mail_is_spoken_in_one_place,
    places.screens_take_only_enums_from_models,
    places.screens_touch_no_rows,
    places.paths_stand_in_routes,
    sinks.markup_is_fixed,
    sinks.raw_markup_is_not_written,
    sinks.attributes_are_dead,
]


def _named(rule: Rule) -> str:
    return rule.__name__


@pytest.mark.parametrize("rule", RULES, ids=_named)
def test_the_program_keeps_the_rule(rule: Rule) -> None:
    found = [violation for source in every() for violation in rule(source)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("rule", "path", "text"), VIOLATIONS)
def test_the_rule_finds_a_planted_violation(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), HARMLESS)
def test_the_rule_minds_nothing_else(rule: Rule, path: str, text: str) -> None:
    assert not list(rule(Source(path, text)))


def test_every_rule_is_shown_to_bite() -> None:
    assert {rule for rule, _, _ in VIOLATIONS} == set(RULES)


def test_most_files_and_functions_are_small() -> None:
    assert not habits.medians_are_small(every())


def test_the_medians_speak_up_when_the_habit_is_lost() -> None:
    long = [Source(f"services/a{n}.py", "x = 1\n" * 81) for n in range(3)]
    wide = [Source("services/a.py", "def f():\n" + "    x = 1\n" * 8)]
    assert habits.medians_are_small([*long, *wide])
    assert habits.medians_are_small(wide)


def test_no_exception_from_a_rule_outlives_its_reason() -> None:
    literals = {(source.path, node.value) for source, node in _constants()}
    assert set(places.SLASHES) <= literals
    used = {
        (source.path, ast.unparse(argument))
        for source in every()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        for argument in node.args
    }
    assert set(sinks.ALLOWED) <= used


def _constants() -> Iterator[tuple[Source, ast.Constant]]:
    for source in every():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant):
                yield source, node


def _written(words: str, sources: Iterable[Source]) -> set[str]:
    return {
        node.attr
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == words
    }


def test_the_audit_log_has_no_word_that_nothing_writes() -> None:
    """What only the demo writes does not count."""
    services = [each for each in every() if each.is_in("services") and "/demo/" not in each.path]
    assert {action.name for action in AuditAction} == _written("AuditAction", services)


def test_a_word_that_nothing_writes_is_found() -> None:
    one = Source("services/a.py", "record(AuditAction.CREATE, Resource.CODE)")
    assert _written("AuditAction", [one]) == {"CREATE"}


def test_templates_escape_what_they_show() -> None:
    templates = sorted((ROOT / "ui/public/templates").glob("*.html"))
    assert templates
    for template in templates:
        text = template.read_text(encoding="utf-8")
        if template.name == "_passkey.html":
            assert text.count("<script") == 1
            text = text.replace('<script src="{{ passkey.script }}" defer></script>', "")
        for opening in ("|safe", "| safe", "autoescape", "<script", "javascript:"):
            assert opening not in text, f"{template.name} holds {opening}"
