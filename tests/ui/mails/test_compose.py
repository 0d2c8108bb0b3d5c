"""The words and the look of mails: the same in HTML and in text, whatever a name holds."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from models.enums import MessageKind
from services.letters import (
    CodesLetter,
    ConfirmationLetter,
    DownloadLetter,
    Letter,
    LetterCode,
    OfPlan,
    PersonalLetter,
)
from tests.architecture.source import ROOT
from tests.conftest import Configure
from ui.mails import look, words
from ui.mails.compose import compose

ORIGIN = "https://codes.example.org"
TOKEN = "AAAAAAAAAAEAAT0w8S9mB2Qy3n4yQ1X0eA"
COMMON = {
    "recipient": "grace@example.org",
    "name": "Grace Hopper",
    "workspace": "Northwind Academy",
    "slug": "northwind",
    "zone": "Europe/Berlin",
    "product": "Intro to Statistics",
    "plan": "Month",
    "days": 30,
}
CODES = tuple(
    LetterCode(text=f"NW-BCDF-GHJK-MNPQ-{number:04}", token=f"{TOKEN}{number}")
    for number in range(2222, 2225)
)
LAST = date(2026, 12, 31)
LETTERS: dict[MessageKind, OfPlan] = {
    MessageKind.CODES: CodesLetter(
        **COMMON, codes=CODES, made=3, valid_from=date(2026, 4, 1), expires_on=LAST
    ),
    MessageKind.DOWNLOAD: DownloadLetter(
        **COMMON, made=500, token=TOKEN, until=datetime(2026, 3, 17, 12, tzinfo=UTC)
    ),
    MessageKind.PERSONAL: PersonalLetter(**COMMON, code=CODES[0], valid_from=None, expires_on=LAST),
    MessageKind.CONFIRMATION: ConfirmationLetter(
        **COMMON,
        activated_on=date(2026, 3, 10),
        begins_on=date(2026, 3, 10),
        until=date(2026, 4, 9),
        token=TOKEN,
    ),
}
MASKED: dict[MessageKind, OfPlan] = {
    MessageKind.CODES: replace(
        LETTERS[MessageKind.CODES],
        codes=(LetterCode(text="••••-••••-••••-7KQM", token=None),),
    ),
    MessageKind.DOWNLOAD: replace(LETTERS[MessageKind.DOWNLOAD], token=None),
    MessageKind.PERSONAL: replace(
        LETTERS[MessageKind.PERSONAL], code=LetterCode(text="••••-••••-••••-7KQM", token=None)
    ),
    MessageKind.CONFIRMATION: replace(LETTERS[MessageKind.CONFIRMATION], token=None),
}
EVERY = pytest.mark.parametrize("letter", LETTERS.values(), ids=[kind.name for kind in LETTERS])
HOSTILE = [
    "<b>x</b>",
    "<script>alert(1)</script>",
    '"><img src=https://evil.example/x.png>',
    "' onmouseover='alert(1)",
    "</style></title><!--",
    "<![endif]-->",
    "Bcc: x@y.example",
    "x\r\nBcc: x@y.example",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "W" * 120,
    "مقدمة في الإحصاء",
    "&amp;&lt;",
]
# What stands in a mail without any user's data; whatever else came in with a name.
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td"),
    *("h1", "p", "a", "bdi"),
}


class Page(HTMLParser):
    """Every tag, link and attribute, and the text as a reader sees it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self._skips = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        self._skips = tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._skips = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._skips else data


@pytest.fixture(autouse=True)
def site(configure: Configure, settings: object) -> None:
    configure(public_url=ORIGIN, support_contact="help@example.org")


def links_in(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)


def expected_links(letter: Letter) -> list[str]:
    match letter:
        case CodesLetter():
            return [f"{ORIGIN}/a/{code.token}" for code in letter.codes]
        case DownloadLetter():
            return [f"{ORIGIN}/w/northwind/download/sets/{letter.token}"]
        case PersonalLetter():
            return [f"{ORIGIN}/a/{letter.code.token}"]
        case _:
            return [f"{ORIGIN}/a/{TOKEN}"]


@EVERY
def test_every_link_is_absolute_and_leads_here_in_both_twins(letter: OfPlan) -> None:
    mail = compose(letter)
    links = expected_links(letter)
    assert Page(mail.html).links == [*links, "mailto:help@example.org"]
    more = [f"{ORIGIN}/redeem"] if isinstance(letter, PersonalLetter) else []
    assert links_in(mail.text) == links + more


@EVERY
def test_nothing_runs_and_nothing_is_loaded(letter: OfPlan) -> None:
    mail = compose(letter)
    page = Page(mail.html)
    assert page.tags <= TAGS
    assert not {name for name in page.attributes if name.startswith("on")}
    assert not page.attributes & {"src", "srcset", "background", "action", "data"}
    assert not re.search(r"url\(|@import|@font-face|<link|<base", mail.html, re.IGNORECASE)


@EVERY
def test_it_is_one_column_for_light_and_dark(letter: OfPlan) -> None:
    html = compose(letter).html
    assert html.lstrip().startswith("<!doctype html>")
    assert "max-width:600px" in html
    assert 'name="color-scheme" content="light dark"' in html
    assert "prefers-color-scheme: dark" in html


@EVERY
def test_both_twins_say_the_same(letter: OfPlan) -> None:
    mail, said = compose(letter), words.of(letter)
    page = Page(mail.html).text
    for told in (said.heading, said.lead, *said.below, *said.foot, *(v for _, v in said.facts)):
        assert told in mail.text and told in page
    assert "Sent by Northwind Academy via Tallystick." in mail.text
    assert "Sent by Northwind Academy via Tallystick." in page
    assert "Questions: help@example.org" in mail.text and "Questions: help@example.org" in page
    assert mail.sender == "Northwind Academy"


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (MessageKind.CODES, "3 access codes for Intro to Statistics, 30 days"),
        (MessageKind.DOWNLOAD, "500 access codes for Intro to Statistics are ready to download"),
        (MessageKind.PERSONAL, "Your access code for Intro to Statistics"),
        (MessageKind.CONFIRMATION, "You have access to Intro to Statistics"),
    ],
)
def test_the_subject_says_what_it_brings(kind: MessageKind, subject: str) -> None:
    assert compose(LETTERS[kind]).subject == subject


def test_every_code_stands_in_text_beside_its_own_link() -> None:
    mail = compose(LETTERS[MessageKind.CODES])
    for code in CODES:
        assert code.text in Page(mail.html).text
        assert f"{code.text}\nActivate: {ORIGIN}/a/{code.token}" in mail.text
    personal = compose(LETTERS[MessageKind.PERSONAL])
    assert CODES[0].text in personal.text and CODES[0].text in Page(personal.html).text


def test_one_code_and_a_part_of_a_batch_are_told_as_such() -> None:
    letter = LETTERS[MessageKind.CODES]
    assert isinstance(letter, CodesLetter)
    one = compose(replace(letter, codes=CODES[:1], made=5, days=None))
    assert one.subject == "1 access code for Intro to Statistics, lifetime"
    assert "1 unused code of a batch of 5. It gives access for a lifetime" in one.text


def test_days_and_moments_name_their_zone() -> None:
    assert (
        "31 Dec 2026, the end of that day (Europe/Berlin)"
        in compose(LETTERS[MessageKind.PERSONAL]).text
    )
    assert "17 Mar 2026, 13:00 (Europe/Berlin)" in compose(LETTERS[MessageKind.DOWNLOAD]).text
    assert (
        "Until: 09 Apr 2026, the end of that day (Europe/Berlin)"
        in compose(LETTERS[MessageKind.CONFIRMATION]).text
    )


def test_a_lifetime_has_no_end_and_a_second_code_begins_later() -> None:
    letter = LETTERS[MessageKind.CONFIRMATION]
    assert isinstance(letter, ConfirmationLetter)
    assert "Until: No end date" in compose(replace(letter, until=None, days=None)).text
    later = compose(replace(letter, begins_on=date(2026, 4, 10))).text
    assert "From: 10 Apr 2026, when the access you already had ends" in later


def test_what_uses_a_code_is_said_where_there_is_one() -> None:
    for kind, letter in LETTERS.items():
        is_said = words.HARMLESS in compose(letter).text
        assert is_said is (kind in (MessageKind.CODES, MessageKind.PERSONAL))


@pytest.mark.parametrize("kind", LETTERS)
def test_a_masked_mail_has_no_link_to_follow(kind: MessageKind) -> None:
    mail = compose(MASKED[kind])
    assert Page(mail.html).links == ["mailto:help@example.org"]
    assert TOKEN not in mail.html + mail.text
    assert "••••••••" in mail.text


@pytest.mark.parametrize("name", HOSTILE)
@EVERY
def test_a_name_is_text_whatever_it_holds(letter: OfPlan, name: str) -> None:
    mail = compose(replace(letter, product=name, plan=name, workspace=name, name=name))
    page = Page(mail.html)
    assert page.tags <= TAGS
    assert page.links == [*expected_links(letter), "mailto:help@example.org"]
    assert not {each for each in page.attributes if each.startswith("on")}
    assert name.split("\r")[0] in page.text and name.split("\r")[0] in mail.text
    assert "\n" not in mail.subject and "\r" not in mail.subject
    assert mail.html.count("<![endif]-->") == 2


def test_a_name_read_from_the_right_turns_no_words_round() -> None:
    arabic = "مقدمة"
    said = compose(replace(LETTERS[MessageKind.CODES], product=arabic))
    assert said.subject == f"3 access codes for \u2068{arabic}\u2069, 30 days"
    assert "\u2068" not in compose(LETTERS[MessageKind.CODES]).subject


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("https://help.example.org/x?a=1&b=2", "https://help.example.org/x?a=1&b=2"),
        ("help@example.org", "mailto:help@example.org"),
        ("Room 12, ask for Ida @ noon", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_the_support_contact_is_a_link_only_where_it_is_one(
    configure: Configure, contact: str, link: str
) -> None:
    configure(support_contact=contact)
    mail = compose(LETTERS[MessageKind.CONFIRMATION])
    assert Page(mail.html).links[1:] == ([link] if link else [])
    assert ("Questions:" in mail.text) is bool(contact)


def test_the_largest_set_stays_below_what_mail_programs_cut_off() -> None:
    letter = LETTERS[MessageKind.CODES]
    assert isinstance(letter, CodesLetter)
    codes = [LetterCode(text=f"NWACAD26-BCDF-GHJK-MNPQ-{n:04}", token=TOKEN) for n in range(149)]
    mail = compose(replace(letter, codes=tuple(codes), made=149))
    assert mail.html.count(">Activate</a>") == 149
    assert len(mail.html.encode()) < 100_000


@pytest.mark.parametrize(("theme", "block"), [(look.LIGHT, 0), (look.DARK, 1)])
def test_the_colours_are_those_of_the_product(theme: dict[str, str], block: int) -> None:
    tokens = (ROOT / "ui/static/tokens.css").read_text()
    blocks = re.findall(r"color-scheme: (?:light|dark);\n(.*?)\n\}", tokens, re.DOTALL)
    defined = dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[block]))
    assert theme == {name: defined[name] for name in theme}
