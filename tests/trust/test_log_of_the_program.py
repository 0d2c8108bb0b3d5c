"""T27: what people typed and were given stands nowhere in what the real program says and keeps."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from models import PasswordReset
from services import code_alphabet, invitations, links
from services.links import Purpose
from services.settings import Settings
from services.zones import now
from tests.cast import PASSWORD, Cast, Issued, issue
from tests.conftest import POSTGRES
from tests.matrix.world import DAY
from tests.second_factors import App, with_app
from tests.trust import program
from tests.trust.figures import held
from tests.trust.program import Program
from tests.trust.test_canaries import leaks
from tests.ui.door.site import hidden_fields
from ui import routes

pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="a file is locked and looked through")
TYPED = "violet harbour lantern 42"
"""A password that nobody has."""
AWAY = ("code", "account", "recovery_code", "session")


@pytest.fixture
async def issued(cast: Cast) -> Issued:
    return await issue(cast.ada, cast.month, 40)


@pytest.fixture
async def app(cast: Cast, issued: Issued) -> App:
    return await with_app(cast.ada)


@pytest.fixture
async def mailed(cast: Cast) -> list[str]:
    """The paths of an invitation and of a reset."""
    invited = await invitations.invite_owner(cast.olga, email="heir@example.org")
    reset = await PasswordReset.create(user_id=cast.sam.user_id, expires_at=now() + DAY)
    return [
        routes.INVITATION.format(token=invited.token),
        routes.RESET_LINK.format(token=links.make(Purpose.RESET, reset.id)),
    ]


class Visit:
    """A browser at the program that remembers every secret it was given."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self.browser, self.given, self.statuses = browser, set[str](), list[int]()

    async def send(self, path: str, **typed: str) -> httpx.Response:
        form = hidden_fields((await self.browser.get(path)).text)
        answer = await self.browser.post(path, data=form | typed)
        self.statuses.append(answer.status_code)
        self.given |= {value for value in self.browser.cookies.values() if len(value) > 30}
        self.given |= {form["csrf"]} if "csrf" in form else set()
        return answer

    async def sign_in(self, email: str, password: str) -> httpx.Response:
        return await self.send(routes.LOGIN, email=email, password=password)


async def _everything(visit: Visit, issued: Issued, app: App, mailed: list[str]) -> None:
    """Every form that takes a secret, right and wrong; and secrets where none belong."""
    holder = {"name": "Grace", "email": "grace@example.org"}
    for number in range(5):
        await visit.send(routes.REDEEM, code=issued.texts[number], **holder)
        await visit.send(routes.REDEEM, code=issued.texts[number], name="X", email="x@example.org")
        await visit.send(routes.activation(issued.tokens[10 + number]), **holder)
        await visit.browser.get(routes.REDEEM, params={"code": issued.texts[20 + number]})
        await visit.browser.get(f"/nope/{issued.texts[25 + number]}")
        await visit.browser.get("/", headers={"user-agent": issued.texts[30 + number]})
    for path in mailed:
        await visit.send(path, name="Heir", password="short")
    for password in (TYPED, PASSWORD):
        await visit.sign_in("sam@example.org", password)
    visit.browser.cookies.clear()
    await visit.sign_in("ada@example.org", PASSWORD)
    await visit.send(routes.SECOND_FACTOR, code="000000")
    await visit.send(routes.SECOND_FACTOR, code=app.recovery[0])
    await visit.browser.get(routes.HOME)


async def _broken(visit: Visit, running: Program, issued: Issued, app: App) -> None:
    """The same while what they need is not there: each is a fault, told with its traceback."""
    forms = hidden_fields((await visit.browser.get(routes.REDEEM)).text)
    with closing(sqlite3.connect(running.settings.sqlite_path, timeout=30)) as line:
        for table in AWAY:
            line.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
    for text in issued.texts[35:]:
        typed = forms | {"code": text, "name": "Grace", "email": "grace@example.org"}
        visit.statuses.append((await visit.browser.post(routes.REDEEM, data=typed)).status_code)
    for path, typed in (
        (routes.LOGIN, {"email": "sam@example.org", "password": TYPED}),
        (routes.SECOND_FACTOR, {"code": app.recovery[1]}),
        (routes.activation(issued.tokens[36]), {"name": "G", "email": "g@example.org"}),
    ):
        answer = await visit.browser.post(path, data=forms | typed)
        visit.statuses.append(answer.status_code)


def _kept(settings: Settings) -> Iterator[tuple[Path, bytes]]:
    for file in settings.data_dir.rglob("*"):
        if file.is_file() and file != settings.key_path:
            yield file, file.read_bytes()


async def test_no_secret_stands_in_the_log_or_a_file_of_the_real_program(
    cast: Cast, db: Settings, issued: Issued, app: App, mailed: list[str]
) -> None:
    async with program.running(db, log_format="text") as running:
        origin = {"origin": running.origin}
        async with httpx.AsyncClient(
            base_url=running.origin, headers=origin, timeout=30
        ) as browser:
            visit = Visit(browser)
            await _everything(visit, issued, app, mailed)
            fine = list(visit.statuses)
            await _broken(visit, running, issued, app)
        await asyncio.sleep(0.2)
        said = running.said()
        files = dict(_kept(db))
        with closing(sqlite3.connect(db.sqlite_path, timeout=30)) as line:
            for table in AWAY:
                line.execute(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')
    assert max(fine) < 500 and visit.statuses.count(500) >= 5, visit.statuses
    assert said.count("Traceback") >= 5
    secrets = {TYPED, PASSWORD, app.secret, *app.recovery, *visit.given, *issued.tokens}
    secrets |= {path.rpartition("/")[2] for path in mailed}
    found = {
        f"{place}: {secret[:6]}…"
        for place, content in {Path("log"): said.encode(), **files}.items()
        for secret in secrets
        if secret.encode() in content
    }
    codes = {place for place, content in files.items() if leaks(content, issued.bodies)}
    if leaks(said.encode(), issued.bodies):
        codes.add(Path("log"))
    held(
        test="T27",
        figure=f"{len(secrets)} secrets and {len(issued.bodies)} codes, {len(fine)} forms and "
        f"{visit.statuses.count(500)} faults: {len(found) + len(codes)} found in the log of "
        f"{len(said):,} letters and in {len(files)} files",
        target="0",
        holds=not found and not codes,
        why=f"{sorted(found)[:5]} {codes}",
    )


def test_the_search_would_find_one() -> None:
    [body] = code_alphabet.generate(1)
    assert leaks(f"x {code_alphabet.display(body)} x".encode(), [body])
