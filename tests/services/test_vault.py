"""Sealed codes open only where they belong, and digests depend on the key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services import key_file, keys, vault
from services.code_alphabet import generate
from services.vault import SealBroken

ids = st.integers(min_value=0, max_value=2**63 - 1)
places = st.fixed_dictionaries({"workspace_id": ids, "batch_id": ids, "ordinal": ids})
HERE = {"workspace_id": 1, "batch_id": 2, "ordinal": 3}


@pytest.fixture(autouse=True, scope="module")
def key_in_use(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_in_use", key_file.create(tmp_path_factory.mktemp("key") / "key"))
        yield


@pytest.fixture
def other_ring(tmp_path: Path) -> keys.KeyRing:
    return key_file.create(tmp_path / "other.key")


@given(st.text(), places)
def test_what_was_sealed_is_unsealed(body: str, place: dict[str, int]) -> None:
    assert vault.unseal(vault.seal(body, **place), **place) == body


@given(places, places)
def test_another_place_does_not_unseal(place: dict[str, int], other: dict[str, int]) -> None:
    assume(place != other)
    sealed = vault.seal("23456789BCDFGHJK", **place)
    with pytest.raises(SealBroken):
        vault.unseal(sealed, **other)


@pytest.mark.parametrize("part", ["workspace_id", "batch_id", "ordinal"])
def test_each_part_of_the_place_counts(part: str) -> None:
    sealed = vault.seal("23456789BCDFGHJK", **HERE)
    with pytest.raises(SealBroken):
        vault.unseal(sealed, **(HERE | {part: 9}))


@given(st.integers(min_value=0, max_value=44), st.integers(min_value=1, max_value=255))
def test_a_single_altered_byte_does_not_unseal(position: int, change: int) -> None:
    sealed = bytearray(vault.seal("23456789BCDFGHJK", **HERE))
    sealed[position] ^= change
    with pytest.raises(SealBroken):
        vault.unseal(bytes(sealed), **HERE)


@given(st.binary(max_size=60), st.booleans())
def test_junk_is_a_broken_seal(junk: bytes, with_key_id: bool) -> None:
    with pytest.raises(SealBroken):
        vault.unseal(b"\x01" + junk if with_key_id else junk, **HERE)


def test_another_key_does_not_unseal(
    other_ring: keys.KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = vault.seal("23456789BCDFGHJK", **HERE)
    monkeypatch.setattr(keys, "_in_use", other_ring)
    with pytest.raises(SealBroken):
        vault.unseal(sealed, **HERE)


def test_a_sealed_code_is_45_bytes_that_differ_each_time() -> None:
    sealed = {vault.seal("23456789BCDFGHJK", **HERE) for _ in range(100)}
    assert len(sealed) == 100
    assert {len(each) for each in sealed} == {45}
    assert not any(b"2345" in each for each in sealed)


def test_a_digest_is_the_same_for_one_code_and_another_for_others() -> None:
    codes = generate(500)
    assert {len(vault.digest(code)) for code in codes} == {32}
    assert len({vault.digest(code) for code in codes + codes}) == 500


def test_a_digest_depends_on_the_key(
    other_ring: keys.KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = vault.digest("23456789BCDFGHJK")
    monkeypatch.setattr(keys, "_in_use", other_ring)
    assert vault.digest("23456789BCDFGHJK") != before


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "é" * 1000])
def test_any_text_has_a_digest(text: str) -> None:
    assert len(vault.digest(text)) == 32
