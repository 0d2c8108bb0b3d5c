"""The only place that runs JavaScript: functions of static/app.js with JSON arguments."""

from typing import Any

from nicegui import json, ui
from nicegui.awaitable_response import AwaitableResponse


def call(name: str, *arguments: Any, timeout: float = 3.0) -> AwaitableResponse:
    listed = ", ".join(json.dumps(argument) for argument in arguments)
    return ui.run_javascript(f"tallystick.{name}({listed})", timeout=timeout)
