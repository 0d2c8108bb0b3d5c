"""People in front of browsers, each with own cookies, and what their browsers complain of."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
)

from tests.e2e.server import Server

PASSWORD = "demo-tallystick"
PATIENCE = 6_000  # milliseconds; two busy cores
TELL_VIOLATIONS = (
    "addEventListener('securitypolicyviolation', (event) => "
    "console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI))"
)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

expect.set_options(timeout=PATIENCE)
_cookies: dict[tuple[str, str], Any] = {}  # by server and address: a password is hashed slowly


@dataclass
class Visitors:
    browser: Browser
    server: Server
    trouble: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)
    _refused: set[str] = field(default_factory=set)

    def stranger(self, **options: Any) -> Page:
        """A page of a browser that nobody has signed in with."""
        context = self.browser.new_context(
            base_url=self.server.origin, accept_downloads=True, locale="en-GB", **options
        )
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.server.origin)
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.trouble.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        self._contexts.append(context)
        return context.new_page()

    def person(self, name: str, path: str = "/", **options: Any) -> Page:
        """A page of one of the demo's people, signed in: owner, admin, sales or evaluator."""
        page, who = self.stranger(**options), (self.server.origin, name)
        if who in _cookies:
            page.context.add_cookies(_cookies[who])
        else:
            sign_in(page, f"{name}@demo.test")
            _cookies[who] = [c for c in page.context.cookies() if c["name"] == "tallystick"]
        page.goto(path)
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not self._is_refused_page(message):
            self.trouble.append(f"console: {message.text} ({message.location.get('url')})")

    def _is_refused_page(self, message: ConsoleMessage) -> bool:
        # The browser notes a form page that comes back with 422, which is as it should be.
        refused = message.location.get("url") in self._refused
        return refused and message.text.startswith("Failed to load resource")

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
