"""T20: a browser that runs every script of a page it was sent to, as a mail scanner does."""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from services import key_file, keys, links
from services.links import Purpose
from tests.e2e import server
from tests.e2e.screens import press
from tests.e2e.server import Server
from tests.e2e.visitors import Visitors, expect
from tests.trust.conftest import Size
from tests.trust.figures import held
from ui import routes

LOOKS_BACK = """() => { document.querySelectorAll('a[href^="/"], input, button').forEach((each) => {
    for (const kind of ['mouseover', 'focus', 'pointerover']) each.dispatchEvent(new Event(kind));
}); window.scrollTo(0, 1e6); }"""
# what the program writes by itself, whoever looks
OWN = {"budget", "message", "audit_seal", "audit_fanout", "audit_head", "installation"}
OWN |= {"sqlite_sequence"}  # counts the rows of those


@pytest.fixture(scope="module")
def mailed(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    started = server.start("demo", tmp_path_factory.mktemp("links") / "data")
    yield started
    started.stop()


@pytest.fixture
def visitors(mailed: Server, chromium: Browser) -> Generator[Visitors]:
    people = Visitors(chromium, mailed)
    yield people
    assert people.go_home() == []


def rows(mailed: Server) -> dict[str, set[str]]:
    with closing(sqlite3.connect(mailed.folder / "tallystick.sqlite3", timeout=30)) as line:
        named = line.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in named.fetchall()} - OWN
        return {each: set(map(repr, line.execute(f'SELECT * FROM "{each}"'))) for each in tables}


def paths_of(mailed: Server) -> list[str]:
    """The links of a code, an invitation, a reset and a batch that were mailed."""
    keys.use(key_file.load_all(mailed.folder / "tallystick.key")[-1])
    with closing(sqlite3.connect(mailed.folder / "tallystick.sqlite3", timeout=30)) as line:
        [code] = line.execute(
            "SELECT code.id, link_version FROM code JOIN batch ON batch.id = batch_id"
            " WHERE batch.product_id IS NOT NULL AND code.status = 'READY' AND batch.state = 'DONE'"
            " AND batch.held = 0 LIMIT 1"
        ).fetchall()
        [(invitation,)] = line.execute("SELECT max(id) FROM invitation").fetchall()
    return [
        routes.activation(links.make(Purpose.ACTIVATE, *code)),
        routes.INVITATION.format(token=links.make(Purpose.INVITE, invitation or 1)),
        routes.RESET_LINK.format(token=links.make(Purpose.RESET, 1)),
        routes.REDEEM,
    ]


def looked(page: Page, path: str) -> None:
    page.goto(path, wait_until="networkidle")
    page.evaluate(LOOKS_BACK)
    page.reload(wait_until="networkidle")


def test_a_browser_with_scripts_that_opens_links_changes_nothing_until_somebody_presses(
    mailed: Server, visitors: Visitors, size: Size
) -> None:
    activation, *others = paths_of(mailed)
    before, times = rows(mailed), size(quick=3, whole=30)
    for _ in range(times):
        scanner = visitors.stranger()
        for path in (activation, *others):
            looked(scanner, path)
    after = rows(mailed)
    changed = {name for name in before if before[name] != after[name]}
    held(
        test="T20",
        figure=f"{2 * times * (1 + len(others))} looks by Chromium with its scripts running "
        f"changed {len(changed)} tables",
        target="0",
        holds=not changed,
        why=", ".join(sorted(changed)),
    )
    holder = visitors.stranger()
    holder.goto(activation)
    holder.get_by_label("Your name").fill("Grace Hopper")
    holder.get_by_label("Your e-mail").fill("grace@example.org")
    press(holder, "Activate")
    expect(holder.get_by_role("heading", name="You have access to")).to_be_visible()
    assert len(rows(mailed)["activation"]) == len(before["activation"]) + 1
