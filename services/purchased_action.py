"""How a purchased action is named: `EN18031 - RAL - Lab Assessment`."""

from models import Action

BETWEEN = " - "


def join(scheme: str, action: str) -> str:
    return f"{scheme}{BETWEEN}{action}"


def named(action: Action) -> str:
    """Of an action that was read with its scheme."""
    return join(action.scheme.name, action.name)
