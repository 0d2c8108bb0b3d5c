"""A refusal comes after one of few lengths of time, so that its own tells nothing about a code."""

import asyncio
import time

STEP = 0.1  # seconds; a refusal takes about a tenth of it


async def even(began: float) -> None:
    """Wait until a whole number of steps has passed since `began`, of `time.monotonic`."""
    if STEP:
        await asyncio.sleep(STEP - (time.monotonic() - began) % STEP)
