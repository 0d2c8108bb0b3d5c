"""What the terminal shows of the log, and who may read the files a command makes."""

import logging
import os

QUIET = ("tortoise", "aiosqlite", "asyncio", "uvicorn", "nicegui", "engineio", "socketio")


def begin() -> None:
    """Tallystick issues, delivers and redeems prepaid codes."""
    os.umask(0o077)  # database, key and lock are for the account that runs this
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
