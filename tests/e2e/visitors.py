"""People in front of browsers, each with own cookies, and what their browsers complain of."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
    expect,
)

from tests.e2e.server import Server

PASSWORD = "demo-tallystick"
PATIENCE = 30_000  # milliseconds; two busy cores
TELL_VIOLATIONS = (
    "addEventListener('securitypolicyviolation', (event) => "
    "console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI))"
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}

GROWN_OLD = """
UPDATE session SET confirmed_at = '2026-01-01 00:00:00+00:00'
WHERE id = (SELECT MAX(id) FROM session)"""

expect.set_options(timeout=PATIENCE)


@dataclass
class Visitors:
    """Browsers of many people at one server; a person keeps one from test to test."""

    browser: Browser
    server: Server
    trouble: list[str] = field(default_factory=list)
    _own: dict[str, BrowserContext] = field(default_factory=dict)
    _passing: list[BrowserContext] = field(default_factory=list)
    _refused: set[str] = field(default_factory=set)

    def stranger(self, **options: Any) -> Page:
        """A page of a new browser that nobody has signed in with."""
        context = self._context(**options)
        self._passing.append(context)
        return context.new_page()

    def person(self, name: str, path: str = "/", **options: Any) -> Page:
        """A page of one of the demo's people, signed in: owner, admin, sales or evaluator."""
        if name not in self._own:
            self._own[name] = self._context()
            self._sign_in(self._own[name], f"{name}@demo.test")
        context = self._own[name]
        if options:
            cookies = [c for c in context.cookies() if c["name"] == "tallystick"]
            context = self._context(**options)
            context.add_cookies(cookies)  # pyright: ignore[reportArgumentType]
            self._passing.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    def _sign_in(self, context: BrowserContext, email: str) -> None:
        # By the form alone: a first page of the application takes its time, and one is enough.
        form = context.request.get("/login").text()
        token = form.split('name="csrf" value="')[1].split('"')[0]
        typed = {"csrf": token, "email": email, "password": PASSWORD}
        headers = {"origin": self.server.origin}
        answer = context.request.post("/login", form=typed, headers=headers, max_redirects=0)
        assert answer.status == 303, answer.text()

    def go_home(self) -> list[str]:
        """Close every page; returns what went wrong since this was asked last."""
        for context in self._passing:
            context.close()
        for context in self._own.values():
            for page in context.pages:
                page.close()
        trouble = [*self.trouble, *self.server.new_trouble()]
        self._passing.clear()
        self.trouble.clear()
        return trouble

    def _context(self, **options: Any) -> BrowserContext:
        context = self.browser.new_context(base_url=self.server.origin, locale="en-GB", **options)
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.server.origin)
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)
        return context

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._is_refused_page(message):
            self.trouble.append(f"console: {message.text} ({message.location.get('url')})")

    def _is_refused_page(self, message: ConsoleMessage) -> bool:
        # The browser notes a form page that comes back with 422, which is as it should be.
        refused = message.location.get("url") in self._refused
        return refused and message.text.startswith("Failed to load resource")

    def _error(self, error: WebError) -> None:
        self.trouble.append(f"script: {error.error}")

    def _response(self, response: Response) -> None:
        if 400 <= response.status < 500 and response.request.is_navigation_request():
            self._refused.add(response.url)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.server.origin, "data:", "blob:")):
            self.trouble.append(f"request to another host: {request.url}")


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/login")
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Workspaces")).to_be_visible()


def grow_old(visitors: Visitors) -> None:
    """The newest sign-in was long ago."""
    file = visitors.server.folder / "tallystick.sqlite3"
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        database.execute(GROWN_OLD)
