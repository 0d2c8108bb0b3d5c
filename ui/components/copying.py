"""Copies text in the browser and shows the result, whatever it is."""

from nicegui import ui

from ui.components import browser
from ui.components.dialog import show_text


async def copy(words: str, done: str) -> None:
    """`done` is what to say when it worked. Call soon after a click: browsers demand one."""
    if await browser.call("copy", words):
        ui.notify(done)
    else:
        show_text("Copy by hand", "Your browser did not allow copying. Press Ctrl+C.", words)
