"""An installation with a backup, for the commands that restore one."""

from pathlib import Path

import pytest

from services.settings import Settings
from tests import lived as living
from tests.lived import Lived


@pytest.fixture
def lived(settings: Settings, cheap_passwords: None, template: str, tmp_path: Path) -> Lived:
    return living.let_live(settings, template, tmp_path / "away")
