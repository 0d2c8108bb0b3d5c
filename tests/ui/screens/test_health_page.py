"""The owner's Health page: how everything does, live; mail, and the mail that tries it."""

import itertools
from datetime import timedelta

import pytest
from nicegui.testing import User

from models import Message
from models.enums import MessageKind
from services import (
    checkup,
    heartbeats,
    log_state,
    mail_pause,
    mailing,
    messages,
    outbox,
    outbox_answers,
    outbox_claims,
    own_address,
    signals,
    throttling,
)
from services.database import unit_of_work
from services.outbox import Draft
from services.own_address import Reach, Reached
from services.settings import Settings
from services.signals import Changed, Topic
from services.throttling import Kind
from tests.cast import Cast
from tests.conftest import Configure
from tests.mail_server import Box, running
from tests.ui.screens.visit import (
    House,
    button,
    buttons,
    enter,
    error_at,
    press,
    sees,
    until,
    words,
)
from ui import routes
from ui.health_panels import clock_with
from ui.health_tables import GOOD, Section


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "_server", mailing._Remembered())


async def queue(cast: Cast) -> int:
    draft = Draft(
        kind=MessageKind.CONFIRMATION,
        workspace_id=cast.northwind.id,
        recipient="ann@example.org",
    )
    [message_id] = await unit_of_work(outbox.put)([draft])
    return message_id


def numbers(words_on_screen: str) -> list[str]:
    lines = words_on_screen.splitlines()
    return [lines[lines.index(name) + 1] for name in ("Queued", "Retrying", "Failed")]


async def test_it_says_why_mail_is_held(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "HELD", "No mail server is set. Set TALLYSTICK_SMTP_HOST")
    assert "Try again now" not in buttons(user)
    assert "It can be sent once a mail server is set." in words(user)
    assert not button(user, "Send test mail").enabled


async def test_numbers_change_while_the_owner_looks(house: House, configure: Configure) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org", smtp_password="harbour")
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "WORKING", "127.0.0.1:587", "STARTTLS, demanded", "codes@example.org")
    assert "harbour" not in words(user)
    assert numbers(words(user)) == ["0", "0", "0"]
    held = await outbox_claims.claim(await queue(house.cast))
    await until(lambda: numbers(words(user)) == ["1", "0", "0"])
    assert held
    await outbox_answers.postpone(held, "451 Later")
    await until(lambda: numbers(words(user)) == ["0", "1", "0"])
    await messages.retry(house.cast.olga, held.id)
    again = await outbox_claims.claim(held.id)
    assert again
    await outbox_answers.fail(again, "550 No")
    await until(lambda: numbers(words(user)) == ["0", "0", "1"])


async def test_a_pause_is_shown_with_the_servers_words(house: House, configure: Configure) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    await mail_pause.begin("535 5.7.8 <b>Wrong</b> password")
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "PAUSED", "No mail goes out since", "535 5.7.8 <b>Wrong</b> password")
    await press(user, "Try again now")
    assert button(user, "Try again now").enabled


async def test_a_test_mail_shows_what_the_server_answered(
    house: House, configure: Configure
) -> None:
    box = Box()
    async with running(box) as port:
        configure(
            smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", mail_from="codes@example.org"
        )
        user = await house.visit(house.cast.olga, routes.HEALTH)
        await sees(user, "WORKING")
        await press(user, "Send test mail")
        await sees(user, "The server took the mail. It answered:", "250 2.0.0 Taken")
        assert box.accepted[0].recipient == house.cast.olga.email
        assert "Health page" in box.accepted[0].message.get_content()
        enter(user, "To", "a.550@example.org")
        await press(user, "Send test mail")
        await sees(user, "The server refused this mail:", "550 5.1.1 No such person")
        enter(user, "To", "nobody")
        await press(user, "Send test mail")
        await until(lambda: error_at(user, "To").startswith("This is not an e-mail address."))
        assert "550" not in words(user)
    assert not await Message.exists()


def facts(user: User) -> dict[str, str]:
    """Names and values of all panels."""
    lines = words(user).splitlines()
    return dict(itertools.pairwise(lines))


async def test_it_says_whether_everything_works_and_changes_while_the_owner_looks(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "ROOM_WANTED", 0)
    monkeypatch.setattr(log_state, "LATE_AFTER", timedelta(days=1))
    heartbeats.forget()
    beat = heartbeats.begin("Sending mail", "mail")
    beat.ends(timedelta(hours=1), failed=False)
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "Everything works.", "No try was refused within the last hour.")
    assert facts(user)["Sending mail"].startswith("Idle, last run")
    assert facts(user)["Last Verify"] == "Never"
    beat.has_ended = True
    signals.emit(Changed(None, Topic.HEALTH))
    await sees(user, "1 thing needs you.", "Ended; restart Tallystick")
    await sees(user, "Something that runs beside the pages does not go on.")
    heartbeats.forget()


async def test_the_owner_sees_throttling_happen(house: House, configure: Configure) -> None:
    configure(sign_in_tries_per_installation=5)
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "QUIET")
    for _ in range(7):
        throttling.count(Kind.SIGN_IN)
    await throttling.keep()
    await sees(user, "GUESSING", "7 in an hour; you are told from 5")
    assert facts(user)["Sign-ins refused"].startswith("7 tries since")


async def test_the_public_address_is_asked_at_opening_and_again_at_a_press(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([Reach.REDIRECT, Reach.HERE])

    async def reach(settings: Settings, path: str) -> Reached:
        assert path == routes.HEALTHZ
        return Reached(url="https://codes.example.org", reach=next(answers))

    monkeypatch.setattr(own_address, "reach", reach)
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "It leads on to another address.")
    await press(user, "Check again")
    await sees(user, "It leads here.", "REACHED")


@pytest.mark.parametrize(
    ("seconds", "word", "told"),
    [
        (5, "RIGHT", "The same, within 30 seconds"),
        (40, "DIFFERS", "40 seconds ahead of it"),
        (-3600, "DIFFERS", "1 h behind it"),
    ],
)
def test_the_browsers_clock_is_compared(seconds: int, word: str, told: str) -> None:
    section = Section(title="Clock", word="RIGHT", mood=GOOD)
    shown = clock_with(section, timedelta(seconds=seconds))
    assert (shown.word, shown.facts) == (word, (("Your browser", told),))
    assert clock_with(section, None) is section


@pytest.mark.parametrize("who", ["ada", "sam", "eve"])
async def test_nobody_else_finds_the_page(house: House, who: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.HEALTH)
    await sees(user, "Page not found")
    assert "Mail" not in words(user).splitlines()
