"""`doctor` on the command line: beside a server or without, and 1 where something is wrong."""

import http.server
import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from services import instance_lock, mail_pause, sealing
from services.settings import Settings
from tests.conftest import POSTGRES, Configure
from tests.sealed import sealed
from tests.ui.living import within
from ui.cli import command_line, logs

pytestmark = pytest.mark.skipif(bool(POSTGRES), reason="It looks at the files of SQLite")


def doctor() -> Result:
    return CliRunner().invoke(command_line, ["doctor"])


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(total=10**12, used=0, free=10**11)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


@pytest.fixture
def lived(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation whose log is sealed; nothing holds it open."""
    monkeypatch.setattr(sealing, "_process", sealing._Process())
    within(settings, lambda: sealed(4))
    return settings


@contextmanager
def server(status: int, body: str, asked: list[str]) -> Iterator[int]:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.path} for {self.headers['host']}")
            self.send_response(status if self.path == "/readyz" else 200)
            self.end_headers()
            self.wfile.write(body.encode() if self.path == "/readyz" else b"ok\n")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    try:
        yield running.server_port
    finally:
        running.shutdown()
        running.server_close()


def test_without_a_server_it_says_what_the_files_say(lived: Settings) -> None:
    result = doctor()
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Everything works.\n")
    assert "Background work: NOT RUNNING" in result.output
    assert "Journal:                WAL" in result.output
    assert "Sealed:                 4 entries" in result.output
    assert "Public address" not in result.output


def test_it_says_how_mail_stands_and_what_the_mail_server_said(
    lived: Settings, configure: Configure
) -> None:
    assert "Mail: HELD\n  No mail server is set." in doctor().output
    configure(smtp_host="localhost", mail_from="codes@example.org")
    within(lived, lambda: mail_pause.begin("535 Wrong password"))
    said = doctor().output
    assert "Mail: PAUSED" in said
    assert "It said: 535 Wrong password" in said
    assert "localhost:587" in said


def test_beside_a_server_it_asks_that_one_for_its_loops(
    lived: Settings, configure: Configure
) -> None:
    asked: list[str] = []
    with server(200, "ok\n", asked) as port:
        configure(port=port, allowed_hosts="codes.example.org")
        lock = instance_lock.acquire(lived)
        result = doctor()
        lock.release()
    assert result.exit_code == 0, result.output
    assert asked[0] == "/readyz for codes.example.org"
    assert "Background work: RUNS" in result.output
    assert "Public address: THIS MACHINE" in result.output


def test_what_the_server_lacks_is_wrong(lived: Settings, configure: Configure) -> None:
    with server(503, "disk mail\n", []) as port:
        configure(port=port)
        lock = instance_lock.acquire(lived)
        result = doctor()
        lock.release()
    assert result.exit_code == 1
    assert "The running server is not ready: disk, mail." in result.output
    assert "Something that runs beside the pages does not go on." in result.output


def test_a_server_that_does_not_answer_is_wrong(lived: Settings, configure: Configure) -> None:
    configure(port=1)
    lock = instance_lock.acquire(lived)
    result = doctor()
    lock.release()
    assert result.exit_code == 1
    assert "not ready: server." in result.output


def test_a_disk_without_room_is_wrong(lived: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(total=10**12, used=0, free=10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    result = doctor()
    assert result.exit_code == 1
    assert "1 thing needs you." in result.output
    assert "Disk: NEARLY FULL" in result.output


def test_where_nothing_was_ever_started_it_says_so_and_makes_nothing(settings: Settings) -> None:
    result = doctor()
    assert result.exit_code == 1
    assert "There is no database of this version yet" in result.output
    assert not settings.sqlite_path.exists()


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_is_written_as_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    monkeypatch.setenv("TALLYSTICK_LOG_FORMAT", form)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    logs.begin()
    logging.getLogger("services.x").warning("To %s", "ann@example.org")
    line = capsys.readouterr().err
    assert "ann@" not in line
    assert line.startswith("{" if form == "json" else "20")
    assert line.count("\n") == 1
