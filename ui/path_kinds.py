"""What kind of path this is: the questions that the door asks of each."""

import re
from urllib.parse import urlsplit

from starlette.types import Scope

from ui.routes import (
    ACTIVATION,
    CONFIRM,
    DOWNLOADS,
    EVIDENCE,
    INSTANCE_MESSAGE_PREVIEW,
    INVITATION,
    LOGIN,
    MESSAGE_PREVIEW,
    PARAMETERS,
    PUBLIC,
    RESET_LINK,
    SECOND_FACTOR,
    SUB_PAGES,
)


def pattern(paths: tuple[str, ...]) -> re.Pattern[str]:
    """Matches a path of any of these routes."""
    escaped = "|".join(re.escape(path) for path in paths)
    return re.compile(re.sub(r"\\{(\w+)\\}", lambda found: PARAMETERS[found[1]], escaped))


_application = pattern(SUB_PAGES + DOWNLOADS)
_downloads = pattern(DOWNLOADS)
_evidence = pattern((EVIDENCE,))
_previews = pattern((MESSAGE_PREVIEW, INSTANCE_MESSAGE_PREVIEW))
_public = pattern(PUBLIC)
_invitation = pattern((INVITATION,))
_secrets = {path: pattern((path,)) for path in (ACTIVATION, INVITATION, RESET_LINK)}


def is_application_path(path: str) -> bool:
    """A page of the signed-in application or one of its downloads."""
    return _application.fullmatch(path) is not None


def is_download(path: str) -> bool:
    return _downloads.fullmatch(path) is not None


def is_preview(path: str) -> bool:
    """A mail shown in a frame of its own."""
    return _previews.fullmatch(path) is not None


def is_evidence(path: str) -> bool:
    return _evidence.fullmatch(path) is not None


def is_workbook(path: str) -> bool:
    return is_download(path) and path.endswith(".xlsx")


def is_file(target: str) -> bool:
    """Whether a browser sent there saves a file and stays where it is."""
    return is_download(urlsplit(target).path)


def is_public(path: str) -> bool:
    return _public.fullmatch(path) is not None


def is_invitation(path: str) -> bool:
    return _invitation.fullmatch(path) is not None


def takes_passkeys(path: str) -> bool:
    """A plain page with a button for a passkey, and so with a script."""
    return path in (LOGIN, SECOND_FACTOR, CONFIRM)


def is_secret(path: str) -> bool:
    """Whether whoever knows the path may do what it is for."""
    return _secret(path) is not None


def wanted(scope: Scope) -> str:
    """Path and query as they were asked for, to come back to."""
    query = scope["query_string"].decode("ascii")
    return scope["path"] + (f"?{query}" if query else "")


def _secret(path: str) -> str | None:
    return next((kind for kind, pattern in _secrets.items() if pattern.fullmatch(path)), None)


def without_secrets(path: str) -> str:
    """The path as a log may hold it: a link's token is a secret, whatever stands around it."""
    return _secret(path) or re.sub(r"[\w-]{30,}", "…", path[:200])
