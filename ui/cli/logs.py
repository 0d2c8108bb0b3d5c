"""What the terminal shows of the log, and who may read the files a command makes."""

import logging
import os
import resource
import sys

from services.log_lines import JsonLines, TextLines

QUIET = ("tortoise", "aiosqlite", "asyncio", "uvicorn", "nicegui", "engineio", "socketio")
FORMAT = "TALLYSTICK_LOG_FORMAT"


def begin() -> None:
    """Tallystick issues, delivers and redeems prepaid codes."""
    os.umask(0o077)  # database, key and lock are for the account that runs this
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump of the memory would hold the keys
    handler = logging.StreamHandler()
    # read here already: what is wrong with the settings is logged too
    is_json = os.environ.get(FORMAT, "") == "json"
    handler.setFormatter(JsonLines() if is_json else TextLines(is_for_people=sys.stderr.isatty()))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
