"""Makes the codes of large batches in the background, in turns."""

from datetime import timedelta


async def work() -> timedelta:
    """Do what is due; returns when to look again at the latest."""
    return timedelta(minutes=1)
