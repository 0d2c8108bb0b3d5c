"""T18: script that people write into any field is text on every page that shows it."""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page

from services import key_file, keys, links
from services.links import Purpose
from tests.e2e import server
from tests.e2e.server import Server
from tests.e2e.test_screens_fit import SCREENS, WORKSPACE, opened
from tests.e2e.visitors import Visitors
from tests.trust.browser.scripts import PAYLOADS, fill
from tests.trust.conftest import Size
from tests.trust.figures import held
from ui import routes

PAGES = {
    **SCREENS,
    "sales": [
        "/",
        *(f"{WORKSPACE}/edspace/{page}" for page in ("products", "access-codes", "customers")),
        *(f"{WORKSPACE}/edspace/access-codes/{batch}" for batch in (1, 2)),
        f"{WORKSPACE}/messages",
    ],
}
HOOK = "window.pwned = 0; window.pwn = () => { window.pwned += 1; alert('pwned'); };"
FOUND = """() => ({
    ran: window.pwned,
    attributes: [...document.querySelectorAll('*')].filter((each) => [...each.attributes].some(
        (a) => a.name === 'data-pwn' || (a.name.startsWith('on') && a.value.includes('pwn'))
            || (['href', 'src', 'action'].includes(a.name) && a.value.includes('pwn()')))
    ).map((each) => each.outerHTML.slice(0, 120)),
    shown: document.body.innerText.includes('pwn()'),
})"""


@pytest.fixture(scope="module")
def demo(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    started = server.start("demo", tmp_path_factory.mktemp("scripts") / "data")
    yield started
    started.stop()


@pytest.fixture
def visitors(demo: Server, chromium: Browser) -> Generator[Visitors]:
    people = Visitors(chromium, demo)
    yield people
    people.go_home()


def database(demo: Server) -> Path:
    return demo.folder / "tallystick.sqlite3"


def of_strangers(demo: Server) -> list[str]:
    """What anybody may open: a link, and a certificate."""
    keys.use(key_file.load_all(demo.folder / "tallystick.key")[-1])
    with closing(sqlite3.connect(database(demo))) as line:
        [code] = line.execute(
            "SELECT code.id, link_version FROM code JOIN batch ON batch.id = batch_id"
            " WHERE batch.product_id IS NOT NULL AND code.status = 'READY' AND batch.state = 'DONE'"
            " LIMIT 1"
        ).fetchall()
        certified = line.execute(
            "SELECT certificate FROM evaluation WHERE state = 'CERTIFIED' LIMIT 1"
        ).fetchall()
    link = routes.activation(links.make(Purpose.ACTIVATE, *code))
    return [link, *(routes.certificate(number) for (number,) in certified)]


class Watch:
    """What ran, and what a text brought into a page, on every page looked at so far."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self.looked = 0

    def on(self, page: Page) -> Page:
        page.context.add_init_script(HOOK)
        page.on("dialog", self._dialog)
        return page

    def _dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def look(self, page: Page, path: str) -> None:
        found = page.evaluate(FOUND)
        self.looked += 1
        self.seen |= {path} if found["shown"] else set()
        if found["ran"] or found["attributes"]:
            self.wrong.append(f"{path}: {found['ran']} runs, {found['attributes'][:2]}")


def test_no_text_of_a_person_runs_or_becomes_markup_on_any_page(
    demo: Server, visitors: Visitors, size: Size
) -> None:
    watch, filled = Watch(), 0
    texts = PAYLOADS[: size(quick=6, whole=60)]
    people = {name: watch.on(visitors.person(name)) for name in PAGES}
    stranger = watch.on(visitors.stranger())
    for group in _sixes(texts):
        filled += fill(database(demo), group)
        for name, page in people.items():
            for path in PAGES[name]:
                opened(page, path)
                watch.look(page, path)
        for path in of_strangers(demo):
            stranger.goto(path)
            watch.look(stranger, path)
    held(
        test="T18",
        figure=f"{len(texts)} payloads, {filled} fields, {watch.looked} pages, {len(watch.seen)}"
        f" that show one: {len(watch.wrong)} executions or attributes",
        target="0; shown on 30 pages or more",
        holds=not watch.wrong and len(watch.seen) >= 30,
        why="; ".join([*watch.wrong[:4], f"shown on {sorted(watch.seen)}"]),
    )


def _sixes(texts: list[str]) -> list[list[str]]:
    return [texts[start : start + 6] for start in range(0, len(texts), 6)]


def test_a_text_that_became_markup_would_be_seen(demo: Server, visitors: Visitors) -> None:
    page = visitors.person("evaluator")
    for payload in PAYLOADS[1:5]:
        watch = Watch()
        watch.on(page)
        opened(page, "/")
        page.evaluate(
            "(html) => { document.body.innerHTML += `<p title='${html}'>${html}` }", payload
        )
        page.wait_for_timeout(200)
        watch.look(page, payload)
        assert watch.wrong, payload
