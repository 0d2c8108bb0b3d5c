"""`make binary`: one file that needs only Python."""

import os
import runpy
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.e2e import server

ROOT = Path(__file__).parents[1]
FILE = ROOT / "dist" / "tallystick.pyz"


def test_another_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    (tmp_path / "_cffi_backend.cpython-399-riscv-linux-gnu.so").touch()
    with pytest.raises(SystemExit, match="it needs cpython-399-riscv-linux-gnu, and this is cpyth"):
        runpy.run_path(str(ROOT / ".ci" / "preamble.py"), {"site_packages": tmp_path})


def test_the_one_file_starts_where_there_is_nothing_but_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FILE.unlink(missing_ok=True)
    subprocess.run(["make", "binary"], cwd=ROOT, check=True, capture_output=True)
    monkeypatch.setenv("SHIV_ROOT", str(tmp_path / "unpacked"))
    bare = (os.path.realpath(sys.executable), "-s", str(FILE))  # not the environment of the tests
    started = server.start("run", tmp_path / "data", program=bare, cwd=tmp_path)
    try:
        for path in ("/login", "/static/app.css"):
            with urllib.request.urlopen(f"{started.origin}{path}") as answer:
                assert answer.status == 200, path
    finally:
        started.stop()
    assert started.new_trouble() == []
