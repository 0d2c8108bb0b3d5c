"""What a start prints: where it is, and the way to the first owner."""

import os
import sys
from pathlib import Path

from services.demo.sample import PASSWORD
from services.demo.story import PEOPLE
from services.settings import Settings

SETUP_LINK = "setup-link"


def announce(settings: Settings, first_page: str, token: str) -> None:
    (settings.data_dir / SETUP_LINK).unlink(missing_ok=True)
    print(f"Tallystick is at {settings.base_url}")
    if token and sys.stdout.isatty():
        print(f"Create the owner within an hour: {settings.base_url}{first_page}")
    elif token:
        print(f"The link to create the owner is in {_write_link(settings, first_page)}")
    if settings.demo:
        print(f"Sample accounts, all with the password {PASSWORD}:")
        for email in PEOPLE:
            print(f"  {email}")
    sys.stdout.flush()


def _write_link(settings: Settings, first_page: str) -> Path:
    path = settings.data_dir / SETUP_LINK
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{settings.base_url}{first_page}\n")
    return path


def has_display() -> bool:
    shows = sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return shows and sys.stdout.isatty()
