"""Whose word about an address counts."""

from typing import Any

import pytest

from ui.door.peers import with_real_peer

PROXIES = ("10.0.0.0/8", "2001:db8::1")


async def resolved(peer: str, headers: dict[str, str], kind: str = "http") -> dict[str, Any]:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scheme = "http" if kind == "http" else "ws"
    scope = {"type": kind, "client": (peer, 1), "scheme": scheme, "headers": raw}
    await with_real_peer(app, PROXIES)(scope, None, None)  # pyright: ignore[reportArgumentType]
    return seen[0]


CLAIMS = {
    "Host": "internal:8080",
    "X-Forwarded-For": "6.6.6.6, 198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "codes.example.org",
    "X-Forwarded-Prefix": "//evil.example",
    "Forwarded": "for=6.6.6.6",
}


async def test_what_a_stranger_claims_is_dropped() -> None:
    scope = await resolved("198.51.100.9", CLAIMS)
    assert scope["client"][0] == "198.51.100.9"
    assert (scope["scheme"], scope["headers"]) == ("http", [(b"host", b"internal:8080")])


@pytest.mark.parametrize("proxy", ["10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3"])
async def test_a_trusted_proxy_is_believed_but_never_about_the_prefix(proxy: str) -> None:
    scope = await resolved(proxy, CLAIMS)
    assert scope["client"][0] == "198.51.100.7"
    assert (scope["scheme"], scope["headers"]) == ("https", [(b"host", b"codes.example.org")])


async def test_a_socket_behind_tls_is_a_tls_socket() -> None:
    assert (await resolved("10.1.2.3", CLAIMS, "websocket"))["scheme"] == "wss"


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        ("6.6.6.6, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("198.51.100.7", "198.51.100.7"),
        ("6.6.6.6, junk", "10.1.2.3"),
        ("10.2.2.2", "10.1.2.3"),
        ("", "10.1.2.3"),
    ],
)
async def test_the_nearest_hop_that_is_no_proxy_counts(chain: str, address: str) -> None:
    assert (await resolved("10.1.2.3", {"X-Forwarded-For": chain}))["client"][0] == address
