"""Starts on a data folder: its schema, and the keys that belong to its codes."""

from services import database, key_file, key_fit, key_tie, restore_swap, schema
from services.key_line import FIRST_KEY_ID
from services.key_tie import Known
from services.keys import KeyRing
from services.settings import Settings

KEYS_SINCE = "0005_trust"


async def prepare(settings: Settings) -> None:
    """Bring database and key file to where the program can start; needs the instance lock.

    A restore that was cut short is finished first.
    The keys are checked before anything is written. Raises KeyFileError, SchemaRefused.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    restore_swap.finish(settings)
    pending = await schema.pending(settings)
    known = [] if "0001_initial" in pending else await _known(settings, pending)
    rings = _rings(settings, known)
    key_fit.check(settings.key_path, rings, known)
    await schema.migrate(settings)
    if not known:
        newest = rings[-1]
        await _tie(settings, newest)
        known = [Known(number=newest.key_id, check_value=newest.check_value)]
    key_fit.use(settings.key_path, rings, known)


async def open_key(settings: Settings) -> None:
    """Use the keys of an installation that exists already. Raises KeyFileError."""
    rings = key_file.load_all(settings.key_path)
    key_fit.use(settings.key_path, rings, await key_tie.known())


def _rings(settings: Settings, known: list[Known]) -> list[KeyRing]:
    if not known and not settings.key_path.exists():
        settings.key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return [key_file.create(settings.key_path)]
    return key_file.load_all(settings.key_path)


async def _known(settings: Settings, pending: list[str]) -> list[Known]:
    await database.connect(settings)
    try:
        if KEYS_SINCE not in pending:
            return await key_tie.known()
        rows = await database.fetch("SELECT key_check FROM installation")
    finally:
        await database.disconnect()
    return [Known(number=FIRST_KEY_ID, check_value=str(row["key_check"])) for row in rows]


async def _tie(settings: Settings, ring: KeyRing) -> None:
    await database.connect(settings)
    try:
        await key_tie.tie(ring.check_value, ring.key_id)
    finally:
        await database.disconnect()
