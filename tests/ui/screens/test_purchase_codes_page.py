"""Purchase Codes: generated, copied, revoked, and changing while one looks."""

import pytest
from nicegui import ui
from nicegui.testing import User

from models import Agreement, AuditEntry, Batch, Membership
from models.enums import AuditAction, BatchState, NotificationKind, Role
from services import batch_jobs, notices, notifications, purchases
from services.zones import now
from tests.certification import Certification, asked_for, certification, granted, paid, purchased
from tests.ui.screens.visit import (
    House,
    button,
    buttons,
    control,
    emit,
    enter,
    error_at,
    press,
    rows,
    sees,
    until,
    words,
)
from ui import notices as notice_words
from ui import routes
from ui.components.generated import WAIT

ACME = routes.purchase_codes("acme")
LAB = "EN18031 - RAL - Lab Assessment"
READY = NotificationKind.BATCH_READY


@pytest.fixture
async def scheme(house: House) -> Certification:
    made = await certification()
    await granted(house.cast.acme, made.lab, 200)
    return made


async def at(house: House, who: str = "ada", path: str = ACME) -> User:
    user = await house.visit(getattr(house.cast, who), path)
    await sees(user, "Codes that pay for one step of one evaluation in their workspace.")
    return user


async def filled_in(user: User, scheme: Certification, quantity: str) -> None:
    await press(user, "Generate Code")
    enter(user, "Purchased Action", scheme.lab.id)
    enter(user, "Quantity", quantity)


def statuses(user: User) -> list[str]:
    return [row["status"] for row in rows(user)]


async def test_codes_generated_for_this_workspace_stand_on_top_as_ready(
    house: House, scheme: Certification
) -> None:
    await purchased(house.cast.ada, house.cast.acme, scheme.lab, 1)
    user = await at(house)
    await until(lambda: len(rows(user)) == 1)
    await filled_in(user, scheme, "3")
    await press(user, "Generate")
    await sees(user, "3 purchase codes were generated successfully.")
    await until(lambda: statuses(user) == ["READY"] * 4)
    assert {row["action"] for row in rows(user)} == {LAB}
    await press(user, "Copy codes")
    await sees(user, "3 codes copied, one on each line.")
    [copied] = await AuditEntry.filter(action=AuditAction.COPY)
    assert (copied.workspace_id, copied.detail) == (house.cast.acme.id, {"codes": 3})
    for row in rows(user)[:3]:
        assert row["code"].startswith("••••-") and row["code"][-4:] in house.copied[0]


async def test_the_dialog_says_what_is_left_while_one_types(
    house: House, scheme: Certification
) -> None:
    await purchased(house.cast.ada, house.cast.acme, scheme.lab, 2)
    user = await at(house)
    await sees(user, "198 of 200 left under agreement A-2026-03")
    await press(user, "Generate Code")
    assert control(user, "Workspace").value == house.cast.acme.id
    assert set(control(user, "Workspace").options) == {house.cast.acme.id, house.cast.northwind.id}
    enter(user, "Purchased Action", scheme.lab.id)
    await sees(user, "198 of 200 left under A-2026-03.")
    enter(user, "Quantity", "300")
    await sees(user, "You asked for 300; 198 of 200 are left.")
    assert "Generate codes" in buttons(user)
    enter(user, "Purchased Action", scheme.certification.id)
    await sees(user, "No agreement for EN18031 - RAL - Certification is valid now.")
    enter(user, "Purchased Action", scheme.lab.id)
    enter(user, "Quantity", "5")
    await until(lambda: "Generate" in buttons(user))
    await purchased(house.cast.ada, house.cast.acme, scheme.lab, 10)  # in another tab
    await sees(user, "188 of 200 left under A-2026-03.")


async def test_more_than_is_left_is_refused_at_its_field_and_nothing_is_made(
    house: House, scheme: Certification
) -> None:
    user = await at(house)
    await filled_in(user, scheme, "201")
    await press(user, "Generate codes")
    assert error_at(user, "Quantity") == "You asked for 201; 200 of 200 are left."
    assert not await Batch.exists()
    enter(user, "Quantity", "2")
    await until(lambda: not error_at(user, "Quantity"))
    await press(user, "Generate")
    await sees(user, "2 purchase codes were generated successfully.")


async def test_what_is_wrong_is_said_at_the_fields(house: House, scheme: Certification) -> None:
    user = await at(house)
    await press(user, "Generate Code")
    await press(user, "Generate")
    assert error_at(user, "Purchased Action") == "Choose a purchased action."
    enter(user, "Purchased Action", scheme.lab.id)
    for wrong in ("", "0", "-1", "1.5", "three", "2001"):
        enter(user, "Quantity", wrong)
        await press(user, [b for b in buttons(user) if b.startswith("Generate")][-1])
        assert "whole number from 1 to 2000" in error_at(user, "Quantity"), wrong
    scheme.lab.archived_at = now()
    await scheme.lab.save()
    enter(user, "Quantity", "1")
    await until(lambda: "Generate" in buttons(user))
    await press(user, "Generate")
    assert error_at(user, "Purchased Action") == "This action was archived. Choose another one."
    assert not await Batch.exists()


async def test_the_list_widens_to_the_workspace_that_was_generated_for(
    house: House, scheme: Certification
) -> None:
    await purchased(house.cast.ada, house.cast.acme, scheme.lab, 1)
    user = await at(house, path=routes.purchase_codes("northwind"))
    await sees(user, "No purchase codes yet")
    await filled_in(user, scheme, "2")
    enter(user, "Workspace", house.cast.acme.id)
    await press(user, "Generate")
    await sees(user, "2 purchase codes were generated successfully.")
    await until(lambda: len(rows(user)) == 3)
    assert {row["workspace"] for row in rows(user)} == {"Acme Devices"}


async def test_a_row_turns_activated_on_every_screen_the_moment_it_is_used(
    house: House, scheme: Certification
) -> None:
    made = await purchased(house.cast.ada, house.cast.acme, scheme.lab, 2)
    ada = await at(house)
    olga = await at(house, "olga", routes.purchase_codes("northwind"))
    await until(lambda: statuses(ada) == ["READY", "READY"])
    assert rows(olga) == []
    await everywhere(olga)
    await until(lambda: statuses(olga) == ["READY", "READY"])
    await paid(made.codes[0], house.cast.eve, "Doorbell X2")
    for user in (ada, olga):
        await until(lambda user=user: statuses(user) == ["ACTIVATED", "READY"])
        used = rows(user)[0]
        assert (used["used"], used["by"]) == ("Doorbell X2", "Eve Evaluator")
        assert used["activated"] and not used["revocable"]


async def everywhere(user: User) -> None:
    """Take the filter by workspace away."""
    with user:
        filters = [e for e in user.current_layout.descendants() if isinstance(e, ui.select)]
        filters[0].set_value("")


async def test_codes_that_somebody_else_generates_come_in_at_the_top(
    house: House, scheme: Certification
) -> None:
    old = await purchased(house.cast.ada, house.cast.acme, scheme.lab, 1)
    user = await at(house)
    await until(lambda: len(rows(user)) == 1)
    new = await purchased(house.cast.olga, house.cast.acme, scheme.lab, 2)
    await until(lambda: len(rows(user)) == 3)
    assert [row["batch"] for row in rows(user)] == [new.batch.id] * 2 + [old.batch.id]
    with user:
        next(e for e in user.current_layout.descendants() if isinstance(e, ui.input)).set_value(
            "nothing like this"
        )
    await sees(user, "No code matches")
    await purchased(house.cast.olga, house.cast.acme, scheme.lab, 2)
    await sees(user, "2 new")
    await press(user, "2 new")
    await until(lambda: len(rows(user)) == 5)


async def test_a_large_batch_shows_how_far_it_is_and_its_codes_come_when_it_is_done(
    house: House, scheme: Certification
) -> None:
    user = await at(house)
    await filled_in(user, scheme, "160")
    await until(lambda: "Generate codes" in buttons(user))
    await press(user, "Generate codes")
    await sees(
        user, "160 purchase codes are being generated", WAIT.format("purchase codes"), "Queued"
    )
    await sees(user, f"{LAB} · Acme Devices")
    assert rows(user) == []
    await batch_jobs.work()
    await until(lambda: len(rows(user)) == 25)
    assert f"{LAB} · Acme Devices" not in words(user)
    assert (await Batch.get()).state is BatchState.DONE


async def test_copying_and_showing_a_code_ask_the_server_and_are_audited(
    house: House, scheme: Certification
) -> None:
    made = await purchased(house.cast.ada, house.cast.acme, scheme.lab, 2)
    user = await at(house)
    await until(lambda: len(rows(user)) == 2)
    assert not any(text in str(rows(user)) for text in (*made.texts, *made.bodies))
    await emit(user, "copy", made.codes[0].id)
    await sees(user, f"Code ending {made.texts[0][-4:]} copied.")
    assert made.texts[0] in house.copied[0]
    await emit(user, "show", made.codes[1].id)
    await sees(user, made.texts[1])
    assert await AuditEntry.filter(action=AuditAction.COPY, target_id=made.codes[0].id).exists()
    assert await AuditEntry.filter(action=AuditAction.SHOW, target_id=made.codes[1].id).exists()


async def test_a_revoked_code_goes_back_to_its_agreement(
    house: House, scheme: Certification
) -> None:
    made = await purchased(house.cast.ada, house.cast.acme, scheme.lab, 2)
    user = await at(house)
    await sees(user, "198 of 200 left under agreement A-2026-03")
    await emit(user, "revoke", made.codes[0].id)
    await sees(user, f"Revoke the code ending {made.texts[0][-4:]}?")
    await press(user, "Revoke")
    await until(lambda: statuses(user) == ["REVOKED", "READY"])
    await sees(user, "199 of 200 left under agreement A-2026-03")
    assert (await Agreement.get()).returned == 1


async def test_forged_ids_show_and_change_nothing(house: House, scheme: Certification) -> None:
    await granted(house.cast.elsewhere, scheme.lab)
    foreign = await purchased(house.cast.olga, house.cast.elsewhere, scheme.lab, 1)
    user = await at(house)
    for code_id in (foreign.codes[0].id, 0, -1, 2**70):
        for event in ("copy", "show"):
            await emit(user, event, code_id)
        await emit(user, "view", code_id)
    await sees(user, "This code does not exist, or not for you.")
    assert house.copied == []
    assert not await AuditEntry.filter(action__in=[AuditAction.COPY, AuditAction.SHOW]).exists()
    asked = asked_for(house.cast.elsewhere, scheme.lab, 1)
    with pytest.raises(purchases.NotFound):
        await purchases.request(house.cast.ada, asked)


@pytest.mark.parametrize(("who", "slug"), [("sam", "northwind"), ("eve", "acme")])
async def test_for_a_standard_user_the_page_does_not_exist(
    house: House, scheme: Certification, who: str, slug: str
) -> None:
    user = await house.visit(getattr(house.cast, who), routes.purchase_codes(slug))
    await sees(user, "Page not found")
    assert "Generate Code" not in buttons(user)
    assert "Administration" not in words(user)


async def test_the_primary_action_is_one(house: House, scheme: Certification) -> None:
    user = await at(house)
    assert button(user, "Generate Code")


async def test_the_bell_leads_to_the_batch_and_names_the_action(
    house: House, scheme: Certification
) -> None:
    asked = asked_for(house.cast.acme, scheme.lab, 160)
    batch = await purchases.request(house.cast.ada, asked)
    await batch_jobs.work()
    await notices.tell()
    [told] = [each for each in await notifications.newest(house.cast.ada) if each.kind is READY]
    said = notice_words.words(told)
    assert (said.title, said.about, said.label) == (
        "160 purchase codes are ready",
        LAB,
        "View Results",
    )
    assert said.path == routes.purchase_batch("acme", batch.id)
    # a member who is no admin there any more is told nothing of it
    await Membership.filter(user_id=house.cast.ada.user_id).update(role=Role.EVALUATOR)
    [told] = [each for each in await notifications.newest(house.cast.ada) if each.kind is READY]
    assert notice_words.words(told).path == ""
