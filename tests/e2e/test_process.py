"""Why the program does not start: one sentence, and no traceback."""

from pathlib import Path
from urllib.parse import urlsplit

from services import key_file
from tests.e2e import server


def test_a_second_process_and_a_taken_port_say_why_they_do_not_start(tmp_path: Path) -> None:
    first = server.start("run", tmp_path / "data")
    try:
        port = urlsplit(first.origin).port
        said = server.refused("run", tmp_path / "data")
        assert str(first.process.pid) in said
        assert str(tmp_path / "data") in said
        taken = server.refused("run", tmp_path / "other", port)
        assert f"Port {port} on 127.0.0.1 cannot be used" in taken
        assert "TALLYSTICK_PORT" in taken
        for sentences in (said, taken):
            assert len(sentences.strip().splitlines()) == 1, sentences
    finally:
        first.stop()
    assert first.new_trouble() == []


def test_without_its_own_key_the_program_does_not_start(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    server.start("run", folder).stop()
    key = folder / "tallystick.key"
    original = key.read_text()

    key.unlink()
    assert "Traceback" not in (missing := server.refused("run", folder))
    assert str(key) in missing
    assert not key.exists(), "never a second key"

    key_file.create(key)
    assert "Traceback" not in (wrong := server.refused("run", folder))
    assert "key" in wrong

    key.write_text(original)
    key.chmod(0o644)
    assert "chmod 600" in server.refused("run", folder)
    key.chmod(0o600)
    server.start("run", folder).stop()
