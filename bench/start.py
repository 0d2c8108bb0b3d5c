"""From the start of the process to its first answer, and what it then holds in memory."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.report import Figure

SECONDS, MEBIBYTES = 3.0, 150
GIVE_UP = 120.0
MAIN = Path(__file__).parent.parent / "main.py"


def start(rounds: int) -> list[Figure]:
    if not MAIN.exists():
        return _not_measured("there is no main.py")
    with tempfile.TemporaryDirectory() as folder:
        try:
            first, _ = _measure(folder)  # makes the demo data
            measured = [_measure(folder) for _ in range(rounds)]
        except (TimeoutError, ChildProcessError) as error:
            return _not_measured(str(error))
    return _figures(first, median(s for s, _ in measured), max(m for _, m in measured))


def _not_measured(reason: str) -> list[Figure]:
    return [
        Figure(name=name, ours=f"not measured: {reason}", target=target)
        for name, target in (
            ("start to first answer", f"under {SECONDS:.0f} s"),
            ("memory at rest", f"under {MEBIBYTES} MiB"),
        )
    ]


def _figures(first: float, again: float, memory: float) -> list[Figure]:
    return [
        Figure(name="very first start, making the demo data", ours=f"{first:.1f} s"),
        Figure(
            name="start to first answer, demo data",
            ours=f"{again:.2f} s",
            target=f"under {SECONDS:.0f} s",
            met=again < SECONDS,
        ),
        Figure(
            name="memory at rest",
            ours=f"{memory:.0f} MiB" if memory else "not measured: no /proc",
            target=f"under {MEBIBYTES} MiB",
            met=memory < MEBIBYTES if memory else None,
        ),
    ]


def _measure(folder: str) -> tuple[float, float]:
    """Seconds to the first answer and MiB two seconds later."""
    begun = time.perf_counter()
    with _server(folder) as (server, address):
        _wait_for_answer(server, address)
        seconds = time.perf_counter() - begun
        time.sleep(2)
        return seconds, _resident(server.pid)


@contextmanager
def demo_server(folder: str) -> Generator[str]:
    """A demo of its own that answers; gives where it is."""
    with _server(folder) as (server, address):
        _wait_for_answer(server, address)
        yield address.removesuffix("/login")


@contextmanager
def _server(folder: str) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: v for name, v in os.environ.items() if not name.startswith("TALLYSTICK_")}
    server = subprocess.Popen(
        [sys.executable, str(MAIN), "demo"],
        cwd=MAIN.parent,
        env=kept | {"TALLYSTICK_DATA_DIR": folder, "TALLYSTICK_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield server, f"http://127.0.0.1:{port}/login"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for_answer(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + GIVE_UP
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise ChildProcessError(f"main.py demo ended with {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise TimeoutError(f"no answer within {GIVE_UP:.0f} s")


def _resident(pid: int) -> float:
    """MiB, or 0 where the system has no /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024
