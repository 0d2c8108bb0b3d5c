"""run, demo and migrate."""

import asyncio
import os
import socket
import sys
from pathlib import Path

from services import database, installation, instance_lock, setup, setup_token
from services.demo import sample
from services.settings import Settings, get_settings
from ui import app, routes
from ui.cli import problems

SETUP_LINK = "setup-link"


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
        lock = instance_lock.acquire(settings)
        asyncio.run(installation.prepare(settings))
        lock.release()
    print("The database is up to date.")


def _serve(settings: Settings) -> None:
    _check_port(settings)
    lock = instance_lock.acquire(settings)
    token = asyncio.run(_prepare(settings))
    first_page = routes.setup(token) if token else routes.HOME
    _announce(settings, first_page, token)
    try:
        app.serve(settings, show=first_page if _has_display() else None)
    finally:
        lock.release()


async def _prepare(settings: Settings) -> str:
    """Everything before the first request; returns a set-up token where there is no owner yet."""
    await installation.prepare(settings)
    await database.connect(settings)
    try:
        if settings.demo:
            await sample.fill()
        return await setup_token.issue() if await setup.is_open() else ""
    finally:
        await database.disconnect()


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


def _announce(settings: Settings, first_page: str, token: str) -> None:
    (settings.data_dir / SETUP_LINK).unlink(missing_ok=True)
    print(f"Tallystick is at {settings.base_url}")
    if token and sys.stdout.isatty():
        print(f"Create the owner within an hour: {settings.base_url}{first_page}")
    elif token:
        print(f"The link to create the owner is in {_write_link(settings, first_page)}")
    if settings.demo:
        print("Sample accounts, all with the password demo-tallystick:")
        for email in ("owner", "admin", "sales", "evaluator"):
            print(f"  {email}@demo.test")
    sys.stdout.flush()


def _write_link(settings: Settings, first_page: str) -> Path:
    path = settings.data_dir / SETUP_LINK
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{settings.base_url}{first_page}\n")
    return path


def _has_display() -> bool:
    shows = sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return shows and sys.stdout.isatty()
