"""A forgotten password: whom a link is mailed to, what it does once, and what nobody learns."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from models import Message, PasswordReset, Session, User
from models.enums import AuditAction, MessageKind, MessageState
from services import accounts, links, password_resets, sessions, signals
from services.errors import Conflict, Gone, Invalid, Limited
from services.links import Purpose
from services.sessions import SignIn
from services.signals import Changed, Topic
from tests.cast import PASSWORD, Cast, entries, every_row
from tests.conftest import Configure

NEW = "copper kettle orchard 17"
SAM = "sam@example.org"
HERE = "192.0.2.1"


@pytest.fixture(autouse=True)
def mail_goes_out(db: object, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(smtp_host="127.0.0.1", mail_from="codes@example.org")
    monkeypatch.setattr(password_resets, "ANSWER_AFTER", 0)


async def ask(email: str = SAM, address: str = HERE) -> None:
    await password_resets.ask(email, address=address)


async def link() -> str:
    """The token of the newest mail."""
    message = await Message.filter(kind=MessageKind.RESET).order_by("-id").first()
    assert message
    assert message.reset_id
    return links.make(Purpose.RESET, message.reset_id)


async def sign_in(password: str, email: str = SAM) -> str:
    return await sessions.sign_in(SignIn(email=email, password=password, address=HERE))


async def test_a_link_is_mailed_to_the_address_of_the_account(cast: Cast) -> None:
    await ask(" SAM@example.ORG ")
    [message] = await Message.all()
    assert (message.kind, message.workspace_id) == (MessageKind.RESET, None)
    assert (message.recipient, message.state) == (SAM, MessageState.QUEUED)
    assert await password_resets.open_link(await link()) == password_resets.ResetPage(SAM)


async def test_the_new_password_works_and_everything_before_it_does_not(cast: Cast) -> None:
    before = await sign_in(PASSWORD)
    await ask()
    await password_resets.use(await link(), NEW)
    assert await sessions.find(before) is None
    assert await sign_in(NEW)
    with pytest.raises(Invalid):
        await sign_in(PASSWORD)


async def test_a_used_reset_warns_its_person_and_stands_in_the_log(cast: Cast) -> None:
    await ask()
    await password_resets.use(await link(), NEW)
    [entry] = await entries(AuditAction.RESET)
    assert (entry.target_id, entry.person_id) == (cast.sam.user_id, cast.sam.person_id)
    warning = await Message.get(kind=MessageKind.WARNING)
    assert (warning.user_id, warning.workspace_id) == (cast.sam.user_id, None)
    assert warning.recipient == SAM


async def test_open_tabs_hear_that_their_session_ended(cast: Cast) -> None:
    await sign_in(PASSWORD)
    session = await Session.get()
    await ask()
    heard: list[Changed] = []
    stop = signals.subscribe(heard.append)
    await password_resets.use(await link(), NEW)
    stop()
    assert Changed(None, Topic.SESSIONS, (session.id,)) in heard


async def test_a_link_works_once(cast: Cast) -> None:
    await ask()
    token = await link()
    await password_resets.use(token, NEW)
    assert await password_resets.open_link(token) is None
    with pytest.raises(Gone):
        await password_resets.use(token, "walnut bicycle thunder 8")
    assert await sign_in(NEW)


async def test_of_many_presses_at_once_one_sets_the_password(cast: Cast) -> None:
    await ask()
    token = await link()
    tried = [f"copper kettle orchard {number}" for number in range(8)]
    answers = await asyncio.gather(
        *(password_resets.use(token, password) for password in tried), return_exceptions=True
    )
    won = [tried[number] for number, answer in enumerate(answers) if answer is None]
    assert [type(answer) for answer in answers if answer] == [Gone] * 7
    assert await sign_in(won[0])
    assert len(await entries(AuditAction.RESET)) == 1
    assert await Message.filter(kind=MessageKind.WARNING).count() == 1


async def test_opening_a_link_changes_nothing(cast: Cast) -> None:
    await ask()
    token, before = await link(), await every_row()
    for _ in range(20):
        await password_resets.open_link(token)
    assert await every_row() == before


async def test_a_link_is_too_old_after_an_hour(clock: time_machine.Traveller, cast: Cast) -> None:
    await ask()
    token = await link()
    clock.shift(timedelta(minutes=59, seconds=59))
    assert await password_resets.open_link(token)
    clock.shift(timedelta(seconds=1))
    assert await password_resets.open_link(token) is None
    with pytest.raises(Gone):
        await password_resets.use(token, NEW)


async def test_a_new_link_makes_the_earlier_ones_useless(cast: Cast) -> None:
    await ask()
    first = await link()
    await ask()
    assert await password_resets.open_link(first) is None
    assert await password_resets.open_link(await link())


async def test_of_links_asked_for_at_once_one_is_good(cast: Cast) -> None:
    await asyncio.gather(*(ask(address=f"198.51.100.{number}") for number in range(8)))
    tokens = [links.make(Purpose.RESET, reset.id) for reset in await PasswordReset.all()]
    opened = [await password_resets.open_link(token) for token in tokens]
    assert (len(opened), opened.count(None)) == (8, 7)


@pytest.mark.parametrize("change", ["password", "reset on the machine", "disabled"])
async def test_a_link_ends_with_the_password_or_the_account_it_was_for(
    cast: Cast, change: str
) -> None:
    await ask()
    token = await link()
    if change == "password":
        await accounts.change_password(cast.sam, current=PASSWORD, password=NEW)
    elif change == "disabled":
        await User.filter(id=cast.sam.user_id).update(disabled_at=sessions.now())
    else:
        await accounts.reset_password(SAM, NEW)
    assert await password_resets.open_link(token) is None
    with pytest.raises(Gone):
        await password_resets.use(token, "walnut bicycle thunder 8")


@pytest.mark.parametrize("email", ["nobody@example.org", "disabled@example.org"])
async def test_nobody_else_gets_anything_and_the_answer_is_the_same(cast: Cast, email: str) -> None:
    if email.startswith("disabled"):
        sam = User.filter(id=cast.sam.user_id)
        await sam.update(email_key=email, disabled_at=sessions.now())
    await ask(email)
    assert not await Message.exists()
    assert not await PasswordReset.exists()


async def test_the_answer_comes_after_the_same_time_whatever_was_done(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password_resets, "ANSWER_AFTER", 0.3)
    clock = asyncio.get_running_loop().time
    took: list[float] = []
    for email in (SAM, "nobody@example.org"):
        began = clock()
        await ask(email)
        took.append(clock() - began)
    assert min(took) >= 0.3


@pytest.mark.parametrize("email", ["", "sam", "sam@example.org\r\nBcc: all@example.org"])
async def test_what_is_no_address_is_told(cast: Cast, email: str) -> None:
    with pytest.raises(Invalid) as wrong:
        await ask(email)
    assert set(wrong.value.fields) == {"email"}


@pytest.mark.parametrize("email", [SAM, "nobody@example.org"])
async def test_one_account_is_mailed_ten_times_an_hour(
    clock: time_machine.Traveller, cast: Cast, email: str
) -> None:
    for number in range(10):
        await ask(email, address=f"198.51.100.{number}")
    with pytest.raises(Limited) as limited:
        await ask(email)
    assert limited.value.minutes == 60
    clock.shift(timedelta(hours=1))
    await ask(email)


async def test_one_address_asks_twenty_times_an_hour(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    for number in range(20):
        await ask(f"somebody{number}@example.org")
    with pytest.raises(Limited):
        await ask("another@example.org")
    await ask("another@example.org", address="192.0.2.2")


async def test_without_a_mail_server_nothing_is_queued_that_could_go_out_much_later(
    cast: Cast, configure: Configure
) -> None:
    configure(smtp_host="")
    with pytest.raises(Conflict, match="Ask the owner"):
        await ask()
    assert not await Message.exists()


async def test_a_weak_password_is_refused_and_the_link_is_not_used_up(cast: Cast) -> None:
    await ask()
    with pytest.raises(Invalid) as wrong:
        await password_resets.use(await link(), SAM)
    assert set(wrong.value.fields) == {"password"}
    await password_resets.use(await link(), NEW)


@pytest.mark.parametrize("token", ["", "junk", "A" * 35, "ü" * 35])
async def test_a_link_nobody_made_opens_nothing(cast: Cast, token: str) -> None:
    await ask()
    assert await password_resets.open_link(token) is None
    with pytest.raises(Gone):
        await password_resets.use(token, NEW)


async def test_a_link_of_another_kind_or_version_opens_nothing(cast: Cast) -> None:
    await ask()
    reset = await PasswordReset.get()
    for token in (
        links.make(Purpose.INVITE, reset.id),
        links.make(Purpose.RESET, reset.id, 2),
        links.make(Purpose.RESET, reset.id + 1),
    ):
        assert await password_resets.open_link(token) is None


async def test_a_newer_link_ends_the_mail_of_the_earlier_one_and_troubles_nobody(
    cast: Cast,
) -> None:
    await ask()
    await ask()
    earlier, newer = await Message.filter(kind=MessageKind.RESET).order_by("id")
    assert (earlier.state, newer.state) == (MessageState.FAILED, MessageState.QUEUED)
    assert "replaced" in earlier.last_answer
    assert not await entries(AuditAction.FAIL)
