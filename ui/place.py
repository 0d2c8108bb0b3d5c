"""Where in the application a path is: workspace, service, section, row."""

import re
from dataclasses import dataclass

PATH = re.compile(
    r"/w/(?P<slug>[^/?]+)"
    r"(?:/(?P<service>edspace|cyberpass)(?:/(?P<section>[a-z-]+)(?:/(?P<row>\d+))?)?)?/?(?:[?#].*)?"
)


@dataclass(frozen=True, slots=True)
class Place:
    slug: str | None = None
    service: str | None = None
    section: str | None = None
    row: str | None = None


def of(path: str) -> Place:
    found = PATH.fullmatch(path)
    return Place(**found.groupdict()) if found else Place()
