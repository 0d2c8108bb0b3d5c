"""What counts as one e-mail address."""

import pytest

from services import emails
from services.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" grace@example.org\n", "grace@example.org"),
        ("Grace.Hopper+code@Example.ORG", "Grace.Hopper+code@example.org"),
        ("owner@demo.test", "owner@demo.test"),
        ("grace@bücher.example", "grace@bücher.example"),
        ("josé@example.org", "josé@example.org"),
        (f"{'g' * 64}@example.org", f"{'g' * 64}@example.org"),
    ],
)
def test_an_address_is_kept_as_it_is_written_to(typed: str, address: str) -> None:
    assert emails.read(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "a@",
        "@b.example",
        "grace",
        "grace@example",
        "grace@@example.org",
        "grace@example.org\r\nBcc: all@example.org",
        "gra\nce@example.org",
        "grace@example.org,ada@example.org",
        "Grace <grace@example.org>",
        '"grace"@example.org',
        "grace@[192.0.2.1]",
        "grace@exa mple.org",
        "grace@-example.org",
        f"{'g' * 300}@example.org",
        f"a@{'ΐ' * 45}.{'ΐ' * 45}.gr",  # without case three letters each
        "grace@example.org\x00",
        "\ud800@example.org",
    ],
)
def test_what_is_no_address_is_told_next_to_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as wrong:
        emails.read(typed, field="to")
    assert set(wrong.value.fields) == {"to"}


def test_case_makes_no_other_person() -> None:
    assert emails.key(" GRACE@Example.org ") == emails.key("grace@example.ORG")
