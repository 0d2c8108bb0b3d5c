"""The real address, scheme and host of a request; what a stranger claims about them is dropped."""

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def with_real_peer(app: ASGIApp, trusted_proxies: Iterable[str]) -> ASGIApp:
    trusted = networks(trusted_proxies)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app(_resolved(scope, trusted), receive, send)

    return call


def networks(entries: Iterable[str]) -> list[Network]:
    return [ipaddress.ip_network(entry, strict=False) for entry in entries]


def address(scope: Scope) -> str:
    """Who asks, after `with_real_peer`; empty for a socket without an address."""
    client = scope.get("client")
    return client[0] if client else ""


def _resolved(scope: Scope, trusted: list[Network]) -> Scope:
    claims = Headers(scope=scope) if is_trusted(address(scope), trusted) else Headers()
    kept = [(name, value) for name, value in scope["headers"] if not _is_claim(name)]
    resolved = {**scope, "headers": kept}
    if claimed := _claimed_client(claims, trusted):
        resolved["client"] = (claimed, 0)
    if (proto := _last(claims, "x-forwarded-proto").lower()) in ("http", "https"):
        resolved["scheme"] = proto if scope["type"] == "http" else proto.replace("http", "ws")
    if host := _last(claims, "x-forwarded-host"):
        others = [(name, value) for name, value in kept if name != b"host"]
        resolved["headers"] = [(b"host", host.encode("latin-1")), *others]
    return resolved


def _is_claim(name: bytes) -> bool:
    return name.startswith(b"x-forwarded-") or name == b"forwarded"


def _claimed_client(claims: Headers, trusted: list[Network]) -> str | None:
    """The nearest hop that is not one of our proxies: everything left of it may be invented."""
    hops = ",".join(claims.getlist("x-forwarded-for")).split(",")
    for hop in (hop.strip() for hop in reversed(hops)):
        if _parsed(hop) is None:
            return None
        if not is_trusted(hop, trusted):
            return hop
    return None


def _last(claims: Headers, name: str) -> str:
    return ",".join(claims.getlist(name)).split(",")[-1].strip()


def is_trusted(text: str, trusted: list[Network]) -> bool:
    parsed = _parsed(text)
    return parsed is not None and any(parsed in network for network in trusted)


def _parsed(text: str) -> Address | None:
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
