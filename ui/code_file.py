"""Saves the file of a batch from a signed-in page, which asks first where that is due."""

from nicegui import ui

from models.enums import CodeKind
from services import exports
from ui import actions


async def save(slug: str, batch_id: int, kind: CodeKind, path: str) -> None:
    """The route asks too, but a browser that saves its answer would save the question."""
    if await actions.done(lambda actor: exports.foresee(actor, batch_id, kind=kind), slug=slug):
        ui.download.from_url(path)
