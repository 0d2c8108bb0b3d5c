"""Dashboards: the numbers change while one looks, and each role sees its own."""

from models import Message
from models.enums import MessageState
from tests.cast import issue, redeem
from tests.certification import certification, granted
from tests.ui.screens.visit import House, press, sees, shown, until, words
from ui import routes
from ui.components.bar_chart import step_of


def number(screen: str, label: str) -> str:
    lines = screen.splitlines()
    return lines[lines.index(label) + 1]


async def test_edspace_opens_on_its_numbers_and_they_change_live(house: House) -> None:
    issued = await issue(house.cast.sam, house.cast.month, 5)
    user = await house.visit(house.cast.sam, routes.edspace("northwind"))
    await sees(user, "Ready", "Needs attention", "Nothing needs you")
    assert number(words(user), "Ready") == "5"
    assert number(words(user), "Activated") == "0"
    await redeem(issued.texts[0])
    await until(lambda: number(words(user), "Activated") == "1")
    assert number(words(user), "Ready") == "4"
    await sees(user, "1 today")


async def test_a_failed_mail_shows_up_where_it_is_mended(house: House) -> None:
    issued = await issue(house.cast.sam, house.cast.month, 1)
    await redeem(issued.texts[0], email="buyer@clinic.example")
    await Message.all().update(state=MessageState.FAILED, last_answer="550 unknown")
    user = await house.visit(house.cast.ada, routes.edspace("northwind"))
    await sees(user, "1 mail could not be delivered", "buyer@clinic.example: 550 unknown", "Review")


async def test_the_chart_shows_30_or_90_days(house: House) -> None:
    user = await house.visit(house.cast.sam, routes.edspace("northwind"))
    await sees(user, "30 days")

    def bars() -> int:
        return len([each for each in shown(user) if "chart-bar" in each.classes])

    assert bars() == 30
    await press(user, "90 days")
    assert bars() == 90


async def test_admins_of_cyberpass_see_what_is_left_and_evaluators_no_codes(house: House) -> None:
    scheme = await certification()
    await granted(house.cast.acme, scheme.lab, 20)
    admin = await house.visit(house.cast.ada_at_acme, routes.cyberpass("acme"))
    await sees(admin, "Left under agreements", "of 20 under A-2026-03", "Open evaluations")
    evaluator = await house.visit(house.cast.eve, routes.cyberpass("acme"))
    await sees(evaluator, "Open evaluations", "Awaiting a code")
    for word in ("Left under agreements", "Ready codes", "Activations"):
        assert word not in words(evaluator)


async def test_the_cards_of_a_workspace_show_a_few_numbers(house: House) -> None:
    await issue(house.cast.sam, house.cast.month, 7)
    user = await house.visit(house.cast.sam, routes.workspace("northwind"))
    await sees(user, "Edspace", "7", "ready", "expiring in 30 days")
    assert "CyberPass" not in words(user)


def test_the_lines_of_a_chart_are_round_numbers_that_hold_the_highest_bar() -> None:
    for most in (0, 1, 7, 24, 235, 1999, 123456):
        step = step_of(most)
        assert step * 3 >= most
        assert str(step).rstrip("0") in ("1", "2", "3", "4", "5", "6", "8", "15", "25")
