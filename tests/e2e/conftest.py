"""Browsers on the real process; every journey fails on any trouble in log, console or network."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e import server
from tests.e2e.post import Post
from tests.e2e.post import start as start_post
from tests.e2e.server import Server
from tests.e2e.visitors import Visitors

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def program() -> Path:
    if not CHROMIUM.exists():
        missing = f"There is no Chromium at {CHROMIUM}; browser journeys need one."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return CHROMIUM


@pytest.fixture(scope="module")
def chromium(program: Path) -> Generator[Browser]:
    # For one module only: the loop that Playwright leaves running is in the way of async tests.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def post(tmp_path_factory: pytest.TempPathFactory) -> Generator[Post]:
    """Where the demo's mail arrives."""
    started = start_post(tmp_path_factory.mktemp("post"))
    yield started
    started.process.terminate()
    started.process.wait()


@pytest.fixture(scope="session")
def demo_server(
    program: Path, post: Post, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Server]:
    started = server.start("demo", tmp_path_factory.mktemp("demo") / "data", **post.settings())
    yield started
    started.stop()


@pytest.fixture(scope="module")
def visitors_of_the_demo(demo_server: Server, chromium: Browser) -> Visitors:
    return Visitors(chromium, demo_server)


@pytest.fixture
def demo(visitors_of_the_demo: Visitors) -> Generator[Visitors]:
    """People with browsers, at the demo."""
    yield visitors_of_the_demo
    assert visitors_of_the_demo.go_home() == []


@pytest.fixture
def first_start(tmp_path: Path, chromium: Browser) -> Generator[Visitors]:
    """People with browsers, at a Tallystick that was just started for the first time."""
    started = server.start("run", tmp_path / "data")
    try:
        visitors = Visitors(chromium, started)
        yield visitors
        assert visitors.go_home() == []
    finally:
        started.stop()
