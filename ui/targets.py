"""Where a browser may be sent: after signing in, after signing out."""

from urllib.parse import urlsplit

from ui.path_kinds import is_application_path, is_invitation
from ui.routes import HOME, login


def is_local(target: str) -> bool:
    """Whether a browser sent to `target` stays here: one leading slash, nothing a browser bends."""
    plain = all(" " < character < "\x7f" and character != "\\" for character in target)
    return plain and target.startswith("/") and not target.startswith("//") and len(target) <= 2000


def after_sign_in(target: str) -> str:
    """Where a sign-in leads: the page that was asked for, an invitation, or home."""
    path = urlsplit(target).path
    wanted = is_local(target) and (is_application_path(path) or is_invitation(path))
    return target if wanted else HOME


def after_sign_out(target: str) -> str:
    """Back to an invitation that is for somebody else, or to the page for signing in."""
    return target if is_local(target) and is_invitation(target) else login(signed_out=True)
