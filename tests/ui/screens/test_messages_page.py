"""The Messages page: whose mails it lists, what a preview shows, and what can be done."""

import time
from typing import Any

import pytest
import time_machine
from nicegui import ui
from nicegui.testing import User

from models import AuditEntry, Installation, Membership, Message
from models.enums import AuditAction, MessageKind, MessageState, Role
from services import outbox
from services.actor import Actor
from services.database import unit_of_work
from services.outbox import Draft
from services.zones import now
from tests.cast import Issued, issue, redeem
from tests.conftest import Configure
from tests.ui.screens.visit import (
    House,
    buttons,
    control,
    emit,
    enter,
    error_at,
    press,
    rows,
    sees,
    shown,
    until,
    words,
)
from ui import routes
from ui.door import headers

PAGE = routes.messages("northwind")


@unit_of_work
async def put(by: Actor, made: Issued, **more: Any) -> int:
    entered = {
        "kind": MessageKind.PERSONAL,
        "workspace_id": made.batch.workspace_id,
        "recipient": "grace@example.org",
        "name": "Grace <b>Hopper</b>",
        "batch_id": made.batch.id,
        "code_id": made.codes[0].id,
        "requested_by_id": by.person_id,
    }
    return (await outbox.put([Draft(**entered | more)]))[0]


async def opened(house: House, who: str) -> User:
    user = await house.visit(getattr(house.cast, who), PAGE)
    await until(lambda: rows(user))
    return user


def ids(user: User) -> list[int]:
    return [row["id"] for row in rows(user)]


def frame_of(user: User) -> str:
    [frame] = [e for e in shown(user) if e.tag == "iframe"]
    assert frame.props["sandbox"] == ""
    return frame.props["src"]


def plain_text(user: User) -> str:
    [text] = [e for e in shown(user) if e.tag == "pre"]
    return text.text


async def test_a_row_tells_what_became_of_a_mail_and_holds_no_code(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    message_id = await put(house.cast.sam, made)
    await Message.filter(id=message_id).update(
        state=MessageState.RETRYING, tries=2, last_answer="451 <b>later</b>"
    )
    user = await opened(house, "sam")
    [row] = rows(user)
    assert (row["state"], row["tone"], row["tries"]) == ("RETRYING", "expired", 2)
    assert (row["email"], row["name"]) == ("grace@example.org", "Grace <b>Hopper</b>")
    assert row["subject"] == "Your access code for Welding basics"
    assert row["answer"] == "451 <b>later</b>"
    assert row["then"].startswith("next try ")
    secrets = (*made.texts, *made.bodies, *made.tokens)
    assert not any(secret in str(rows(user)) for secret in secrets)


async def test_sales_people_see_their_own_and_admins_all(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    of_ada, of_sam = await put(house.cast.ada, made), await put(house.cast.sam, made)
    installation = await put(house.cast.olga, made)
    await Message.filter(id=installation).update(workspace_id=None)
    await put(house.cast.mallory, await issue(house.cast.mallory, house.cast.foreign_plan))
    assert ids(await opened(house, "sam")) == [of_sam]
    for who in ("ada", "olga"):
        assert ids(await opened(house, who)) == [of_sam, of_ada]


@pytest.mark.parametrize(("who", "slug"), [("eve", "acme"), ("mallory", "northwind")])
async def test_for_others_there_is_no_such_page(house: House, who: str, slug: str) -> None:
    user = await house.visit(getattr(house.cast, who), routes.messages(slug))
    await sees(user, "Page not found")


async def test_without_mail_and_without_a_match_it_says_so(house: House) -> None:
    user = await house.visit(house.cast.sam, PAGE)
    await sees(user, "No mail yet")
    message_id = await put(house.cast.sam, await issue(house.cast.sam, house.cast.month))
    await until(lambda: ids(user) == [message_id])
    [search] = shown(user, ui.input)
    with user:
        search.set_value("nobody")
    await sees(user, "No message matches")


async def test_why_mail_waits_is_said_at_the_top(house: House, configure: Configure) -> None:
    await put(house.cast.sam, await issue(house.cast.sam, house.cast.month))
    user = await opened(house, "sam")
    await sees(user, "Mail waits here until it can leave. No mail server is set up yet.")
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    assert "Mail waits" not in words(await opened(house, "sam"))
    await Installation.all().update(mail_paused_at=now(), mail_problem="535 Not you")
    ada = await opened(house, "ada")
    await sees(ada, "The mail server refuses the mails of this program.")
    assert "535" not in words(ada)  # the answer is the owner's


async def test_rows_change_and_new_mails_come_in_while_one_looks(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    first = await put(house.cast.sam, made, kind=MessageKind.CODES, code_id=None)
    await Message.filter(id=first).update(state=MessageState.FAILED)
    sam, ada = await opened(house, "sam"), await opened(house, "ada")
    await emit(sam, "retry", first)
    for user in (sam, ada):
        await until(lambda user=user: rows(user)[0]["state"] == "QUEUED")
        assert not rows(user)[0]["retry"]
    await redeem(made.texts[0])
    await until(lambda: len(rows(ada)) == 2)
    assert rows(ada)[0]["subject"] == "You have access to Welding basics"
    assert ids(sam) == [first]  # a confirmation is nobody's own


async def test_new_mails_are_counted_where_they_would_move_what_one_reads(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    await put(house.cast.sam, made)
    user = await opened(house, "sam")
    with user:
        control(user, "All statuses").set_value("FAILED")
    await sees(user, "No message matches")
    newest = [await put(house.cast.sam, made) for _ in range(3)][-1]
    await sees(user, "3 new")
    await press(user, "3 new")
    await until(lambda: len(rows(user)) == 4 and ids(user)[0] == newest)
    assert control(user, "All statuses").value == ""


async def test_a_preview_is_the_very_mail_masked(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    message_id = await put(house.cast.sam, made)
    user = await opened(house, "sam")
    await emit(user, "preview", message_id)
    await sees(user, "Your access code for Welding basics", "Northwind Academy")
    assert frame_of(user) == routes.message_preview("northwind", message_id)
    answer = await user.http_client.get(frame_of(user))
    assert answer.headers["content-security-policy"] == headers.PREVIEW
    assert "sandbox" in headers.PREVIEW and "script" not in headers.PREVIEW
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["cache-control"] == "no-store"
    assert f"••••-••••-••••-{made.codes[0].ending}" in answer.text
    await press(user, "As text")
    for told in (answer.text, plain_text(user)):
        assert not any(secret in told for secret in (*made.texts, *made.tokens))
    assert await AuditEntry.filter(action=AuditAction.SHOW).count() == 0


async def test_show_codes_shows_it_in_full_and_is_audited_once(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    message_id = await put(house.cast.sam, made)
    user = await opened(house, "sam")
    await emit(user, "preview", message_id)
    await press(user, "Show codes")
    await sees(user, "Hide codes")
    full = await user.http_client.get(frame_of(user))
    assert made.texts[0] in full.text and made.tokens[0] in full.text
    await press(user, "As text")
    assert made.texts[0] in plain_text(user)
    [entry] = await AuditEntry.filter(action=AuditAction.SHOW)
    assert (entry.resource, entry.target_id) == ("MESSAGE", message_id)
    await press(user, "Hide codes")
    assert made.texts[0] not in plain_text(user)


async def test_a_ticket_is_for_one_message_one_session_and_a_minute(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    message_id, other = await put(house.cast.sam, made), await put(house.cast.sam, made)
    user, elsewhere = await opened(house, "sam"), await opened(house, "sam")
    await emit(user, "preview", message_id)
    await press(user, "Show codes")
    await sees(user, "Hide codes")
    path = frame_of(user)
    of_other = path.replace(f"/{message_id}?", f"/{other}?")
    for client, asked in (
        (elsewhere.http_client, path),
        (user.http_client, of_other),
        (user.http_client, path[:-3] + "abc"),
        (user.http_client, routes.message_preview("northwind", message_id, "junk")),
    ):
        answer = await client.get(asked)
        assert answer.status_code == 200 and made.texts[0] not in answer.text
    with time_machine.travel(time.time() + 62):
        assert made.texts[0] not in (await user.http_client.get(path)).text
    assert made.texts[0] in (await user.http_client.get(path)).text


async def test_the_mail_of_others_is_in_no_list_no_preview_and_no_frame(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    of_ada = await put(house.cast.ada, made)
    foreign = await put(
        house.cast.mallory, await issue(house.cast.mallory, house.cast.foreign_plan)
    )
    of_nobody = await put(house.cast.olga, made)
    await Message.filter(id=of_nobody).update(workspace_id=None)
    await put(house.cast.sam, made)
    user = await opened(house, "sam")
    for message_id in (of_ada, foreign, of_nobody, 10**9):
        await emit(user, "preview", message_id)
        await sees(user, "This message does not exist, or not for you.")
        await emit(user, "retry", message_id)
        answer = await user.http_client.get(routes.message_preview("northwind", message_id))
        assert answer.status_code == 404
        assert answer.headers["content-security-policy"] == headers.PUBLIC
        assert answer.headers["x-frame-options"] == "DENY"
    for junk in ("1", None, {"id": 1}, [1]):
        await emit(user, "preview", junk)
    assert not [e for e in shown(user) if e.tag == "iframe"]
    answer = await user.http_client.get(routes.message_preview("elsewhere", foreign))
    assert answer.status_code == 404


async def test_the_frame_asks_who_is_signed_in(house: House) -> None:
    message_id = await put(house.cast.sam, await issue(house.cast.sam, house.cast.month))
    user = await opened(house, "sam")
    path = routes.message_preview("northwind", message_id)
    user.http_client.cookies.clear()
    answer = await user.http_client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.login(path))


async def test_what_has_nothing_to_say_any_more_is_told_instead(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    message_id = await put(house.cast.sam, made)
    await redeem(made.texts[0])
    user = await opened(house, "sam")
    await emit(user, "preview", message_id)
    await sees(user, "There is nothing to send any more. This code is activated already.")
    assert not [e for e in shown(user) if e.tag == "iframe"]
    assert "Show codes" not in buttons(user)


async def test_a_right_that_ended_shows_nothing_more(house: House) -> None:
    made = await issue(house.cast.sam, house.cast.month)
    message_id = await put(house.cast.sam, made)
    user = await opened(house, "sam")
    await emit(user, "preview", message_id)
    await sees(user, "Show codes")
    await Membership.filter(role=Role.SALES, workspace_id=house.cast.northwind.id).delete()
    await press(user, "Show codes")
    assert await AuditEntry.filter(action=AuditAction.SHOW).count() == 0
    answer = await user.http_client.get(routes.message_preview("northwind", message_id))
    assert answer.status_code == 404


async def test_a_forgotten_recipient_is_told_as_such(house: House) -> None:
    message_id = await put(house.cast.sam, await issue(house.cast.sam, house.cast.month))
    await Message.filter(id=message_id).update(
        state=MessageState.FAILED, recipient="", recipient_key="", recipient_name=""
    )
    user = await opened(house, "sam")
    assert (rows(user)[0]["email"], rows(user)[0]["retry"]) == ("", False)
    await emit(user, "preview", message_id)
    await sees(user, "forgotten")


async def test_sending_to_another_address_asks_for_it_and_shows_what_is_wrong_there(
    house: House,
) -> None:
    message_id = await put(house.cast.sam, await issue(house.cast.sam, house.cast.month))
    await Message.filter(id=message_id).update(state=MessageState.SENT)
    user = await opened(house, "sam")
    assert (rows(user)[0]["resend"], rows(user)[0]["redirect"]) == (True, True)
    await emit(user, "resend", message_id)
    await sees(user, "Queued again, to the same address.")
    again = await Message.exclude(id=message_id).get()
    await Message.filter(id=again.id).update(state=MessageState.SENT)
    await emit(user, "redirect", again.id)
    await sees(user, "The links in the earlier mail stop working.")
    enter(user, "E-mail", "nobody")
    await press(user, "Send")
    await until(lambda: "not an e-mail address" in error_at(user, "E-mail"))
    enter(user, "E-mail", "ida@example.org")
    await press(user, "Send")
    await until(lambda: "ida@example.org" in {row["email"] for row in rows(user)})
