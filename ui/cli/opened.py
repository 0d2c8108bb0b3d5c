"""The database of an installation, open for as long as a command works on it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from services import database, installation, schema
from services.schema_check import SchemaRefused
from services.settings import Settings

NO_DATABASE = "There is no database of this version yet. Start the program, or run migrate, first."


@asynccontextmanager
async def as_it_is(settings: Settings) -> AsyncGenerator[None]:
    """Also beside a server that runs. Raises SchemaRefused where it is not of this version."""
    if await schema.pending(settings):
        raise SchemaRefused(NO_DATABASE)
    async with _connected(settings):
        yield


@asynccontextmanager
async def prepared(settings: Settings) -> AsyncGenerator[None]:
    """Brought to this version first, with its keys in use; needs the instance lock."""
    await installation.prepare(settings)
    async with _connected(settings):
        yield


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncGenerator[None]:
    await database.connect(settings)
    try:
        yield
    finally:
        await database.disconnect()
