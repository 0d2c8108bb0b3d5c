"""Products and plans: made, edited, archived, never lost."""

from dataclasses import replace

import pytest

from models import Plan, Product
from models.enums import AuditAction
from services import plans, product_list, products, signals
from services.errors import Conflict, Invalid, NotFound
from services.plan_terms import PlanTerms
from services.product_list import PlanView, ProductView
from services.signals import Changed, Topic
from tests.cast import Cast, entries, issue
from tests.hearing import but_the_log

MONTH = PlanTerms(name="Month", days=30)


async def shown(cast: Cast, *, archived: bool = False) -> dict[str, ProductView]:
    return {made.name: made for made in await product_list.products(cast.ada, archived=archived)}


async def test_a_product_and_its_plans_are_shown_by_name(cast: Cast) -> None:
    product = await products.create(cast.ada, "Brazing")
    plan = await plans.create(
        cast.ada, product.id, PlanTerms(name="Fortnight", days=14, codes_expire_after_days=90)
    )
    assert list(await shown(cast)) == ["Brazing", "Soldering", "Welding basics"]
    assert (await shown(cast))["Brazing"].plans == [PlanView(plan.id, "Fortnight", 14, 90, False)]


@pytest.mark.parametrize(
    "name",
    [
        "🔥" * 30,
        "👩‍🏭 Schweißen",
        "<script>alert(1)</script>",
        '=HYPERLINK("https://example.org")',
        "'; DROP TABLE product; --",
        "x" * 120,
        "مقدمة اللحام",
    ],
)
async def test_a_name_is_kept_as_it_was_entered(cast: Cast, name: str) -> None:
    await products.create(cast.ada, name)
    assert name in await shown(cast)


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 500, "x" * 121, "a\x00b", "a\x1b[31mb", "\ud800"]
)
async def test_a_name_that_is_none_is_refused_next_to_its_field(cast: Cast, name: str) -> None:
    for attempt in (
        products.create(cast.ada, name),
        products.rename(cast.ada, cast.welding.id, name),
        plans.create(cast.ada, cast.welding.id, replace(MONTH, name=name)),
    ):
        with pytest.raises(Invalid) as wrong:
            await attempt
        assert set(wrong.value.fields) == {"name"}
    assert set(await shown(cast)) == {"Soldering", "Welding basics"}


async def test_a_line_break_in_a_name_becomes_a_blank(cast: Cast) -> None:
    assert (await products.create(cast.ada, " Arc\r\n welding\t2 ")).name == "Arc welding 2"


async def test_a_name_is_given_once_in_a_workspace(cast: Cast) -> None:
    with pytest.raises(Invalid, match="“Soldering” exists already"):
        await products.create(cast.ada, "Soldering")
    with pytest.raises(Invalid, match="exists already"):
        await products.rename(cast.ada, cast.welding.id, "Soldering")
    await products.create(cast.ada_at_acme, "Soldering")


async def test_a_plans_name_is_given_once_in_a_product(cast: Cast) -> None:
    with pytest.raises(Invalid, match="“Month” exists already"):
        await plans.create(cast.ada, cast.welding.id, MONTH)
    with pytest.raises(Invalid, match="“Month” exists already"):
        await plans.change(cast.ada, cast.year.id, replace(MONTH, days=365))


async def test_an_archived_product_leaves_the_list_and_comes_back(cast: Cast) -> None:
    await products.archive(cast.ada, cast.welding.id)
    assert "Welding basics" not in await shown(cast)
    assert (await shown(cast, archived=True))["Welding basics"].is_archived
    assert await product_list.count(cast.ada) == 1
    await products.restore(cast.ada, cast.welding.id)
    assert not (await shown(cast))["Welding basics"].is_archived


async def test_an_archived_product_takes_no_new_plan(cast: Cast) -> None:
    await products.archive(cast.ada, cast.welding.id)
    with pytest.raises(Conflict, match="archived"):
        await plans.create(cast.ada, cast.welding.id, replace(MONTH, name="Week"))


async def test_an_archived_plan_is_marked_and_comes_back(cast: Cast) -> None:
    for step, marked in ((plans.archive, True), (plans.restore, False)):
        await step(cast.ada, cast.year.id)
        found = {plan.name: plan for plan in (await shown(cast))["Welding basics"].plans}
        assert found["Year"].is_archived is marked


async def test_the_terms_of_a_plan_change_while_it_has_no_codes(cast: Cast) -> None:
    await plans.change(cast.ada, cast.year.id, PlanTerms(name="Two years", days=730))
    plan = await Plan.get(id=cast.year.id)
    assert (plan.name, plan.days) == ("Two years", 730)


@pytest.mark.parametrize("days", [60, None])
async def test_the_days_of_a_plan_are_frozen_once_it_has_codes(
    cast: Cast, days: int | None
) -> None:
    await issue(cast.ada, cast.month)
    with pytest.raises(Invalid) as wrong:
        await plans.change(cast.ada, cast.month.id, replace(MONTH, days=days))
    assert set(wrong.value.fields) == {"days"}
    assert (await Plan.get(id=cast.month.id)).days == 30


async def test_name_and_expiry_of_a_plan_change_even_when_it_has_codes(cast: Cast) -> None:
    await issue(cast.ada, cast.month)
    terms = PlanTerms(name="30 days", days=30, codes_expire_after_days=7)
    await plans.change(cast.ada, cast.month.id, terms)
    plan = await Plan.get(id=cast.month.id)
    assert (plan.name, plan.codes_expire_after_days) == ("30 days", 7)


@pytest.mark.parametrize("days", [0, -1, 36_501, 10**9])
@pytest.mark.parametrize("field", ["days", "codes_expire_after_days"])
async def test_a_length_outside_one_day_to_a_hundred_years_is_refused(
    cast: Cast, field: str, days: int
) -> None:
    terms = replace(PlanTerms(name="Odd", days=30), **{field: days})
    with pytest.raises(Invalid) as wrong:
        await plans.create(cast.ada, cast.welding.id, terms)
    assert set(wrong.value.fields) == {field}


async def test_products_and_plans_of_another_workspace_do_not_exist(cast: Cast) -> None:
    product, plan = cast.foreign_product.id, cast.foreign_plan.id
    before = await Product.all().values(), await Plan.all().values()
    for attempt in (
        products.rename(cast.ada, product, "Mine now"),
        products.archive(cast.ada, product),
        products.restore(cast.ada, product),
        plans.create(cast.ada, product, MONTH),
        plans.change(cast.ada, plan, MONTH),
        plans.archive(cast.ada, plan),
        plans.restore(cast.ada, 10**12),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await Product.all().values(), await Plan.all().values()) == before


async def test_each_change_is_recorded_and_told_once(cast: Cast) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    await products.rename(cast.ada, cast.welding.id, "Welding I")
    await plans.archive(cast.ada, cast.year.id)
    stop()
    assert heard == [Changed(cast.northwind.id, Topic.PRODUCTS, (cast.welding.id,))] * 2
    [renamed], [archived] = await entries(AuditAction.UPDATE), await entries(AuditAction.ARCHIVE)
    assert (renamed.resource, renamed.target_id) == ("PRODUCT", cast.welding.id)
    assert (archived.resource, archived.target_id) == ("PLAN", cast.year.id)


async def test_a_refused_change_is_neither_recorded_nor_told(cast: Cast) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    with pytest.raises(Invalid):
        await products.rename(cast.ada, cast.welding.id, "Soldering")
    stop()
    assert (heard, await entries(AuditAction.UPDATE)) == ([], [])


async def test_products_count_their_batches(cast: Cast) -> None:
    for _ in range(2):
        await issue(cast.ada, cast.month)
    assert {name: made.batches for name, made in (await shown(cast)).items()} == {
        "Soldering": 0,
        "Welding basics": 2,
    }
