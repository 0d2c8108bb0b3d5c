"""users: what an owner can do without signing in."""

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from services import accounts, factor_removal, instance_lock
from services.settings import Settings, get_settings
from ui.cli import opened, problems

commands = typer.Typer(help="People with an account.", no_args_is_help=True)


Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]


@commands.command("reset-password")
def reset_password(email: Email) -> None:
    """Set a new password and sign that person out everywhere. The server must be stopped."""
    with problems.said():
        settings = get_settings()
        with instance_lock.acquire(settings):
            password = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
            asyncio.run(_prepared(settings, accounts.reset_password(email, password)))
    print(f"{email} can sign in with the new password; every session was ended.")


@commands.command("remove-second-factor")
def remove_second_factor(email: Email) -> None:
    """Let that person sign in with the password alone again. The server must be stopped."""
    with problems.said():
        settings = get_settings()
        with instance_lock.acquire(settings):
            asyncio.run(_prepared(settings, factor_removal.remove_by_hand(email)))
    print(f"{email} can sign in with the password alone; every session was ended.")


async def _prepared(settings: Settings, command: Coroutine[Any, Any, None]) -> None:
    async with opened.prepared(settings):
        await command
