"""Where passkeys work: browsers keep them for one host name, and over a safe connection only."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.errors import NotFound
from services.settings import get_settings

LOCAL = "localhost"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This installation as browsers know it: `id` is the host name of the public URL."""

    id: str
    origin: str


def here() -> RelyingParty | None:
    """Nothing where the public URL is none that browsers keep passkeys for."""
    origin = get_settings().base_url.lower()
    public = urlsplit(origin)
    host = public.hostname or ""
    safe = public.scheme == "https" or host == LOCAL
    return RelyingParty(host, origin) if safe and not _is_number(host) else None


def required() -> RelyingParty:
    """Raises NotFound where passkeys are not offered."""
    found = here()
    if found is None:
        raise NotFound("Passkeys are not offered here.")
    return found


def why_not() -> str:
    """Why passkeys are not offered and what would have to change: sentences, or nothing."""
    settings = get_settings()
    public = urlsplit(settings.base_url)
    if here():
        return ""
    if public.scheme == "https":
        return (
            f"Browsers keep passkeys for a host name, and the address of this installation, "
            f"{settings.base_url}, has only a number. The owner can give it a name."
        )
    if _is_loopback(public.hostname or "") and LOCAL in settings.hosts:
        return (
            f"Browsers keep passkeys for an address with https or for http://{LOCAL}, and not for "
            f"{settings.base_url}. On this machine: start Tallystick with TALLYSTICK_PUBLIC_URL="
            f"http://{LOCAL}:{public.port or 80} and open that address."
        )
    return (
        f"Browsers keep passkeys for an address with https only, and this installation is at "
        f"{settings.base_url}. The owner can put it behind https (TALLYSTICK_PUBLIC_URL)."
    )


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_number(host) and ipaddress.ip_address(host).is_loopback
