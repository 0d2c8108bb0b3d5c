"""What an entry tells is said in words: days, counts, and what was done."""

import pytest

from services.audit_words import told


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berlin", "17 Dec 2026"),
        ("America/New_York", "17 Dec 2026"),
        ("Asia/Tokyo", "18 Dec 2026"),
    ],
)
def test_an_end_is_told_as_its_last_day_in_the_zone(zone: str, said: str) -> None:
    detail = {"ends": "2026-12-17T23:00:00+00:00"}
    assert told("EXPIRE", "AGREEMENT", detail, zone) == f"Ends soon (ends {said})"


def test_the_days_of_a_period_are_told_as_days() -> None:
    detail = {"entitlements": 3, "from": "2026-11-01", "until": "2026-11-30"}
    said = "3 entitlements exported (from 01 Nov 2026, until 30 Nov 2026)"
    assert told("EXPORT", "ENTITLEMENT", detail) == said
    filtered = {"filter": {"from": "2026-11-01", "search": True}}
    assert told("EXPORT", "AUDIT", filtered) == "Taken as a file (only from 01 Nov 2026, search)"


def test_what_is_no_day_is_told_as_it_is_stored() -> None:
    assert told("UPDATE", "AGREEMENT", {"from": "somewhere"}) == "From somewhere"


def test_who_read_a_story_is_not_said_to_have_seen_the_code() -> None:
    assert told("SHOW", "CODE", {"story": True}) == "The whole story was looked up"
    assert told("SHOW", "CODE", {}) == "Shown in full"


def test_what_verify_found_is_counted() -> None:
    said = "The chain was verified (0 findings, 2,895 sealed entries)"
    assert told("VERIFY", "AUDIT", {"findings": 0, "sealed": 2895}) == said


def test_a_refusal_tells_its_reason_as_words() -> None:
    assert told("REFUSE", "CODE", {"reason": "WRONG ACTION", "refusal": 22}) == (
        "Refused (wrong action)"
    )
    assert told("UNDO", "CODE", {"reason": True}).endswith("(with a reason)")
