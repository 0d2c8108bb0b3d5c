"""The words of the installation's mails: the same in both twins, links only where they belong."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from models.enums import MessageKind, Role
from services.account_letters import (
    AccountLetter,
    HeadLetter,
    InvitationLetter,
    ResetLetter,
    WarningLetter,
)
from tests.conftest import Configure
from tests.ui.mails.test_compose import HOSTILE, ORIGIN, TAGS, TOKEN, Page, links_in
from ui.mails import account_words, words
from ui.mails.compose import compose

AT = datetime(2026, 3, 17, 12, tzinfo=UTC)
INVITATION = InvitationLetter(
    recipient="grace@example.org",
    workspace="Northwind Academy",
    role=Role.SALES,
    inviter="Ada Admin",
    token=TOKEN,
    until=AT,
    zone="Europe/Berlin",
)
RESET = ResetLetter(recipient="grace@example.org", token=TOKEN, until=AT)
WARNING = WarningLetter(recipient="grace@example.org", at=AT)
HEAD = HeadLetter(
    recipient="logs@example.org",
    seq=1234,
    at=AT,
    digest="d" * 64,
    public_key="k" * 64,
    signature="s" * 128,
)
LETTERS: dict[MessageKind, AccountLetter] = {
    MessageKind.INVITATION: INVITATION,
    MessageKind.RESET: RESET,
    MessageKind.WARNING: WARNING,
    MessageKind.HEAD: HEAD,
}
LINKS = {
    MessageKind.INVITATION: [f"{ORIGIN}/i/{TOKEN}"],
    MessageKind.RESET: [f"{ORIGIN}/reset/{TOKEN}"],
}
EVERY = pytest.mark.parametrize("kind", LETTERS)


@pytest.fixture(autouse=True)
def site(configure: Configure, settings: object) -> None:
    configure(public_url=ORIGIN, support_contact="help@example.org")


@EVERY
def test_links_lead_here_and_stand_in_both_twins(kind: MessageKind) -> None:
    mail = compose(LETTERS[kind])
    links = LINKS.get(kind, [])
    assert Page(mail.html).links == [*links, "mailto:help@example.org"]
    plain = [f"{ORIGIN}/reset"] if kind is MessageKind.WARNING else []
    assert links_in(mail.text) == links + plain


@EVERY
def test_both_twins_say_the_same_as_the_list(kind: MessageKind) -> None:
    mail, said = compose(LETTERS[kind]), account_words.of(LETTERS[kind])
    page = Page(mail.html)
    assert page.tags <= TAGS
    for told in (said.heading, said.lead, *said.below, *said.foot, *(v for _, v in said.facts)):
        assert told in mail.text and told in page.text
    of = "Northwind Academy" if kind is MessageKind.INVITATION else ""
    assert mail.subject == account_words.subject(kind, of)


def test_an_invitation_says_who_invites_as_what_and_until_when() -> None:
    mail = compose(INVITATION)
    assert mail.subject == "You are invited to Northwind Academy"
    assert "Ada Admin invites you as Sales." in mail.text
    assert "until 17 Mar 2026, 13:00 (Europe/Berlin)" in mail.text
    assert "Sent by Northwind Academy via Tallystick." in mail.text


def test_an_owner_is_invited_by_the_program_itself() -> None:
    mail = compose(replace(INVITATION, workspace=None, role=Role.OWNER, zone="UTC"))
    assert (mail.subject, mail.sender) == ("You are invited to Tallystick", "Tallystick")
    assert "Sent by Tallystick." in mail.text and "via Tallystick" not in mail.html


def test_a_warning_says_what_to_do_if_it_was_somebody_else() -> None:
    mail = compose(WARNING)
    assert "17 Mar 2026, 12:00 (UTC)" in mail.text
    assert f"It was not you? Set a new password at {ORIGIN}/reset now," in mail.text


def test_a_head_stands_there_as_text() -> None:
    text = compose(HEAD).text
    for line in ("Number: 1234", f"Digest: {'d' * 64}", f"Signature: {'s' * 128}"):
        assert line in text
    assert f"Signed at: {AT.isoformat()}" in text


@pytest.mark.parametrize("letter", [INVITATION, RESET], ids=["invitation", "reset"])
def test_masked_it_leads_nowhere(letter: InvitationLetter | ResetLetter) -> None:
    mail = compose(replace(letter, token=None))
    assert Page(mail.html).links == ["mailto:help@example.org"]
    assert TOKEN not in mail.html + mail.text and words.HIDDEN in mail.text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_whatever_it_holds(name: str) -> None:
    mail = compose(replace(INVITATION, workspace=name, inviter=name))
    page = Page(mail.html)
    assert page.tags <= TAGS
    assert page.links == [f"{ORIGIN}/i/{TOKEN}", "mailto:help@example.org"]
    assert "\n" not in mail.subject and "\r" not in mail.subject
