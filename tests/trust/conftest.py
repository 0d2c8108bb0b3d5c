"""Two tiers: small in every run of the tests, whole with `--whole` (make trust).

The documentation of a module here begins with its number, as in "T01: ...". A test that says no
figure counts as one of its module's tests; one that fails before it could is named in the table.
"""

import re
from collections import Counter
from collections.abc import Generator
from typing import Any, Protocol

import pytest

from tests.trust import figures
from tests.trust.figures import Line

OWN = "tests/trust/"
NUMBER = re.compile(r"T\d\d")


class Size(Protocol):
    """Picks a number for the tier that runs."""

    def __call__(self, *, quick: int, whole: int) -> int: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="attack at full size (make trust)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "whole: judged by time or memory; runs in make trust only")
    if not hasattr(config, "workerinput"):
        figures.KEPT.unlink(missing_ok=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if is_whole(config):
        return
    aside = pytest.mark.skip(reason="runs in make trust only")
    for item in items:
        if item.get_closest_marker("whole"):
            item.add_marker(aside)


def is_whole(config: pytest.Config) -> bool:
    return bool(config.getoption("whole", default=False))


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Size:
    def pick(*, quick: int, whole: int) -> int:
        return whole if is_whole(request.config) else quick

    return pick


_passed: Counter[str] = Counter()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if item.nodeid.startswith(OWN) and is_whole(item.config):
        _note(item, report)
    return report


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A module that cannot be read is a line, too."""
    if report.failed:
        name = report.nodeid.removeprefix(OWN)
        figures.keep(Line(name, "collected", "is read", held=False, why=_reason(report)))


def _note(item: pytest.Item, report: pytest.TestReport) -> None:
    if report.when == "setup":
        _lines_before[item.nodeid] = len(figures.kept())
    lines = figures.kept()[_lines_before.get(item.nodeid, 0) :]
    name = item.name.removeprefix("test_").replace("_", " ")
    if report.failed and all(line.held for line in lines):
        figures.keep(Line(number(item), name, "runs to its end", held=False, why=_reason(report)))
    elif report.skipped:
        figures.keep(Line(number(item), name, "runs", held=False, why=_reason(report)))
    elif report.when == "call" and report.passed and not lines:
        _passed[number(item)] += 1


_lines_before: dict[str, int] = {}


def number(item: pytest.Item) -> str:
    """The module's number, or its name where it has none."""
    module: Any = getattr(item, "module", None)
    found = NUMBER.match(module.__doc__ or "")
    return found[0] if found else module.__name__.rpartition(".")[2].removeprefix("test_")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    said = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    lines = [line for line in said.splitlines() if line.startswith("E ")] or said.splitlines()
    return lines[0].removeprefix("E").strip()[:160]


def pytest_sessionfinish(session: pytest.Session) -> None:
    for test, times in sorted(_passed.items()):
        if NUMBER.match(test):
            figures.keep(Line(test, f"further tests that pass: {times}", "all", held=True))
