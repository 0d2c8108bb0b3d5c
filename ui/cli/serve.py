"""run, demo and migrate."""

import asyncio
import os
import socket

from services import installation, instance_lock, setup, setup_token
from services.demo import sample
from services.settings import Settings, get_settings
from ui import app, routes
from ui.cli import opened, problems
from ui.cli.announcement import announce, has_display


def run() -> None:
    """Start Tallystick on its data folder."""
    with problems.said():
        _serve(get_settings())


def demo() -> None:
    """Start with sample data, in a folder of its own, for this machine only."""
    os.environ.setdefault("TALLYSTICK_DATA_DIR", "demo-data")
    os.environ["TALLYSTICK_DEMO"] = "true"
    with problems.said():
        _serve(get_settings())


def migrate() -> None:
    """Bring the database to this version, with a backup before; the server must be stopped."""
    with problems.said():
        settings = get_settings()
        with instance_lock.acquire(settings):
            asyncio.run(installation.prepare(settings))
    print("The database is up to date.")


def _serve(settings: Settings) -> None:
    _check_port(settings)
    with instance_lock.acquire(settings):
        token = asyncio.run(_prepare(settings))
        first_page = routes.setup(token) if token else routes.HOME
        announce(settings, first_page, token)
        app.serve(settings, show=first_page if has_display() else None)


async def _prepare(settings: Settings) -> str:
    """Everything before the first request; returns a set-up token where there is no owner yet."""
    async with opened.prepared(settings):
        if settings.demo:
            await sample.fill()
        return await setup_token.issue() if await setup.is_open() else ""


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            problems.stop(
                f"Port {settings.port} on {settings.host} cannot be used ({error.strerror}). "
                "Choose another one with TALLYSTICK_PORT."
            )
