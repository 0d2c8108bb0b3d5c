"""Whether the keys of the key file are those that the database needs."""

from collections.abc import Sequence
from pathlib import Path

from services import keys
from services.key_tie import Known
from services.keys import KeyFileError, KeyRing, Older


def use(path: Path, rings: Sequence[KeyRing], known: Sequence[Known]) -> None:
    """Use the keys that the database knows, from then on. Raises KeyFileError; see `check`."""
    check(path, rings, known)
    newest, *older = [(each, ring) for each in reversed(known) if (ring := _of(each, rings))]
    keys.use(newest[1], [Older(ring, each.finds, each.links) for each, ring in older])


def check(path: Path, rings: Sequence[KeyRing], known: Sequence[Known]) -> None:
    """Raises KeyFileError, naming the number, where one that is needed is missing or another."""
    for each in known:
        if not (each.finds or each.links) or _of(each, rings):
            continue
        if any(ring.key_id == each.number for ring in rings):
            raise KeyFileError(
                f"Key {each.number} in {path} is not the one this database was made with. "
                "Put the right key file back; TALLYSTICK_KEY_FILE says where it is looked for."
            )
        raise KeyFileError(
            f"Key {each.number} is missing in the key file {path}, and this database needs it. "
            "Put back a key file that holds it, or move this one away and type the sheet: "
            "python main.py keys import."
        )


def waiting(rings: Sequence[KeyRing], known: Sequence[Known]) -> KeyRing | None:
    """The newest key that the database does not know: of a rotation that was cut short, or of
    the time that a restore gave up.
    """
    newest = max(rings, key=lambda ring: ring.key_id)
    return newest if newest.key_id > max(each.number for each in known) else None


def _of(known: Known, rings: Sequence[KeyRing]) -> KeyRing | None:
    wanted = known.number, known.check_value
    return next((ring for ring in rings if (ring.key_id, ring.check_value) == wanted), None)
