"""Whether the process lives and whether its database answers, for whatever watches it."""

import logging

from starlette.responses import PlainTextResponse, Response

from services import setup

log = logging.getLogger("tallystick.door")


async def alive() -> Response:
    return PlainTextResponse("ok\n")


async def ready() -> Response:
    try:
        await setup.is_open()  # any small question to the database will do
    except Exception:
        log.exception("The database does not answer")
        return PlainTextResponse("The database does not answer.\n", 503)
    return PlainTextResponse("ok\n")
