"""The owner's Health page: how mail goes, live, and the mail that tries it."""

import pytest

from models import Message
from models.enums import MessageKind
from services import mail_pause, mailing, messages, outbox, outbox_answers, outbox_claims
from services.database import unit_of_work
from services.outbox import Draft
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


@pytest.mark.parametrize("who", ["ada", "sam", "eve"])
async def test_nobody_else_finds_the_page(house: House, who: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.HEALTH)
    await sees(user, "Page not found")
    assert "Mail" not in words(user).splitlines()
