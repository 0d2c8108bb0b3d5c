"""The Payment card: what pays, what is told instead, and whom to ask."""

from dataclasses import replace

import pytest
from nicegui import ui
from nicegui.testing import User

from models import Activation, Refusal, Step, Workspace
from models import User as Account
from models.enums import StepState
from services import code_alphabet
from services.actor import Actor
from services.permissions import Permission
from services.zones import now
from tests.cast import issue
from tests.certification import Certification, certification
from tests.paying import evaluated, paid, pay, purchased
from tests.ui.screens.visit import House, control, enter, error_at, press, sees, shown, until, words
from ui import app, routes, wording
from ui.pages import view
from ui.step_payment import StepPayment

LAB = "EN18031 - RAL - Lab Assessment"


@pytest.fixture
async def made(house: House) -> Certification:
    return await certification()


@pytest.fixture
async def step(house: House, made: Certification, monkeypatch: pytest.MonkeyPatch) -> Step:
    """What is to be paid; its evaluation's page is the card alone."""
    cast = house.cast
    step = (await evaluated(cast.eve, made, workspace=cast.acme))[1]

    @view(Permission.USE_CYBERPASS)
    async def page(actor: Actor, evaluation_id: int) -> None:
        assert evaluation_id
        await StepPayment(
            actor, step.id, action=LAB, on_paid=lambda: ui.label("It went on")
        ).build()

    monkeypatch.setitem(app.PAGES, routes.EVALUATION, page)
    return step


async def opened(house: House, who: Actor, step: Step) -> User:
    user = await house.visit(who, routes.evaluation("acme", step.evaluation_id))
    await sees(user, "AWAITING CODE")
    return user


async def apply(user: User, typed: str) -> None:
    enter(user, "Purchase code", typed)
    await press(user, "Apply")


def refusal(user: User) -> str:
    """What the box says; the emphasised words stand in brackets."""
    boxes = [e for e in shown(user) if "payment-refusal" in e.classes]
    told = [e for box in boxes for e in box.descendants() if getattr(e, "text", "")]
    return "".join(f"[{e.text}]" if e.tag == "b" else e.text for e in told)


async def test_a_good_code_pays_and_the_page_goes_on(
    house: House, made: Certification, step: Step
) -> None:
    issued = await purchased(house.cast.ada_at_acme, house.cast.acme, made.lab)
    user = await opened(house, house.cast.eve, step)
    await apply(user, issued.texts[0].lower())
    await sees(user, "It went on")
    assert refusal(user) == ""
    assert (await Step.get(id=step.id)).state is StepState.WORK
    assert (await Activation.get()).person_id == house.cast.eve.person_id


async def test_a_code_of_another_action_names_both(
    house: House, made: Certification, step: Step
) -> None:
    issued = await purchased(house.cast.ada_at_acme, house.cast.acme, made.certification)
    user = await opened(house, house.cast.eve, step)
    await apply(user, issued.texts[0])
    assert refusal(user) == (
        "This code is for [EN18031 - RAL - Certification]; "
        f"you are paying for [{LAB}]. Nothing was used up."
    )
    assert control(user, "Purchase code").value == issued.texts[0]  # what was typed stays


async def test_a_used_code_says_by_whom_for_what_and_when(
    house: House, made: Certification, step: Step
) -> None:
    cast = house.cast
    issued = await purchased(cast.ada_at_acme, cast.acme, made.lab)
    other = (await evaluated(cast.eve, made, "Camera <b>C1</b>", workspace=cast.acme))[1]
    use = await Activation.get(
        id=paid(await pay(cast.ada_at_acme, other, issued.texts[0])).activation_id
    )
    user = await opened(house, cast.eve, step)
    await apply(user, issued.texts[0])
    when = wording.moment(use.created_at, cast.acme.time_zone)
    assert refusal(user) == (
        "This code was used by [Ada Admin] for [Camera <b>C1</b>, Lab Assessment] "
        f"on {when} (America/New_York). Nothing was used up."
    )


async def test_a_step_that_somebody_else_has_paid_says_by_whom(
    house: House, made: Certification, step: Step
) -> None:
    cast = house.cast
    issued = await purchased(cast.ada_at_acme, cast.acme, made.lab, 2)
    user = await opened(house, cast.eve, step)
    paid(await pay(cast.ada_at_acme, step, issued.texts[0]))
    await apply(user, issued.texts[1])
    await sees(user, "This step is paid already, by Ada Admin on ")
    assert refusal(user) == ""


async def test_everybody_else_gets_the_general_sentence_and_a_reference(
    house: House, made: Certification, step: Step
) -> None:
    foreign = await purchased(house.cast.ada, house.cast.northwind, made.lab)
    user = await opened(house, house.cast.eve, step)
    told = []
    for typed in (foreign.texts[0], code_alphabet.generate(1)[0]):
        await apply(user, typed)
        reference = (await Refusal.all().order_by("-id").first()).reference
        assert reference in refusal(user)
        told.append(refusal(user).replace(reference, ""))
    assert told[0] == told[1]
    assert told[0].startswith("This code can't be used here.")
    assert "Northwind" not in words(user)


async def test_a_member_of_both_is_told_whose_the_code_is(
    house: House, made: Certification, step: Step
) -> None:
    foreign = await purchased(house.cast.ada, house.cast.northwind, made.lab)
    user = await opened(house, house.cast.ada_at_acme, step)
    await apply(user, foreign.texts[0])
    assert refusal(user) == (
        "This code belongs to [Northwind Academy]; you are paying in [Acme Devices]. "
        "Nothing was used up."
    )


async def test_an_access_code_and_a_typing_mistake_are_told_as_such(
    house: House, step: Step
) -> None:
    cast = house.cast
    issued = await issue(cast.ada, cast.month)
    user = await opened(house, replace(cast.ada_at_acme), step)
    await apply(user, issued.texts[0])
    assert refusal(user) == (
        "This is an access code for [Welding basics]; a step is paid with a purchase code. "
        "Nothing was used up."
    )
    other = "2" if issued.bodies[0][0] != "2" else "3"
    await apply(user, other + issued.bodies[0][1:])
    assert refusal(user) == code_alphabet.TYPING_MISTAKE
    await apply(user, "23")
    assert refusal(user) == ""
    assert error_at(user, "Purchase code").startswith("That is too short")


async def test_whom_to_ask_is_named(house: House, step: Step) -> None:
    cast = house.cast
    told = words(await opened(house, cast.eve, step))
    assert "Ask Ada Admin, the admin of Acme Devices." in told
    await Workspace.filter(id=cast.acme.id).update(ask_for_codes="Marek Kowal, extension 12.")
    assert "Ask Marek Kowal, extension 12." in words(await opened(house, cast.eve, step))
    await Workspace.filter(id=cast.acme.id).update(ask_for_codes="")
    await Account.filter(id=cast.ada.user_id).update(disabled_at=now())
    assert "Ask the owner of this installation." in words(await opened(house, cast.eve, step))


async def test_who_can_generate_codes_is_led_there(house: House, step: Step) -> None:
    user = await opened(house, house.cast.ada_at_acme, step)
    links = [e for e in shown(user, ui.link) if e.text == "Generate one"]
    assert [link.props["href"] for link in links] == [routes.purchase_codes("acme")]
    await until(lambda: links)
