"""One batch of purchase codes: what it shows, what can be done, and who may do it."""

import pytest
from nicegui.testing import User

from models import Agreement, Batch
from models.enums import BatchState
from services import batch_jobs, purchases
from tests.cast import Issued, issue
from tests.certification import Certification, asked_for, certification, granted, paid, purchased
from tests.ui.screens.visit import House, emit, press, rows, sees, shown, until, words
from ui import routes


@pytest.fixture
async def scheme(house: House) -> Certification:
    made = await certification()
    await granted(house.cast.acme, made.lab, 200)
    return made


async def opened(house: House, made: Issued, who: str = "ada") -> User:
    path = routes.purchase_batch("acme", made.batch.id)
    user = await house.visit(getattr(house.cast, who), path)
    await until(lambda: [e for e in shown(user) if "stat" in e.classes] and rows(user))
    return user


async def test_it_says_what_the_codes_pay_for_and_under_which_agreement(
    house: House, scheme: Certification
) -> None:
    made = await purchased(house.cast.ada, house.cast.acme, scheme.lab, 3, note="Doorbells")
    user = await opened(house, made)
    await sees(
        user,
        "EN18031 - RAL - Lab Assessment",
        "Under agreement A-2026-03",
        "Note: Doorbells",
        "Ada Admin",
    )
    assert not any(body in str(rows(user)) for body in (*made.texts, *made.bodies))


async def test_codes_are_shown_copied_and_seen_used(house: House, scheme: Certification) -> None:
    made = await purchased(house.cast.ada, house.cast.acme, scheme.lab, 3)
    user = await opened(house, made)
    await press(user, "Show codes")
    await until(lambda: [row["code"] for row in rows(user)] == made.texts)
    await paid(made.codes[1], house.cast.eve, "Doorbell X2")
    await until(lambda: rows(user)[1]["status"] == "ACTIVATED")
    assert rows(user)[1]["used"] == "Doorbell X2"
    await press(user, "Copy codes")
    await sees(user, "2 ready codes copied, one on each line.")
    await emit(user, "copy", made.codes[0].id)
    await sees(user, f"Code ending {made.texts[0][-4:]} copied.")


async def test_what_is_unused_is_revoked_and_goes_back(house: House, scheme: Certification) -> None:
    made = await purchased(house.cast.ada, house.cast.acme, scheme.lab, 3)
    await paid(made.codes[0], house.cast.eve)
    user = await opened(house, made)
    await press(user, "Revoke unused")
    await sees(
        user,
        "Revoke 2 unused codes?",
        "They go back to the agreement they were issued under.",
        "1 activated code stays as before, and what was paid stays paid.",
    )
    await press(user, "Revoke 2")
    await until(lambda: [r["status"] for r in rows(user)] == ["ACTIVATED", "REVOKED", "REVOKED"])
    assert (await Agreement.get()).returned == 2


async def test_a_batch_under_way_is_cancelled_and_retried(
    house: House, scheme: Certification
) -> None:
    batch = await purchases.request(house.cast.ada, asked_for(house.cast.acme, scheme.lab, 160))
    user = await house.visit(house.cast.ada, routes.purchase_batch("acme", batch.id))
    await sees(user, "Waiting to be made")
    await press(user, "Cancel")
    await press(user, "Cancel the batch")
    await sees(user, "This batch was cancelled")
    assert (await Agreement.get()).returned == 160
    await purchased(house.cast.olga, house.cast.acme, scheme.lab, 50)
    await press(user, "Retry")
    await sees(user, "You asked for 160; 150 of 200 are left.")
    await Agreement.all().update(quantity=300)
    await press(user, "Retry")
    await until(lambda: "This batch was cancelled" not in words(user))
    await batch_jobs.work()
    await until(lambda: len(rows(user)) == 25)
    assert (await Batch.get(id=batch.id)).state is BatchState.DONE


async def test_batches_of_others_and_of_access_codes_are_not_found(
    house: House, scheme: Certification
) -> None:
    made = await purchased(house.cast.ada, house.cast.acme, scheme.lab, 1)
    access = await issue(house.cast.ada, house.cast.month, 1)
    for who, slug, batch_id in (
        ("eve", "acme", made.batch.id),
        ("sam", "northwind", made.batch.id),
        ("ada", "northwind", made.batch.id),
        ("ada", "northwind", access.batch.id),
    ):
        path = routes.purchase_batch(slug, batch_id)
        user = await house.visit(getattr(house.cast, who), path)
        await sees(user, "Page not found")
    user = await house.visit(house.cast.ada, routes.batch("acme", made.batch.id))
    await sees(user, "Page not found")
