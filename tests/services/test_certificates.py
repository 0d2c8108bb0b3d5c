"""Certificates: found by the whole number, by anybody, and by nothing less."""

from dataclasses import asdict
from datetime import date

import pytest

from models import Evaluation, Scheme
from services import certificates, code_alphabet
from services.errors import Invalid, Limited, NotFound
from tests.cast import Cast, every_row
from tests.certification import certification
from tests.conftest import Configure
from tests.evaluating import begin, pass_all

HERE = "192.0.2.50"


async def certified(cast: Cast) -> str:
    evaluation = await pass_all(cast.eve, await begin(cast.eve))
    assert evaluation.certificate
    return evaluation.certificate


async def test_the_whole_number_shows_what_is_public_and_nothing_else(
    clock: object, cast: Cast
) -> None:
    number = await certified(cast)
    before = await every_row()
    found = await certificates.look_up(number, address=HERE)
    assert asdict(found) == {
        "number": code_alphabet.display(number),
        "product": "Doorbell X2",
        "model": "DB-200",
        "version": "2.4.1",
        "scheme": "EN18031 - RAL",
        "certified_on": date(2026, 3, 10),
        "workspace": "Acme Devices",
    }
    assert await every_row() == before


async def test_it_keeps_the_name_that_its_scheme_had(cast: Cast) -> None:
    number = await certified(cast)
    await Scheme.all().update(name="Renamed")
    assert (await certificates.look_up(number, address=HERE)).scheme == "EN18031 - RAL"


async def test_typing_is_forgiven_as_for_codes(cast: Cast) -> None:
    number = await certified(cast)
    for typed in (
        number.lower(),
        code_alphabet.display(number),
        f"  {number[:7]} – {number[7:]}. ",
        "".join(chr(ord(letter) + 0xFEE0) for letter in number),
    ):
        assert (await certificates.look_up(typed, address=HERE)).product == "Doorbell X2"


@pytest.mark.parametrize("typed", ["", "ABC", "x" * 15, "x" * 17, "x" * 600, "%", "_" * 16])
async def test_anything_but_a_whole_number_is_a_form_error(cast: Cast, typed: str) -> None:
    with pytest.raises(Invalid) as wrong:
        await certificates.look_up(typed, address=HERE)
    assert wrong.value.fields == {"number": certificates.WHOLE}


async def test_no_fragment_finds_anything_and_a_mistake_is_named(cast: Cast) -> None:
    number = await certified(cast)
    for part in (number[:15], number[1:], f"{number}{number}", f"AB{number}", number[-4:]):
        with pytest.raises(Invalid) as wrong:
            await certificates.look_up(part, address=HERE)
        assert wrong.value.fields == {"number": certificates.WHOLE}
    swapped = number[:-1] + ("2" if number[-1] != "2" else "3")
    with pytest.raises(Invalid) as wrong:
        await certificates.look_up(swapped, address=HERE)
    assert wrong.value.fields == {"number": certificates.MISTYPED}


async def test_a_wrong_number_gets_one_sentence_and_in_the_end_a_wait(
    cast: Cast, configure: Configure
) -> None:
    number = await certified(cast)
    configure(redeem_tries_per_address=3)
    for other in code_alphabet.generate(3):
        with pytest.raises(NotFound) as refused:
            await certificates.look_up(other, address=HERE)
        assert refused.value.message == certificates.UNKNOWN
    with pytest.raises(Limited, match="Try again in 10 minutes"):
        await certificates.look_up(number, address=HERE)
    assert await certificates.look_up(number, address="192.0.2.51")


async def test_right_numbers_are_never_counted(cast: Cast, configure: Configure) -> None:
    number = await certified(cast)
    configure(redeem_tries_per_address=2)
    for _ in range(10):
        await certificates.look_up(number, address=HERE)


async def test_what_is_not_certified_has_no_certificate(cast: Cast) -> None:
    [number] = code_alphabet.generate(1)
    made = await certification()
    running = await begin(cast.eve, made)
    await Evaluation.filter(id=running.id).update(certificate=number)
    with pytest.raises(NotFound):
        await certificates.look_up(number, address=HERE)
