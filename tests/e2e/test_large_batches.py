"""Large batches before the eyes of several people, through double clicks and kill -9."""

import random
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e import server
from tests.e2e.screens import NORTHWIND, ask_for, dialog, never_reloaded, press, still_here
from tests.e2e.server import Server
from tests.e2e.visitors import Visitors, expect

WAIT = (
    "You'll be notified once generated. You need to wait for some time, "
    "based on the number of access codes being generated."
)


def asked(page: Page, quantity: int) -> None:
    ask_for(page, str(quantity))
    press(page, "Generate codes")
    expect(dialog(page)).to_contain_text(WAIT)
    press(page, "Close")
    expect(dialog(page)).to_have_count(0)


def counted(page: Page) -> int:
    """What the bell says."""
    name = page.get_by_role("button", name=re.compile("^Notifications")).get_attribute("aria-label")
    return int((re.findall(r"\d+", name or "") or [0])[0])


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "tallystick.sqlite3")) as file:
        return file.execute(statement).fetchall()


def test_everybody_sees_a_large_batch_being_made(tmp_path: Path, chromium: Browser) -> None:
    started = server.start("demo", tmp_path / "data", batch_max="100000")
    try:
        visitors = Visitors(chromium, started)
        maker = visitors.person("sales", NORTHWIND)
        tabs = [visitors.person("sales", NORTHWIND), visitors.person("admin", NORTHWIND)]
        for tab in [maker, *tabs]:
            expect(tab.get_by_role("button", name="View batch").first).to_be_visible()
            never_reloaded(tab)
        unread = counted(maker)
        asked(maker, 100000)
        for tab in [maker, *tabs]:
            row = tab.get_by_role("row").nth(1)
            expect(row).to_contain_text("100,000")
            expect(row).to_contain_text(re.compile(r"[\d,]+ of 100,000"))
        for tab in [maker, *tabs]:
            expect(tab.get_by_role("row").nth(1)).to_contain_text("0 activated", timeout=60_000)
            assert still_here(tab)
        for tab in (maker, tabs[0]):
            bell = tab.get_by_role("button", name=f"Notifications, {unread + 1} unread")
            expect(bell).to_be_visible()
        assert visitors.go_home() == []
    finally:
        started.stop()


def test_impatient_fingers_and_a_lost_line_make_one_batch(demo: Visitors) -> None:
    page = demo.person("sales", NORTHWIND)
    total = page.locator(".toolbar .total")
    before = int(total.inner_text().split()[0])
    ask_for(page, "400")
    page.get_by_role("button", name="Generate codes", exact=True).dblclick()
    expect(dialog(page)).to_contain_text(WAIT)
    press(page, "Close")
    expect(total).to_have_text(f"{before + 1} batches")

    ask_for(page, "400")
    page.evaluate("window.socket.io.engine.close()")
    page.get_by_role("button", name="Generate codes", exact=True).click()
    expect(dialog(page)).to_contain_text(WAIT, timeout=30_000)
    press(page, "Close")
    expect(total).to_have_text(f"{before + 2} batches")


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_any_moment_every_batch_has_all_its_codes_in_the_end(
    tmp_path: Path, chromium: Browser, seed: int
) -> None:
    """The process is killed again and again while batches are made; nobody does anything else."""
    folder, dice = tmp_path / "data", random.Random(seed)
    started = server.start("demo", folder, batch_max="6000")
    port = int(started.origin.rpartition(":")[2])
    visitors = Visitors(chromium, started)
    page = visitors.person("sales", NORTHWIND)
    wanted = [6000, 2000, 150]
    for quantity in wanted:
        asked(page, quantity)
    for _ in range(3):
        time.sleep(dice.uniform(0, 0.15))
        started.kill()
        check_hidden(folder)
        started = server.start("demo", folder, port=port, batch_max="6000")
    try:
        wait_until_done(started, len(wanted))
        made = rows(
            folder,
            "SELECT quantity, state, ready, (SELECT COUNT(DISTINCT digest) FROM code"
            " WHERE batch_id = batch.id) FROM batch ORDER BY id DESC LIMIT 3",
        )
        assert made[::-1] == [(number, "DONE", number, number) for number in wanted]
    finally:
        started.stop()


def check_hidden(folder: Path) -> None:
    """What the crash left: a batch that is not done counts just the codes that it has."""
    for made, there in rows(
        folder,
        "SELECT made, (SELECT COUNT(*) FROM code WHERE batch_id = batch.id) FROM batch"
        " WHERE state IN ('QUEUED', 'RUNNING')",
    ):
        assert made == there


def wait_until_done(started: Server, number: int) -> None:
    last = time.monotonic() + server.SOON
    while time.monotonic() < last:
        left = rows(started.folder, "SELECT state FROM batch ORDER BY id DESC LIMIT 3")
        if left == [("DONE",)] * number:
            return
        time.sleep(server.STEP)
    raise AssertionError(f"Not all batches were finished: {started.said()}")
