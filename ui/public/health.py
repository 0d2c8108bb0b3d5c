"""Whether the process lives and whether it can serve, for whatever watches it."""

from starlette.responses import PlainTextResponse, Response

from services import readiness


async def alive() -> Response:
    return PlainTextResponse("ok\n")


async def ready() -> Response:
    """503 with one word for each thing that is missing: a stranger learns no more."""
    lacks = await readiness.lacks()
    return PlainTextResponse(f"{' '.join(lacks)}\n", 503) if lacks else PlainTextResponse("ok\n")
