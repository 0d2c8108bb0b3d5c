"""How backups are said."""

from datetime import datetime
from typing import Any

from services.backup_list import BackupState, BackupView
from services.backup_manifest import Made
from ui import wording

ZONE = "UTC"
ABOUT = "Copies of the database, the files of evaluations and the signed heads of the log."
KEY = (
    "The key file is never in a backup. Without it no code in a backup can be shown or activated. "
    "It is {}. Keep a copy of it where the backups are not, and the backups on another machine too."
)
POSTGRES = (
    "The database is PostgreSQL, which is backed up with a tool of its own. Copy evidence/ and "
    "heads.jsonl of the data folder beside what it writes. docs/operations.md says how to put "
    "everything back."
)
PG_DUMP = 'pg_dump --format=custom --file=tallystick.dump "$TALLYSTICK_DATABASE_URL"'
MADE = {Made.HAND: "By hand", Made.NIGHT: "Nightly", Made.COMMAND: "Command line"}


def key(state: BackupState) -> str:
    return KEY.format(state.key_file)


def stands(state: BackupState) -> tuple[str, str]:
    """The word and a sentence."""
    if state.problem:
        which = f"The backup of {_when(state.tried_at)}" if state.tried_at else "The last backup"
        return "FAILED", f"{which} failed."
    if not state.next_at:
        why = "this is the demo" if state.is_demo else "TALLYSTICK_BACKUPS_KEPT is 0"
        return "OFF", f"No backup is made at night: {why}."
    if not state.last:
        return (
            "WAITING",
            "The first one is made at the next time below, or when you press the button.",
        )
    return "WORKING", "One is made and checked every night while Tallystick runs."


def first(state: BackupState) -> str:
    """What to do where there is none."""
    return f"Make the first one now{', or wait for the night' if state.next_at else ''}."


def facts(state: BackupState) -> dict[str, str]:
    last = state.last
    kept = wording.count(state.kept, "nightly one")
    return {
        "Last": _when(last.made_at) if last and last.made_at else "None yet",
        "Next": _when(state.next_at) if state.next_at else "–",
        "Kept": f"{kept}; those that people made stay until they are deleted",
        "Folder": state.folder,
    }


def _when(at: datetime) -> str:
    return f"{wording.moment(at, ZONE)} ({ZONE})"


def row_id(name: str) -> int:
    """A number for the table that no two backups share."""
    stamp, _, number = name.partition("-")
    return int("".join(filter(str.isdigit, stamp))) * 100 + int(number or 1)


def row(view: BackupView) -> dict[str, Any]:
    """What reaches the browser of one."""
    is_sound = not view.problems
    checked = f"checked {wording.brief(view.checked_at, ZONE)}" if view.checked_at else ""
    missing = wording.count(view.missing, "file was", "files were")
    return {
        "id": row_id(view.name),
        "made": wording.moment(view.made_at, ZONE) if view.made_at else view.name,
        "by": " · ".join(filter(None, (MADE[view.made] if view.made else "", view.by))),
        "size": wording.size(view.size) if view.made else "",
        "codes": f"{view.codes:,}" if view.made else "",
        "entries": f"{view.entries:,}" if view.made else "",
        "seal": f"seal {view.seq:,}" if view.made else "",
        "state": "SOUND" if is_sound else "DAMAGED",
        "tone": "activated" if is_sound else "revoked",
        "checked": checked,
        "why": " ".join(view.problems)
        or (f"{missing} missing already when it was made." if view.missing else ""),
        "readable": view.made is not None,
    }


def checked(problems: tuple[str, ...]) -> str:
    return f"Not sound. {' '.join(problems[:3])}" if problems else "Checked again: it is sound."
