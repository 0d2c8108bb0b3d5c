"""NiceGUI's own paths: its files, uploads, and the open page that a path leads into."""

from ui.routes import ASSETS, CLIENT_ROUTES, FAVICON, UPLOAD


def is_upload(path: str) -> bool:
    """Where a page of the application takes a file."""
    return path.startswith(CLIENT_ROUTES[0]) and UPLOAD in path


def tab_in(path: str) -> str:
    """The id of the open page that NiceGUI's path leads into, if to one."""
    rest = path.removeprefix(CLIENT_ROUTES[0])
    return rest.partition("/")[0] if rest != path else ""


def is_asset(path: str) -> bool:
    return path == FAVICON or path.startswith(ASSETS)
