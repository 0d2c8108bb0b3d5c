"""What may be entered in Generate, and what is answered to the rest."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import Batch, Code
from services import batch_form, batches, plan_terms, plans, products
from services.errors import Invalid
from tests.cast import Cast, issue, wanted
from tests.conftest import Configure

TODAY = date(2026, 3, 10)
WHOLE = "Enter a whole number from 1 to 2000."


async def answer(cast: Cast, **entered: object) -> dict[str, str]:
    """The sentences by field; nothing may have been made."""
    with pytest.raises(Invalid) as wrong:
        await batches.request(cast.ada, wanted(cast.month, **entered))
    assert not await Batch.exists()
    assert not await Code.exists()
    return wrong.value.fields


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", WHOLE),
        ("-1", WHOLE),
        ("−1", WHOLE),
        ("1.5", WHOLE),
        ("1,5", WHOLE),
        ("abc", WHOLE),
        ("", WHOLE),
        ("   ", WHOLE),
        ("1e3", WHOLE),
        ("٣", WHOLE),
        ("0x10", WHOLE),
        ("9" * 10_000, WHOLE),
        ("2001", f"2000 is the most in one batch. {WHOLE}"),
        (str(10**9), f"2000 is the most in one batch. {WHOLE}"),
    ],
)
async def test_a_number_of_codes_that_cannot_be_is_told_what_is_allowed(
    cast: Cast, typed: str, sentence: str
) -> None:
    assert await answer(cast, quantity=typed) == {"quantity": sentence}


@pytest.mark.parametrize(("typed", "number"), [("1", 1), ("149", 149), (" 12 ", 12), ("007", 7)])
async def test_one_to_149_codes_are_made(cast: Cast, typed: str, number: int) -> None:
    batch = await batches.request(cast.ada, wanted(cast.month, typed))
    assert await Code.filter(batch_id=batch.id).count() == batch.quantity == number


async def test_the_limits_are_settings(cast: Cast, configure: Configure) -> None:
    configure(bulk_from=4, batch_max=5)
    assert await answer(cast, quantity="6") == {
        "quantity": "5 is the most in one batch. Enter a whole number from 1 to 5."
    }
    assert not (await batches.request(cast.ada, wanted(cast.month, "4"))).finished_at


@pytest.mark.parametrize("address", ["", "   ", "nobody", "a@b@c.org", "a@x.org\nBcc: b@x.org"])
async def test_send_notification_wants_one_address(cast: Cast, address: str) -> None:
    assert set(await answer(cast, notify=address)) == {"notify"}


async def test_product_and_plan_have_to_be_chosen(cast: Cast) -> None:
    assert await answer(cast, product_id=None) == {"product": "Choose a product."}
    assert await answer(cast, plan_id=None) == {"plan": "Choose a plan."}


async def test_a_plan_of_another_product_is_refused(cast: Cast) -> None:
    assert set(await answer(cast, plan_id=cast.solder_month.id)) == {"plan"}


async def test_a_plan_of_another_workspace_is_refused(cast: Cast) -> None:
    foreign = {"product_id": cast.foreign_product.id, "plan_id": cast.foreign_plan.id}
    assert set(await answer(cast, **foreign)) == {"plan"}
    assert set(await answer(cast, plan_id=10**12)) == {"plan"}


async def test_an_archived_product_or_plan_is_refused(cast: Cast) -> None:
    await plans.archive(cast.ada, cast.month.id)
    assert await answer(cast) == {"plan": "This plan is archived. Choose another one."}
    await products.archive(cast.ada, cast.welding.id)
    assert await answer(cast) == {"product": "This product is archived. Choose another one."}


async def test_an_expiry_that_is_past_is_refused(clock: time_machine.Traveller, cast: Cast) -> None:
    assert set(await answer(cast, expires_on=TODAY - timedelta(days=1))) == {"expires_on"}


async def test_past_is_what_is_past_in_the_workspace(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    clock.move_to(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))  # half past midnight in Berlin
    assert set(await answer(cast, expires_on=TODAY)) == {"expires_on"}


async def test_an_expiry_before_valid_from_is_refused(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    window = {"valid_from": date(2026, 4, 2), "expires_on": date(2026, 4, 1)}
    assert await answer(cast, **window) == {"expires_on": "This is before Valid from."}


@pytest.mark.parametrize("field", ["valid_from", "expires_on"])
@pytest.mark.parametrize("day", [date.max, date(9999, 12, 30), date(2200, 1, 1)])
async def test_a_day_centuries_away_is_refused(cast: Cast, field: str, day: date) -> None:
    assert set(await answer(cast, **{field: day})) == {field}


async def test_a_validity_begins_and_ends_with_its_days_in_the_workspace(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(
        cast.ada, cast.month, valid_from=date(2026, 3, 29), expires_on=date(2026, 3, 29)
    )
    # the day on which summer time begins in Berlin has 23 hours
    assert issued.batch.valid_from == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert issued.batch.expires_at == datetime(2026, 3, 29, 22, tzinfo=UTC)


async def test_valid_from_today_or_earlier_is_valid_at_once(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    for day in (TODAY, date(2020, 1, 1), date.min):
        assert (await issue(cast.ada, cast.month, valid_from=day)).batch.valid_from is None


async def test_today_is_a_day_on_which_codes_may_expire(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    issued = await issue(cast.ada, cast.month, expires_on=TODAY)
    assert issued.batch.expires_at == datetime(2026, 3, 10, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entered", "last"),
    [
        ({}, datetime(2026, 3, 17, 23, tzinfo=UTC)),
        ({"valid_from": date(2026, 4, 1)}, datetime(2026, 4, 8, 22, tzinfo=UTC)),
        ({"expires_on": date(2026, 3, 12)}, datetime(2026, 3, 12, 23, tzinfo=UTC)),
    ],
)
async def test_a_plan_presets_when_its_unused_codes_expire(
    clock: time_machine.Traveller, cast: Cast, entered: dict[str, object], last: datetime
) -> None:
    terms = plan_terms.PlanTerms(name="Month", days=30, codes_expire_after_days=7)
    await plans.change(cast.ada, cast.month.id, terms)
    assert (await issue(cast.ada, cast.month, **entered)).batch.expires_at == last


@pytest.mark.parametrize("typed", ["A", "ABCDEFGHI", "AB-CD", "A B", "ÄÖ", "=1", "１２", "ſt", "ß"])
def test_a_prefix_is_two_to_eight_letters_and_digits(typed: str) -> None:
    with pytest.raises(Invalid) as wrong:
        batch_form.prefix(typed)
    assert set(wrong.value.fields) == {"prefix"}


@pytest.mark.parametrize(("typed", "taken"), [("", ""), ("ac", "AC"), (" SPRING26\n", "SPRING26")])
def test_a_prefix_is_taken_in_capitals(typed: str, taken: str) -> None:
    assert batch_form.prefix(typed) == taken


@pytest.mark.parametrize("note", ["x" * 501, "a\x00b"])
async def test_a_note_too_long_or_unprintable_is_refused(cast: Cast, note: str) -> None:
    assert set(await answer(cast, note=note)) == {"note"}
