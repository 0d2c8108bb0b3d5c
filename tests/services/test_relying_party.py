"""Where passkeys are offered, and what is said elsewhere."""

import pytest

from services import relying_party
from services.errors import NotFound
from services.relying_party import RelyingParty
from tests.conftest import Configure


@pytest.mark.parametrize(
    ("url", "party"),
    [
        (
            "https://codes.example.org",
            RelyingParty("codes.example.org", "https://codes.example.org"),
        ),
        (
            "https://Codes.Example.org:8443/",
            RelyingParty("codes.example.org", "https://codes.example.org:8443"),
        ),
        ("http://localhost:8080", RelyingParty("localhost", "http://localhost:8080")),
    ],
)
def test_they_are_for_a_host_name_over_a_safe_connection(
    configure: Configure, settings: object, url: str, party: RelyingParty
) -> None:
    configure(public_url=url)
    assert (relying_party.here(), relying_party.why_not()) == (party, "")
    assert relying_party.required() == party


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "TALLYSTICK_PUBLIC_URL=http://localhost:8080 and open that address"),
        ("http://127.0.0.1:9000", "TALLYSTICK_PUBLIC_URL=http://localhost:9000"),
        ("http://[::1]:9000", "TALLYSTICK_PUBLIC_URL=http://localhost:9000"),
        ("http://codes.example.org", "with https only"),
        ("http://localhost.evil.test", "with https only"),
        ("https://192.0.2.1", "has only a number"),
        ("https://[2001:db8::1]", "has only a number"),
    ],
)
def test_elsewhere_it_is_said_why_not(
    configure: Configure, settings: object, url: str, said: str
) -> None:
    configure(public_url=url)
    assert relying_party.here() is None
    assert said in relying_party.why_not()
    with pytest.raises(NotFound):
        relying_party.required()


def test_localhost_is_not_proposed_where_it_is_not_answered_to(
    configure: Configure, settings: object
) -> None:
    configure(allowed_hosts="127.0.0.1")
    assert "localhost" not in relying_party.why_not()
