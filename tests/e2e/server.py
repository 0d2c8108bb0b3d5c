"""The real program as a process of its own, on a free loopback port and its own data folder."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOON = 60.0
STEP = 0.02
NOISE = re.compile(r"Traceback|^ERROR|^CRITICAL|\bexception\b", re.MULTILINE | re.IGNORECASE)
# Journeys share one loopback address, so what one visitor may try is no limit for them all.
# They share their sessions too: one confirmation lasts for all but who lets it grow old.
TRIES = {"CONFIRMATION_LASTS": "1d"} | dict.fromkeys(
    (
        "SIGN_IN_TRIES_PER_ACCOUNT",
        "SIGN_IN_TRIES_PER_ADDRESS",
        "REDEEM_TRIES_PER_ADDRESS",
        "REDEEM_TRIES_PER_INSTALLATION",
        "WAIT_AFTER_FAILURES",
        "EXPORTS_PER_ACCOUNT",
        "INVITATIONS_PER_ACCOUNT",
        "INVITATIONS_PER_WORKSPACE",
    ),
    "100000",
)


@dataclass
class Server:
    """A started process and what it has said so far."""

    process: subprocess.Popen[bytes]
    origin: str
    folder: Path
    log: Path
    read: int = 0

    def said(self) -> str:
        return self.log.read_text()

    def new_trouble(self) -> list[str]:
        """The lines of trouble in the log since this was asked last."""
        said, self.read = self.said()[self.read :], len(self.said())
        return [said] if NOISE.search(said) else []

    def wait_until_ready(self) -> None:
        last = time.monotonic() + SOON
        while time.monotonic() < last and self.process.poll() is None:
            if _answers(f"{self.origin}/readyz"):
                return
            time.sleep(STEP)
        raise AssertionError(f"The server did not start:\n{self.said()}")

    def kill(self) -> None:
        """As a power cut would: at once, with nothing tidied up."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(SOON)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(folder: Path, port: int) -> dict[str, str]:
    """What the process gets; nothing of the developer's own settings."""
    others = ("TALLYSTICK_", "NICEGUI_", "PYTEST_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    place = {"TALLYSTICK_DATA_DIR": str(folder), "TALLYSTICK_PORT": str(port)}
    return own | place | {f"TALLYSTICK_{name}": value for name, value in TRIES.items()}


CHECKOUT = (sys.executable, "main.py")


def start(
    command: str,
    folder: Path,
    *,
    port: int | None = None,
    program: tuple[str, ...] = CHECKOUT,
    cwd: Path = ROOT,
    **more: str,
) -> Server:
    """Start `run` or `demo` and wait until it answers; `more` are settings, such as smtp_port."""
    port = port or free_port()
    log = folder.with_suffix(".log")
    given = {f"TALLYSTICK_{name.upper()}": value for name, value in more.items()}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*program, command],
            cwd=cwd,
            env=environment(folder, port) | given,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(process, f"http://127.0.0.1:{port}", folder, log)
    try:
        server.wait_until_ready()
    except BaseException:
        server.stop()
        raise
    return server


def refused(command: str, folder: Path, port: int | None = None) -> str:
    """What the program says when it does not start; it must end by itself, with an error."""
    done = subprocess.run(
        [sys.executable, "main.py", command],
        cwd=ROOT,
        env=environment(folder, port or free_port()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SOON,
        check=False,
    )
    assert done.returncode == 1, done.stdout.decode()
    return done.stdout.decode()
