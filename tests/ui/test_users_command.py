"""`users` on the command line, as who runs the machine types it."""

import subprocess
import sys
from pathlib import Path

from models import AuditEntry, Authenticator, RecoveryCode, Session
from models.enums import AuditAction, Resource
from tests.second_factors import with_app
from tests.ui.living import Lived, within

MAIN = Path(__file__).parents[2] / "main.py"


def users(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(MAIN), "users", *words], capture_output=True, text=True, check=False
    )


def test_who_lost_everything_gets_in_with_the_password_again(lived: Lived) -> None:
    async def lose() -> None:
        await with_app(lived.cast.sam)

    async def look() -> None:
        assert not await Authenticator.exists()
        assert not await RecoveryCode.exists()
        assert not await Session.exists(user_id=lived.cast.sam.user_id, ended_at=None)
        entry = await AuditEntry.filter(action=AuditAction.REMOVE, resource=Resource.FACTOR).get()
        assert (entry.target_id, entry.person_id) == (lived.cast.sam.user_id, None)

    within(lived.settings, lose)
    done = users("remove-second-factor", "SAM@example.org")
    assert done.returncode == 0, done.stderr
    assert "can sign in with the password alone" in done.stdout
    within(lived.settings, look)
    again = users("remove-second-factor", "sam@example.org")
    unknown = users("remove-second-factor", "nobody@example.org")
    assert (again.returncode, unknown.returncode) == (1, 1)
    assert "Traceback" not in again.stderr + unknown.stderr
    assert again.stderr.strip() and unknown.stderr.strip()
