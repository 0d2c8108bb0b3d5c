"""Asks the browser at this tab to make or to use a passkey."""

from collections.abc import Awaitable
from typing import Any

from nicegui import ui

from ui.components import browser

NOT_MADE = "No passkey was made. Try again, or choose another device."
NOT_USED = "No passkey was used. Try again, or another way."
PROBLEMS = {
    "InvalidStateError": "This device has a passkey for your account already.",
    "NotSupportedError": "This browser knows no passkeys. Use another one.",
}
PATIENCE = 330.0  # seconds; a little longer than the browser's own dialog may stand open


async def made(options: dict[str, Any], go: ui.button) -> tuple[str, str]:
    """What the browser says of a new passkey, or in a sentence why it made none."""
    call = browser.call("makePasskey", options, timeout=PATIENCE)
    return await _told(call, go, NOT_MADE)


async def used(options: dict[str, Any], go: ui.button) -> tuple[str, str]:
    """What the browser says of a passkey of the person's, or in a sentence why it used none."""
    call = browser.call("usePasskey", options, timeout=PATIENCE)
    return await _told(call, go, NOT_USED)


async def _told(call: Awaitable[Any], go: ui.button, otherwise: str) -> tuple[str, str]:
    go.props("loading").disable()
    try:
        told = await call
    except TimeoutError:
        told = None
    finally:
        if not go.is_deleted:
            go.props(remove="loading").enable()
    said: dict[str, Any] = told if isinstance(told, dict) else {}
    answer = str(said.get("answer") or "")
    return answer, "" if answer else PROBLEMS.get(str(said.get("problem")), otherwise)
