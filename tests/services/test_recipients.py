"""Whom a pasted list or a file names: every person once, and nobody who is not in it."""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services import emails, recipients
from services.errors import Invalid
from services.recipients import NO_ADDRESS, NO_COLUMN, TOO_LARGE, Recipient, Recipients, Wrong
from tests.conftest import Configure

pytestmark = pytest.mark.usefixtures("settings")

GRACE, ADA = "grace@example.org", "ada@example.org"


def addresses(found: Recipients) -> list[str]:
    return [person.email for person in found.people]


def named(found: Recipients) -> list[tuple[str, str]]:
    return [(person.email, person.name) for person in found.people]


def refusal(entered: str | bytes) -> str:
    with pytest.raises(Invalid) as wrong:
        recipients.read(entered, field="people")
    assert set(wrong.value.fields) == {"people"}
    return wrong.value.message


def bad(entered: str | bytes) -> list[tuple[int, str]]:
    """The lines nobody is written to because of, and why; nobody else was found."""
    found = recipients.read(entered)
    assert not found.people
    return [(wrong.line, wrong.reason) for wrong in found.wrong]


# Pasted lists


@pytest.mark.parametrize(
    "text",
    [
        f"{GRACE}\n{ADA}",
        f"{GRACE}\r\n{ADA}\r\n",
        f"{GRACE}\r{ADA}",
        f"{GRACE},{ADA}",
        f"{GRACE}; {ADA};",
        f" ,;\n\n  {GRACE} ,,\t{ADA}\t\n\n",
        f"<{GRACE}>, <{ADA}>",
        f"\ufeff{GRACE}\n{ADA}",
    ],
)
def test_addresses_are_parted_by_lines_commas_or_semicolons(text: str) -> None:
    found = recipients.read(text)
    assert addresses(found) == [GRACE, ADA]
    assert not found.wrong and not found.twice


def test_a_name_may_stand_before_the_address() -> None:
    text = (
        f'Grace Hopper <{GRACE}>\n"Lovelace, Ada; Countess" <{ADA}>, plain@example.org;'
        '"She said \\"hi\\"" <hi@example.org>\nO"Brien <brien@example.org>'
    )
    assert named(recipients.read(text)) == [
        (GRACE, "Grace Hopper"),
        (ADA, "Lovelace, Ada; Countess"),
        ("plain@example.org", ""),
        ("hi@example.org", 'She said "hi"'),
        ("brien@example.org", 'O"Brien'),
    ]


def test_people_stand_in_the_order_entered_with_their_lines() -> None:
    assert recipients.read(f"\n{ADA}\n\n{GRACE}, b@example.org").people == (
        Recipient(ADA, "", 2),
        Recipient(GRACE, "", 4),
        Recipient("b@example.org", "", 4),
    )


def test_of_an_address_entered_twice_in_any_case_the_first_counts() -> None:
    found = recipients.read(f"Grace <{GRACE}>\n{ADA}\nHopper <GRACE@Example.ORG>")
    assert named(found) == [(GRACE, "Grace"), (ADA, "")]
    assert found.twice == (Recipient("GRACE@example.org", "Hopper", 3),)


def test_a_domain_may_be_written_in_any_script() -> None:
    text = "grace@bücher.example\nада@пример.рф\ngrace@BÜCHER.example"
    found = recipients.read(text)
    assert addresses(found) == ["grace@bücher.example", "ада@пример.рф"]
    assert len(found.twice) == 1


@pytest.mark.parametrize(
    "text",
    [
        "grace",
        "grace@example",
        "grace@@example.org",
        f"{GRACE} {ADA}",
        f"{GRACE}{ADA}",
        f"{GRACE}|{ADA}",
        f"{GRACE}\t{ADA}",
        f"<{GRACE}> <{ADA}>",
        f"{GRACE} <{ADA}>x",
        f"<{GRACE}",
        f"{GRACE}\x00",
        f"\x00{GRACE}",
        "gra\x00ce@example.org",
        f"{GRACE}\x0b",
        f"{GRACE}\x0c{ADA}",
        f"{GRACE}\x85",
        f"{GRACE}\u2028{ADA}",
        f"Grace <{GRACE}\x1f>",
        "\u202egrace@example.org",
        "\ud800@example.org",
        "mailto:grace@example.org?bcc=ada@example.org",
        f"{'g' * 300}@example.org",
    ],
)
def test_what_is_not_one_address_is_nobody(text: str) -> None:
    assert bad(f"\n{text}\n") == [(2, NO_ADDRESS)]


def test_what_is_wrong_is_shown_by_its_beginning_without_what_cannot_be_shown() -> None:
    found = recipients.read(f"gra\x00ce at example\n{'x' * 5000}")
    assert [wrong.text for wrong in found.wrong] == ["gra\ufffdce at example", "x" * 60]


def test_a_mistake_hides_nobody_beside_it() -> None:
    found = recipients.read(f"{GRACE}\nnobody\n{ADA}, also nobody")
    assert addresses(found) == [GRACE, ADA]
    assert found.wrong == (
        Wrong(2, "nobody", NO_ADDRESS),
        Wrong(3, "also nobody", NO_ADDRESS),
    )


def test_an_open_quotation_mark_swallows_no_other_line() -> None:
    found = recipients.read(f'"Grace <{GRACE}>\n{ADA}')
    assert addresses(found)[-1] == ADA


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("n" * 121, "the name: At most 120 characters; this has 121."),
        ("Gra\x00ce", "the name: It holds a character that cannot be shown. Type it again."),
        ("Eve\u202egpj.exe", "the name: It holds a character that cannot be shown. Type it again."),
        ("\u3164", "the name: Enter a name; this has nothing that can be seen."),
    ],
)
def test_a_name_that_cannot_stand_is_told_with_its_line(name: str, reason: str) -> None:
    assert bad(f"{name} <{GRACE}>") == [(1, reason)]
    assert bad(f"email,name\n{GRACE},{name}\n") == [(2, reason)]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\n", "\ufeff"])
def test_nothing_typed_is_nobody_and_no_error(text: str) -> None:
    assert recipients.read(text) == Recipients()


# Files


@pytest.mark.parametrize("head", ["email", "E-Mail", " MAIL ", "Email_address", '"email"'])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_column_is_found_by_its_name_wherever_it_stands(head: str, delimiter: str) -> None:
    rows = (("number", head, "Name"), ("7", GRACE, "Grace Hopper"), ("8", ADA, ""))
    content = "\r\n".join(delimiter.join(row) for row in rows).encode()
    assert named(recipients.read(content)) == [(GRACE, "Grace Hopper"), (ADA, "")]


def test_a_column_called_number_and_any_other_is_ignored() -> None:
    content = (
        b"number,email,code,name\n"
        b"4,grace@example.org,=1+1,Grace\n"
        b"eve@example.org,ada@example.org,<script>,Ada\n"
    )
    found = recipients.read(content)
    assert named(found) == [(GRACE, "Grace"), (ADA, "Ada")]
    assert not found.wrong


def test_cells_may_be_quoted_and_go_over_several_lines() -> None:
    content = (
        b'name;email\r\n"Hopper; ""Amazing""\r\nGrace";grace@example.org\r\n'
        b"\r\n;;\r\nAda;ada@example.org\r\nnobody;\r\nshort\r\n"
    )
    found = recipients.read(content)
    assert found.people == (
        Recipient(GRACE, 'Hopper; "Amazing" Grace', 2),
        Recipient(ADA, "Ada", 6),
    )
    assert [wrong.line for wrong in found.wrong] == [7, 8]


@pytest.mark.parametrize(
    "cell",
    [
        f"{GRACE}\n{ADA}",
        f"{GRACE}\r\nBcc: {ADA}",
        f"{GRACE}\n",
        f"\n{GRACE}",
        f"{GRACE},{ADA}",
        f"{GRACE}; {ADA}",
        f"Grace <{GRACE}>",
        f"{GRACE}\x00",
        "",
    ],
)
def test_a_cell_that_is_not_one_address_is_nobody(cell: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("email", "name"), (cell, "Eve")])
    assert bad(text.getvalue().encode()) == [(2, NO_ADDRESS)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
)
def test_a_file_is_read_as_spreadsheets_write_it(encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    text = f"{mark}email;name\r\n{GRACE};Zoë Müller\r\n"
    assert named(recipients.read(text.encode(encoding))) == [(GRACE, "Zoë Müller")]


def test_what_only_windows_can_write_is_read_too() -> None:
    assert named(recipients.read(f"email,name\n{GRACE},“Zoë” – €\n".encode("cp1252"))) == [
        (GRACE, "“Zoë” – €")
    ]
    assert named(recipients.read(b"email,name\ngrace@example.org,\x81\xe9\n")) == []


def test_a_file_of_plain_addresses_needs_no_head() -> None:
    assert addresses(recipients.read(f"{GRACE}\r\n{ADA}\r\n".encode())) == [GRACE, ADA]


@pytest.mark.parametrize(
    "content",
    [
        b"name,number\nGrace,12\n",
        b"number\n12\n13\n",
        b"address;name\ngrace@example.org;Grace\n",
        b"name\tnumber\nGrace\t12",
    ],
)
def test_a_table_without_the_column_says_what_is_missing(content: bytes) -> None:
    assert refusal(content) == NO_COLUMN


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"  \r\n", b",,\n;;\n", b"\xef\xbb\xbf", b"\xff\xfe"]
)
def test_an_empty_file_says_that_it_is(content: bytes) -> None:
    assert refusal(content) == "The file is empty."


def test_a_file_with_its_head_only_says_so() -> None:
    assert refusal(b"email,name\r\n\r\n") == "There is no line below the first."


def test_a_quotation_mark_that_swallows_the_rest_is_told_with_its_line() -> None:
    content = f'email,name\n{ADA},Ada\n{GRACE},"Grace\nb@example.org,B\n'
    assert refusal(content.encode()) == "Line 3 has a quotation mark that is not closed."
    assert refusal(content) == "Line 3 has a quotation mark that is not closed."


def test_a_workbook_is_told_to_be_saved_as_csv() -> None:
    assert "CSV" in refusal(b"PK\x03\x04\x14\x00\x06\x00")


def test_no_picture_names_anybody() -> None:
    content = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    assert {reason for _, reason in bad(content)} == {NO_ADDRESS}


# How much


def test_a_megabyte_is_read_and_one_byte_more_is_refused() -> None:
    line = f"{GRACE}\n".encode()
    whole = line + b" " * (recipients.INPUT_MAX - len(line))
    assert addresses(recipients.read(whole)) == [GRACE]
    assert refusal(whole + b" ") == TOO_LARGE
    assert refusal("é" * (recipients.INPUT_MAX // 2 + 1)) == "This is more than 1 MB of text."


def test_more_people_than_a_batch_may_have_are_refused_with_the_number(
    configure: Configure,
) -> None:
    configure(batch_max=3, bulk_from=2)
    lines = [f"person{number}@example.org" for number in range(4)]
    assert len(recipients.read("\n".join(lines[:3] * 4)).people) == 3
    assert refusal("\n".join(lines)) == "At most 3 people at once."
    assert refusal("nobody\n" * 16) == "At most 3 people at once."


def test_two_thousand_people_are_read() -> None:
    lines = "\n".join(f"Person {number} <person{number}@example.org>" for number in range(2000))
    found = recipients.read(lines)
    assert len(found.people) == 2000
    assert found.people[-1] == Recipient("person1999@example.org", "Person 1999", 2000)


@pytest.mark.parametrize("piece", ['"', '"\\', ',"', "<", "a<", "@ ", "\\", '"a" ', "\x00", "é"])
def test_a_megabyte_of_anything_ends(piece: str) -> None:
    text = piece * (recipients.INPUT_MAX // len(piece.encode()))
    for entered in (text, text.encode(), f"email\n{text}"[: recipients.INPUT_MAX // 2]):
        try:
            assert not recipients.read(entered).people
        except Invalid as refused:
            assert refused.message


# Whatever comes

PEOPLE = [GRACE, ADA, "grace@bücher.example", "Grace", "email", "name", "number", "É"]
SIGNS = [*'@<>",;\t\n\r \\\x00\x0b\u2028\ufeff\ud800', "\r\n"]
PIECES = st.sampled_from([*PEOPLE, *SIGNS])
WRITTEN = st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join)


def known(found: Recipients) -> list[Recipient]:
    return [*found.people, *found.twice]


@given(WRITTEN)
@example('email\n"')
@example("email,\n\r")
@example('"email"\n""\n')
def test_no_text_breaks_it_or_makes_an_address_up(text: str) -> None:
    try:
        found = recipients.read(text)
    except Invalid as refused:
        assert set(refused.fields) == {recipients.FIELD}
        return
    keys = [emails.key(person.email) for person in found.people]
    assert len(set(keys)) == len(keys)
    for person in known(found):
        assert emails.read(person.email) == person.email
        assert "\n" not in person.email + person.name
        line = re.split(r"\r\n|\r|\n", text)[person.line - 1 :]
        assert person.email.casefold() in "\n".join(line).casefold()


@given(st.binary(max_size=200) | WRITTEN.map(lambda text: text.encode("utf-16", "replace")))
def test_no_bytes_break_it(content: bytes) -> None:
    try:
        found = recipients.read(content)
    except Invalid:
        return
    assert all(emails.read(person.email) == person.email for person in known(found))


@given(st.lists(st.tuples(st.sampled_from([GRACE, ADA, "b@example.org"]), st.text(max_size=9))))
def test_what_a_spreadsheet_writes_is_what_is_read(rows: list[tuple[str, str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("Name", "Email"), *((name, email) for email, name in rows)])
    if not rows:
        assert "no line" in refusal(text.getvalue())
        return
    found = recipients.read(text.getvalue())
    refused = {wrong.text for wrong in found.wrong}
    assert {email for email, _ in rows} == set(addresses(found)) | refused
    assert len(known(found)) + len(found.wrong) == len(rows)
