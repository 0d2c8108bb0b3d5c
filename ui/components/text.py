"""Text in an element of its own; shown as it is, never read as markup."""

from nicegui.elements.mixins.text_element import TextElement


def text(tag: str, words: str, look: str = "") -> TextElement:
    return TextElement(tag=tag, text=words).classes(look)
