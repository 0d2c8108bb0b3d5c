"""Fields for text: whatever else a forged event brings is no text, and is taken for nothing."""

from typing import Any

from nicegui import ui
from nicegui.events import GenericEventArguments


class Line(ui.input):
    def _event_args_to_value(self, e: GenericEventArguments) -> str:
        return _text(super()._event_args_to_value(e))


class Area(ui.textarea):
    """Several lines."""

    def _event_args_to_value(self, e: GenericEventArguments) -> str:
        return _text(super()._event_args_to_value(e))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
