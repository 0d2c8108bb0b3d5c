"""users: what an owner can do without signing in."""

import asyncio
from typing import Annotated

import typer

from services import accounts, database, installation, instance_lock
from services.settings import Settings, get_settings
from ui.cli import problems

commands = typer.Typer(help="People with an account.", no_args_is_help=True)


@commands.callback()
def _people() -> None:
    """Keep `users` a group even while it has one command."""


@commands.command("reset-password")
def reset_password(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
) -> None:
    """Set a new password and sign that person out everywhere. The server must be stopped."""
    with problems.said():
        settings = get_settings()
        lock = instance_lock.acquire(settings)
        password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
        asyncio.run(_reset(settings, email, password))
        lock.release()
    print(f"{email} can sign in with the new password; every session was ended.")


async def _reset(settings: Settings, email: str, password: str) -> None:
    await installation.prepare(settings)
    await database.connect(settings)
    try:
        await accounts.reset_password(email, password)
    finally:
        await database.disconnect()
