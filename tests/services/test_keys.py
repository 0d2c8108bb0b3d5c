"""The key file is made once, kept private, and refused in words when it is not right."""

import base64
import os
import stat
from pathlib import Path

import pytest

from services import key_file, keys
from services.keys import KeyFileError


def key_file_of(folder: Path, content: str | bytes) -> Path:
    path = folder / "tallystick.key"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(0o600)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(KeyFileError) as caught:
        key_file.load_all(path)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_a_created_key_is_loaded_again_the_same(tmp_path: Path) -> None:
    path = tmp_path / "tallystick.key"
    assert [key_file.create(path)] == key_file.load_all(path)


def test_the_file_is_one_line_and_private(tmp_path: Path) -> None:
    path = tmp_path / "tallystick.key"
    key_file.create(path)
    label, key_id, encoded = path.read_text().removesuffix("\n").split(":")
    assert (label, key_id, len(base64.b64decode(encoded))) == ("tallystick-key-1", "1", 32)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "tallystick.key"
    key_file.create(path)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="never replaced"):
        key_file.create(path)
    assert path.read_bytes() == before


def test_a_missing_folder_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be written"):
        key_file.create(tmp_path / "nowhere" / "tallystick.key")


def test_two_installations_have_nothing_in_common(tmp_path: Path) -> None:
    one, other = key_file.create(tmp_path / "one"), key_file.create(tmp_path / "other")
    assert one.check_value != other.check_value
    derived = {one.seal, one.digest, one.link, one.form}
    assert len(derived | {other.seal, other.digest, other.link, other.form}) == 8


def test_a_known_master_key_gives_the_same_keys_for_ever(tmp_path: Path) -> None:
    line = f"tallystick-key-1:1:{base64.b64encode(bytes(range(32))).decode()}"
    [ring] = key_file.load_all(key_file_of(tmp_path, line))
    assert ring.check_value == "221e16fd749289abf60c0a2d480a6cc0"
    assert ring.digest[:8].hex() == "a75f3c1e81101854"


def test_no_key_is_shown_by_repr(tmp_path: Path) -> None:
    ring = key_file.create(tmp_path / "tallystick.key")
    shown = repr(ring)
    secret_keys = (ring.seal, ring.digest, ring.link, ring.form)
    assert not any(repr(secret) in shown for secret in secret_keys)


def test_a_missing_key_file_is_refused(tmp_path: Path) -> None:
    assert "is missing" in refusal(tmp_path / "tallystick.key")


def test_a_folder_in_place_of_the_key_is_refused(tmp_path: Path) -> None:
    assert "it is not a file" in refusal(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_an_unreadable_key_file_is_refused(tmp_path: Path) -> None:
    path = key_file_of(tmp_path, "")
    path.chmod(0o000)
    assert "cannot be read" in refusal(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620, 0o601])
def test_a_key_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "tallystick.key"
    key_file.create(path)
    path.chmod(mode)
    assert f"chmod 600 {path}" in refusal(path)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    short = base64.b64encode(bytes(31)).decode()
    assert "too short" in refusal(key_file_of(tmp_path, f"tallystick-key-1:1:{short}\n"))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "tallystick-key-1",
        "tallystick-key-2:1:" + base64.b64encode(bytes(32)).decode(),
        "tallystick-key-1:0:" + base64.b64encode(bytes(32)).decode(),
        "tallystick-key-1:256:" + base64.b64encode(bytes(32)).decode(),
        "tallystick-key-1:one:" + base64.b64encode(bytes(32)).decode(),
        "tallystick-key-1:1:" + base64.b64encode(bytes(33)).decode(),
        "tallystick-key-1:1:not base64",
        "tallystick-key-1:1:AAA",
        b"\xff\xfe\x00" * 20,
        b"A" * 5000,
    ],
)
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: str | bytes) -> None:
    assert "does not hold a Tallystick key" in refusal(key_file_of(tmp_path, content))


def test_the_ring_in_use_is_the_one_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_in_use", None)
    with pytest.raises(RuntimeError, match="No key is in use"):
        keys.ring()
    ring = key_file.create(tmp_path / "tallystick.key")
    keys.use(ring)
    assert keys.ring() is ring
