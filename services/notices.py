"""Derives notifications from the log: which entry is told, and to whom."""

from datetime import timedelta


async def tell() -> timedelta:
    """Tell what nobody was told yet; returns when to look again at the latest."""
    return timedelta(minutes=1)
