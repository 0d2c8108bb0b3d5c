"""One evaluation: its steps, what is recorded in them, and two people at it at once."""

from datetime import UTC, datetime

import pytest
from nicegui import ui
from nicegui.elements.upload_files import SmallFileUpload
from nicegui.testing import User

from models import Evaluation, Evidence, Step
from services import evaluations, evidence, outcomes
from services.code_alphabet import display
from tests.cast import Cast
from tests.certification import certification
from tests.evaluating import begin, pass_all, states, step
from tests.paying import purchased
from tests.ui.screens.visit import (
    House,
    buttons,
    control,
    enter,
    error_at,
    press,
    sees,
    shown,
    until,
    words,
)
from ui import routes


async def at(house: House, evaluation: Evaluation, who: str = "eve") -> User:
    path = routes.evaluation("acme", evaluation.id)
    user = await house.visit(getattr(house.cast, who), path)
    await sees(user, "Product details")
    return user


async def upload(user: User, name: str, content: bytes) -> None:
    [found] = [each for each in user.current_layout.descendants() if isinstance(each, ui.upload)]
    with user:
        await found.handle_uploads([SmallFileUpload(name, "text/plain", content)])


async def failed(cast: Cast) -> Evaluation:
    evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    await outcomes.decide(cast.eve, first.id, passed=False, note="The seal is broken.")
    return evaluation


async def test_notes_and_files_are_recorded_and_the_step_is_passed(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    user = await at(house, evaluation)
    await sees(user, "Nothing is recorded yet.", "Opens after Lab Assessment")
    enter(user, "Note", "No <b>default</b> password")
    await press(user, "Add note")
    await sees(user, "No <b>default</b> password")
    assert control(user, "Note").value == ""
    await upload(user, "../../report.pdf", b"x" * 2048)
    await sees(user, "report.pdf", "2 KB · Eve Evaluator")
    await press(user, "Passed")
    await sees(user, "Lab Assessment opens next.")
    enter(user, "Note (optional)", "All well.")
    await press(user, "Record as passed")
    await sees(user, "by Eve Evaluator · 1 file", "All well.", "Needs a purchase code")
    assert await states(evaluation) == ["PASSED", "PAYMENT", "WAITING"]


async def test_a_code_pays_the_step_and_an_admin_undoes_that(house: House) -> None:
    cast, made = house.cast, await certification()
    issued = await purchased(cast.ada_at_acme, cast.acme, made.lab)
    evaluation = await begin(cast.eve, made)
    await outcomes.decide(cast.eve, (await step(evaluation, 1)).id, passed=True, note="")
    eve, ada = await at(house, evaluation), await at(house, evaluation, "ada_at_acme")
    await sees(ada, "AWAITING CODE")
    enter(eve, "Purchase code", issued.texts[0])
    await press(eve, "Apply")
    ending = issued.codes[0].ending
    for user in (eve, ada):
        await sees(user, f"by Eve Evaluator with the code ending {ending}", "IN PROGRESS")
    assert "Undo payment" not in buttons(eve)
    await press(ada, "Undo payment")
    await sees(ada, f"The code ending {ending} is READY again")
    enter(ada, "Reason", "Wrong product")
    await press(ada, "Undo payment")
    await sees(eve, "AWAITING CODE")
    assert await states(evaluation) == ["PASSED", "PAYMENT", "WAITING"]


async def test_what_is_typed_as_a_code_stays_while_others_change_the_rest(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    await outcomes.decide(house.cast.eve, (await step(evaluation, 1)).id, passed=True, note="")
    user = await at(house, evaluation)
    enter(user, "Purchase code", "D9KV-3TP")
    field = control(user, "Purchase code")
    earlier = datetime(2020, 1, 2, 12, tzinfo=UTC)
    await Step.filter(evaluation_id=evaluation.id, position=1).update(decided_at=earlier)
    evaluations.changed(house.cast.acme.id, evaluation.id)
    await sees(user, "Passed 02 Jan 2020")
    assert control(user, "Purchase code") is field


async def test_a_file_that_is_not_taken_is_named_with_the_reason(house: House) -> None:
    user = await at(house, await begin(house.cast.eve))
    await upload(user, "empty.txt", b"")
    await sees(user, "empty.txt: This file is empty. Choose another one.")
    await upload(user, "large.bin", b"x" * (11 * 1024 * 1024))
    await sees(user, "large.bin: A file may have at most 10 MB.")
    assert not await Evidence.exists()


async def test_a_note_that_is_too_long_is_told_at_its_field(house: House) -> None:
    user = await at(house, await begin(house.cast.eve))
    enter(user, "Note", "x" * 4001)
    await press(user, "Add note")
    await until(lambda: error_at(user, "Note") == "At most 4000 characters; this has 4001.")
    assert control(user, "Note").value == "x" * 4001


async def test_a_note_not_yet_added_is_not_lost_to_an_outcome(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    user = await at(house, evaluation)
    enter(user, "Note", "half a thou")
    for name in ("Passed", "Failed"):
        await press(user, name)
        await until(lambda: error_at(user, "Note") == "Add this note first, or clear it.")
    assert "Record as passed" not in buttons(user)


async def test_a_failure_needs_a_word_and_ends_the_evaluation(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    user = await at(house, evaluation)
    await press(user, "Failed")
    await sees(user, "The evaluation of Doorbell X2 ends here.")
    await press(user, "Record as failed")
    await until(lambda: error_at(user, "Why it failed") == "Enter why it failed.")
    enter(user, "Why it failed", "The seal is broken.")
    await press(user, "Record as failed")
    await sees(user, "Self Assessment failed", "The seal is broken.", "Not reached")
    assert "Reopen" not in buttons(user), "an evaluator may not"


async def test_an_admin_reopens_it_with_a_reason_and_both_facts_stand_there(house: House) -> None:
    evaluation = await failed(house.cast)
    user = await at(house, evaluation, "ada_at_acme")
    await press(user, "Reopen")
    await sees(user, "Self Assessment is open for work again.")
    await press(user, "Reopen")
    await until(lambda: error_at(user, "Reason") == "Enter a reason.")
    enter(user, "Reason", "It was another seal.")
    await press(user, "Reopen")
    await sees(user, "Nothing is recorded yet.", "The seal is broken.", "It was another seal.")
    assert await states(evaluation) == ["WORK", "WAITING", "WAITING"]


async def test_what_is_certified_shows_its_number_and_copies_it(house: House) -> None:
    evaluation = await pass_all(house.cast.eve, await begin(house.cast.eve))
    user = await at(house, evaluation)
    number = display(evaluation.certificate or "")
    await sees(user, "CERTIFIED", number)
    await press(user, "Copy number")
    assert house.copied == [f'"{number}"']
    links = [each.props.get("href") for each in shown(user, ui.link)]
    assert routes.certificate(number) in links


async def test_two_evaluators_see_each_other_and_lose_nothing_they_type(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    first = await step(evaluation, 1)
    eve, ada = await at(house, evaluation), await at(house, evaluation, "ada_at_acme")
    enter(eve, "Note", "half a thou")
    field = control(eve, "Note")
    enter(ada, "Note", "Seen by Ada")
    await press(ada, "Add note")
    await sees(eve, "Seen by Ada")
    await upload(ada, "log.txt", b"x")
    await sees(eve, "log.txt")
    assert control(eve, "Note") is field
    assert field.value == "half a thou"

    await outcomes.decide(house.cast.ada_at_acme, first.id, passed=True, note="")
    await sees(eve, "by Ada Admin · 1 file", "Needs a purchase code")
    await sees(eve, "Your note was not added")
    texts = [each.value for each in shown(eve, ui.textarea)]
    assert texts == ["half a thou"]


async def test_who_decides_second_is_told_by_whom_it_was_decided(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    first = await step(evaluation, 1)
    eve = await at(house, evaluation)
    await press(eve, "Passed")
    await sees(eve, "Record as passed")
    await outcomes.decide(house.cast.ada_at_acme, first.id, passed=False, note="Broken")
    await press(eve, "Record as passed")
    await sees(eve, "Ada Admin has recorded this step as failed already.")


async def test_what_an_evaluator_added_is_removed_by_them_or_an_admin(house: House) -> None:
    evaluation = await begin(house.cast.eve)
    first = await step(evaluation, 1)
    await evidence.add_note(house.cast.ada_at_acme, first.id, "Of Ada")
    await evidence.add_file(house.cast.eve, first.id, "mine.txt", b"x")
    user = await at(house, evaluation)
    await sees(user, "mine.txt", "Of Ada")
    assert {name for name in buttons(user) if "Remove" in name} == {"Remove mine.txt"}
    await press(user, "Remove mine.txt")
    await sees(user, "It is no longer part of this step.")
    await press(user, "Remove")
    await until(lambda: "Remove mine.txt" not in buttons(user))
    assert (await Evidence.get(text="mine.txt")).removed_at


@pytest.mark.parametrize("who", ["eve", "ada_at_acme", "mallory"])
async def test_an_evaluation_of_another_workspace_in_the_address_bar_does_not_exist(
    house: House, who: str
) -> None:
    theirs = await begin(house.cast.ada, product="Theirs")
    user = await house.visit(getattr(house.cast, who), routes.evaluation("acme", theirs.id))
    await sees(user, "Page not found")
    assert "Theirs" not in words(user)


async def test_nothing_of_a_foreign_evaluation_reaches_an_open_page(house: House) -> None:
    mine = await begin(house.cast.eve)
    user = await at(house, mine)
    before = words(user)
    other = await begin(house.cast.ada, await certification("Another scheme"), product="Theirs")
    await outcomes.decide(house.cast.ada, (await step(other, 1)).id, passed=True, note="")
    await evidence.add_note(house.cast.eve, (await step(mine, 1)).id, "a sign of life")
    await sees(user, "a sign of life")
    assert "Theirs" not in words(user)
    assert "Nothing is recorded yet." in before
