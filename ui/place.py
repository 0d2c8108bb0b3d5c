"""Where in the application a path is: workspace, service, section, row."""

from dataclasses import dataclass

from ui import routes


@dataclass(frozen=True, slots=True)
class Place:
    slug: str | None = None
    service: str | None = None
    section: str | None = None
    row: str | None = None


def of(path: str) -> Place:
    found = routes.PLACE.fullmatch(path)
    return Place(**found.groupdict()) if found else Place()
