"""Held codes on the page of their batch: told, released by who may, with a reason."""

from models import AuditEntry, Batch, Code
from models.enums import Status
from tests.cast import Issued, issue
from tests.certification import certification, granted, purchased
from tests.ui.screens.visit import (
    House,
    buttons,
    emit,
    enter,
    forge,
    press,
    rows,
    sees,
    shown,
    until,
)
from ui import routes


async def held(house: House) -> Issued:
    made = await issue(house.cast.sam, house.cast.month)
    await Code.filter(batch_id=made.batch.id).update(status=Status.HELD)
    await Batch.filter(id=made.batch.id).update(held=3, ready=0)
    return made


async def opened(house: House, who: str, issued: Issued):
    path = routes.batch("northwind", issued.batch.id)
    user = await house.visit(getattr(house.cast, who), path)
    await until(lambda: [e for e in shown(user) if "stat" in e.classes] and rows(user))
    return user


async def test_an_admin_releases_one_and_then_the_rest(house: House) -> None:
    made = await held(house)
    user = await opened(house, "ada", made)
    await sees(user, "3 codes are held after a restore.")
    assert [row["releasable"] for row in rows(user)] == [True] * 3
    await emit(user, "release", made.codes[1].id)
    await sees(user, f"Release the code ending {made.codes[1].ending}?")
    enter(user, "Reason", "Asked the customer")
    [go] = [e for e in shown(user) if "btn-primary" in e.classes]
    await forge(user, go, "click", None)
    await until(lambda: rows(user)[1]["status"] == "READY")
    await sees(user, "2 codes are held after a restore.")


async def test_sales_see_them_and_cannot_release(house: House) -> None:
    made = await held(house)
    user = await opened(house, "sam", made)
    await sees(user, "3 codes are held after a restore.")
    assert "Release" not in buttons(user)
    assert [row["releasable"] for row in rows(user)] == [False] * 3
    assert [row["revocable"] for row in rows(user)] == [True] * 3


async def test_dashboards_tell_of_held_codes_beside_the_ready_ones(house: House) -> None:
    made = await held(house)
    await Batch.filter(id=made.batch.id).update(held=2, ready=1)
    user = await house.visit(house.cast.ada, routes.edspace("northwind"))
    await sees(user, "in 1 batch · 2 held")


async def test_the_list_of_all_workspaces_releases_in_the_one_of_the_code(house: House) -> None:
    cast = house.cast
    made = await certification()
    await granted(cast.acme, made.lab, 10)
    code = (await purchased(cast.ada_at_acme, cast.acme, made.lab, 2)).codes[0]
    await Code.filter(batch_id=code.batch_id).update(status=Status.HELD)
    await Batch.filter(id=code.batch_id).update(held=2, ready=0)
    user = await house.visit(cast.ada, routes.purchase_codes("northwind"))
    await sees(user, "Codes that pay for one step of one evaluation in their workspace.")
    enter(user, "All workspaces", "")
    await until(lambda: [row["status"] for row in rows(user)] == ["HELD"] * 2)
    assert [row["releasable"] for row in rows(user)] == [True] * 2
    await emit(user, "release", code.id)
    await sees(user, f"Release the code ending {code.ending}?")
    enter(user, "Reason", "Asked the customer")
    await press(user, "Release")
    await until(lambda: {row["status"] for row in rows(user)} == {"READY", "HELD"})
    assert (await Code.get(id=code.id)).status is Status.READY
    assert (await AuditEntry.get(action="RELEASE")).workspace_id == cast.acme.id
