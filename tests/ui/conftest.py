"""What the tests of the command line live on."""

import shutil
from pathlib import Path

import pytest

from services import sealing
from services.settings import Settings
from tests.cast import Cast, Issued, activated, assemble, issue, redeem
from tests.conftest import forget_process
from tests.ui.living import Lived, run, within


@pytest.fixture
def lived(
    settings: Settings,
    cheap_passwords: None,
    template: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Lived:
    """An installation with five codes, of which one was used, and a backup of it elsewhere."""
    # each start is another process, which has sealed nothing yet
    monkeypatch.setattr(sealing, "_process", sealing._Process())
    forget_process()
    settings.data_dir.mkdir(mode=0o700)
    shutil.copyfile(template, settings.sqlite_path)

    async def live() -> tuple[Cast, Issued]:
        cast = await assemble()
        issued = await issue(cast.ada, cast.month, 5)
        activated(await redeem(issued.texts[0]))
        return cast, issued

    cast, issued = within(settings, live)
    made = run("backup", "--to", tmp_path / "away")
    assert made.exit_code == 0, made.output
    assert "The key file is not in it" in made.output
    return Lived(settings, cast, issued, tmp_path / "away")
