"""The world of the matrix as somebody elsewhere can name it: each id in it is drawn, not known."""

from collections.abc import Callable
from typing import Any

Draw = Callable[[], int]
PLAIN = (str, bytes, int, float, bool, type(None))


class Drawn:
    """Stands for a row, a list or a view; whatever is an id in it is drawn anew."""

    def __init__(self, real: Any, draw: Draw) -> None:
        self._real, self._draw = real, draw

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        is_id = name == "id" or name.endswith("_id")
        return self._draw() if is_id and isinstance(value, int) else _drawn(value, self._draw)

    def __getitem__(self, place: Any) -> Any:
        return _drawn(self._real[place], self._draw)


def _drawn(value: Any, draw: Draw) -> Any:
    return value if isinstance(value, PLAIN) or callable(value) else Drawn(value, draw)
