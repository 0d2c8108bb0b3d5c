"""The owner's list of account mails: no link in any of them, and no other address."""

from nicegui import ui

from models import Message
from models.enums import MessageState, Role
from services import invitations
from tests.cast import Cast
from tests.outgoing import queue
from tests.ui.screens.visit import House, emit, rows, sees, shown, until, words
from ui import routes

PAGE = routes.INSTANCE_MESSAGES


async def invited(cast: Cast) -> tuple[int, str]:
    made = await invitations.invite(cast.ada, email="grace@example.org", role=Role.SALES)
    assert made.token
    return (await Message.get(invitation_id=made.id)).id, made.token


async def test_they_are_listed_as_they_change(house: House) -> None:
    await queue(house.cast, "of-a-workspace@example.org")
    user = await house.visit(house.cast.olga, PAGE)
    await sees(user, "No mail yet")
    message_id, token = await invited(house.cast)
    await until(lambda: [row["id"] for row in rows(user)] == [message_id])
    [row] = rows(user)
    assert row["subject"] == "You are invited to Northwind Academy"
    assert (row["state"], row["resend"], row["redirect"]) == ("QUEUED", False, False)
    assert token not in str(row)


async def test_a_preview_shows_no_link(house: House) -> None:
    message_id, token = await invited(house.cast)
    user = await house.visit(house.cast.olga, PAGE)
    await until(lambda: rows(user))
    await emit(user, "preview", message_id)
    [frame] = [e for e in shown(user) if e.tag == "iframe"]
    path = frame.props["src"]
    assert path == routes.instance_message_preview(message_id)
    page = await user.http_client.get(path)
    assert page.status_code == 200 and "Join Northwind Academy" in page.text
    assert token not in page.text and "/i/" not in page.text.replace("•", "")
    assert "Show codes" not in words(user)


async def test_nobody_else_gets_the_page_or_a_preview(house: House) -> None:
    message_id, _ = await invited(house.cast)
    for who in ("ada", "sam", "eve", "mallory"):
        user = await house.visit(getattr(house.cast, who), PAGE)
        await sees(user, "Page not found")
        answer = await user.http_client.get(routes.instance_message_preview(message_id))
        assert answer.status_code == 404


async def test_a_failed_one_is_tried_again(house: House) -> None:
    message_id, _ = await invited(house.cast)
    await Message.filter(id=message_id).update(state=MessageState.FAILED)
    user = await house.visit(house.cast.olga, PAGE)
    await until(lambda: rows(user) and rows(user)[0]["retry"])
    await emit(user, "retry", message_id)
    await until(lambda: rows(user)[0]["state"] == "QUEUED")
    assert shown(user, ui.table)
