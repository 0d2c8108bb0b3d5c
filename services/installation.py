"""Starts on a data folder: its schema, and the one key that belongs to its codes."""

from services import database, key_file, key_tie, keys, restore_swap, schema
from services.keys import KeyFileError, KeyRing
from services.settings import Settings


async def prepare(settings: Settings) -> None:
    """Bring database and key file to where the program can start; needs the instance lock.

    A restore that was cut short is finished first.
    The key is checked before anything is written. Raises KeyFileError, SchemaRefused.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    restore_swap.finish(settings)
    is_new = "0001_initial" in await schema.pending(settings)
    expected = None if is_new else await _stored_check(settings)
    ring = _ring(settings, expected)
    await schema.migrate(settings)
    keys.use(ring)
    if expected is None:
        await _tie(settings, ring)


async def open_key(settings: Settings) -> None:
    """Use the key of an installation that exists already. Raises KeyFileError."""
    keys.use(_ring(settings, await key_tie.key_check()))


def _ring(settings: Settings, expected: str | None) -> KeyRing:
    if expected is None and not settings.key_path.exists():
        settings.key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return key_file.create(settings.key_path)
    ring = key_file.load(settings.key_path)
    if expected is not None and ring.check_value != expected:
        raise KeyFileError(
            f"The key in {settings.key_path} is not the one this database was made with. "
            "Put the right key file back; TALLYSTICK_KEY_FILE says where it is looked for."
        )
    return ring


async def _stored_check(settings: Settings) -> str | None:
    await database.connect(settings)
    try:
        rows = await database.connection().execute_query_dict("SELECT key_check FROM installation")
    finally:
        await database.disconnect()
    return str(rows[0]["key_check"]) if rows else None


async def _tie(settings: Settings, ring: KeyRing) -> None:
    await database.connect(settings)
    try:
        await key_tie.tie(ring.check_value)
    finally:
        await database.disconnect()
