"""How far something is, as a bar."""

from nicegui import ui


class Meter:
    def __init__(self, labelled_by: str = "", *, label: str = "") -> None:
        """`labelled_by` is the id of the text that says what is measured; else `label` says it."""
        with ui.element("div").classes("meter") as self.root:
            self.root.props("role=progressbar aria-valuemin=0")
            if labelled_by:
                self.root.props["aria-labelledby"] = labelled_by
            else:
                self.root.props["aria-label"] = label
            self._fill = ui.element("i")

    def show(self, done: int, of: int) -> None:
        self.root.props["aria-valuenow"], self.root.props["aria-valuemax"] = done, of
        self._fill.style["width"] = f"{100 * done / max(1, of):.1f}%"
        self._fill.update()
        self.root.update()
