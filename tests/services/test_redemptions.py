"""A code is used by what people type, by its link, and looked at without being used."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from models import Activation, Batch, Budget, Code, Refusal
from models.enums import RefusalReason
from services import batches, codes, redemptions
from services.answers import Activated
from services.code_alphabet import ALPHABET
from services.errors import Invalid
from services.redemptions import LinkPage, Receipt
from tests.cast import (
    VISITOR,
    Cast,
    Issued,
    activated,
    every_row,
    holder_of,
    issue,
    redeem,
    redeem_link,
    refused,
)
from tests.conftest import Configure

SITE = "http://127.0.0.1:8080"
FULL_WIDTH = {ord(letter): ord(letter) + 0xFEE0 for letter in ALPHABET + "-"}


@pytest.fixture
async def issued(clock: time_machine.Traveller, cast: Cast) -> Issued:
    return await issue(cast.ada, cast.month, prefix="SPRING")


TYPED = {
    "as printed": lambda text, token: text,
    "lower case": lambda text, token: text.lower(),
    "without its prefix": lambda text, token: text.removeprefix("SPRING-"),
    "with another prefix": lambda text, token: f"AC-{text.removeprefix('SPRING-')}",
    "without dashes": lambda text, token: text.replace("-", ""),
    "with spaces": lambda text, token: "  " + text.replace("-", " ") + "\t\n",
    "a space in each place": lambda text, token: " ".join(text),
    "long dashes": lambda text, token: text.replace("-", "—"),
    "every other dash": lambda text, token: text.replace("-", "–‑−"),
    "dots": lambda text, token: text.replace("-", ".") + ".",
    "quotes": lambda text, token: f"„{text}”",
    "zero width": lambda text, token: "\ufeff" + "\u200b".join(text) + "\u2060",
    "full width": lambda text, token: text.translate(FULL_WIDTH),
    "its link": lambda text, token: f"{SITE}/a/{token}",
    "its link with more": lambda text, token: f" <{SITE.upper()}/a/{token}/?utm=1#top> ",
    "its link in a sentence": lambda text, token: f"Click {SITE}/a/{token} to begin",
}


@pytest.mark.parametrize("form", TYPED)
async def test_a_code_works_however_it_is_typed(issued: Issued, form: str) -> None:
    typed = TYPED[form](issued.texts[0], issued.tokens[0])
    outcome = activated(await redeem(typed))
    assert await Activation.filter(code_id=issued.codes[0].id, id=outcome.activation_id).exists()


@pytest.mark.parametrize("place", range(16))
async def test_one_wrong_letter_is_told_as_a_typing_mistake_and_costs_nothing(
    issued: Issued, place: int
) -> None:
    body = issued.bodies[0]
    other = ALPHABET[(ALPHABET.index(body[place]) + 1) % 28]
    before = await every_row()
    outcome = refused(await redeem(body[:place] + other + body[place + 1 :]))
    assert (outcome.reason, outcome.reference) == (RefusalReason.MISTYPED, None)
    assert await every_row() == before


async def test_two_swapped_letters_are_told_as_a_typing_mistake(issued: Issued) -> None:
    body = issued.bodies[0]
    for place in range(15):
        swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
        if swapped != body:
            assert refused(await redeem(swapped)).reason is RefusalReason.MISTYPED


@pytest.mark.parametrize("letter", ["0", "O", "1", "I", "L", "A", "É", "🔥", "\u0130"])
async def test_a_letter_no_code_has_is_told_as_a_typing_mistake(
    issued: Issued, letter: str
) -> None:
    typed = letter + issued.bodies[0][1:]
    assert refused(await redeem(typed)).reason is RefusalReason.MISTYPED


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "----",
        "\u200b",
        "X" * 15,
        "X" * 65,
        "X" * 10_000,
        "-" * 513,
        "2345",
        "\x00",
        "\ud800",
    ],
)
async def test_what_cannot_be_a_code_is_an_error_of_the_form_and_no_try(
    issued: Issued, typed: str
) -> None:
    before = await every_row()
    with pytest.raises(Invalid) as wrong:
        await redeem(typed)
    assert set(wrong.value.fields) == {"code"}
    assert await every_row() == before


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a@",
        "@example.org",
        "grace",
        "grace@example.org\r\nBcc: all@example.org",
        "grace\n@example.org",
        "grace@example.org, ada@example.org",
        "Grace <grace@example.org>",
        f"{'g' * 288}@example.org",
        "grace@exam\x00ple.org",
        "grace@example..org",
        "\ud800@example.org",
    ],
)
async def test_a_wrong_address_is_told_next_to_its_field_and_uses_nothing(
    issued: Issued, email: str
) -> None:
    before = await every_row()
    with pytest.raises(Invalid) as wrong:
        await redeem(issued.texts[0], email=email)
    assert set(wrong.value.fields) == {"email"}
    assert await every_row() == before


@pytest.mark.parametrize("name", ["", " \t ", "G" * 121, "Grace\x00", "\ud800"])
async def test_a_wrong_name_is_told_next_to_its_field(issued: Issued, name: str) -> None:
    with pytest.raises(Invalid) as wrong:
        await redeem(issued.texts[0], name=name)
    assert set(wrong.value.fields) == {"name"}


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=1+1", "🔥", "Zoë O’Neil-Łaska"])
async def test_a_holders_name_is_kept_as_it_was_entered(issued: Issued, name: str) -> None:
    outcome = activated(await redeem(issued.texts[0], name=f"  {name}\r\n"))
    assert (await holder_of(outcome.activation_id)).name == name


async def test_a_link_activates_its_own_code(issued: Issued) -> None:
    outcome = activated(await redeem_link(issued.tokens[1]))
    assert outcome.token == issued.tokens[1]
    assert (await Activation.get()).code_id == issued.codes[1].id


async def test_opening_a_link_a_thousand_times_changes_no_row(cast: Cast, issued: Issued) -> None:
    activated(await redeem(issued.texts[1]))
    await codes.revoke(cast.ada, issued.codes[2].id)
    before = await every_row()
    for _ in range(250):
        for token in (*issued.tokens, "junk"):
            await redemptions.open_link(token)
    assert await every_row() == before


async def test_the_page_of_a_link_names_product_terms_and_workspace(issued: Issued) -> None:
    page = await redemptions.open_link(issued.tokens[0])
    assert page == LinkPage(
        product="Welding basics", days=30, workspace="Northwind Academy", activated_on=None
    )


async def test_the_page_of_a_used_link_tells_the_day_and_nothing_of_the_holder(
    clock: time_machine.Traveller, issued: Issued
) -> None:
    clock.move_to(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))  # past midnight in Berlin
    activated(await redeem(issued.texts[0]))
    page = await redemptions.open_link(issued.tokens[0])
    assert page
    assert page.activated_on == date(2026, 3, 11)
    assert "Grace" not in repr(page)
    assert "grace" not in repr(page)


async def dead_links(cast: Cast, clock: time_machine.Traveller) -> list[str]:
    """Revoked, withdrawn, of a batch that is not done, too early, expired, never made."""
    revoked, withdrawn, unfinished = [await issue(cast.ada, cast.month, 1) for _ in range(3)]
    early = await issue(cast.ada, cast.month, 1, valid_from=date(2026, 4, 1))
    expired = await issue(cast.ada, cast.month, 1, expires_on=date(2026, 3, 10))
    tokens = [made.tokens[0] for made in (revoked, withdrawn, unfinished, early, expired)]
    await batches.revoke_unused(cast.ada, revoked.batch.id)
    await Code.filter(id=withdrawn.codes[0].id).update(link_version=2)
    await Batch.filter(id=unfinished.batch.id).update(state="RUNNING")
    clock.shift(timedelta(days=1))
    return [*tokens, "", "junk", "x" * 35, tokens[0][:-1], "\ud800" * 35, "é" * 35]


async def test_a_link_that_opens_nothing_shows_nothing(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    pages = [await redemptions.open_link(token) for token in await dead_links(cast, clock)]
    assert pages == [None] * 11


async def test_a_link_that_opens_nothing_activates_nothing(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    for token in [*(await dead_links(cast, clock))[:-6], "junk", "x" * 35]:
        assert refused(await redeem_link(token)).reference
    assert not await Activation.exists()


async def test_the_receipt_says_what_the_holder_has_and_until_when(issued: Issued) -> None:
    outcome = activated(await redeem(issued.texts[0]))
    assert await redemptions.receipt(outcome.activation_id, outcome.token) == Receipt(
        holder="Grace Hopper",
        email="grace@example.org",
        product="Welding basics",
        plan="Month",
        days=30,
        workspace="Northwind Academy",
        activated_on=date(2026, 3, 10),
        begins_on=date(2026, 3, 10),
        until=date(2026, 4, 9),
        zone="Europe/Berlin",
    )


async def test_a_receipt_needs_the_link_of_its_own_code(issued: Issued) -> None:
    first = activated(await redeem(issued.texts[0]))
    second = activated(await redeem(issued.texts[1], email="other@example.org"))
    for number, token in (
        (first.activation_id, second.token),
        (second.activation_id, first.token),
        (first.activation_id, "junk"),
        (10**12, first.token),
    ):
        assert await redemptions.receipt(number, token) is None


async def test_the_holder_recalls_the_receipt_by_the_address_without_case(
    issued: Issued,
) -> None:
    first = activated(await redeem(issued.texts[0], email="Grace@example.org"))
    recalled = await redemptions.recall(issued.tokens[0], " gRACE@Example.ORG", VISITOR)
    assert recalled == Activated(activation_id=first.activation_id, token=issued.tokens[0])


async def test_recalling_changes_nothing(issued: Issued) -> None:
    activated(await redeem(issued.texts[0]))
    before = await every_row()
    await redemptions.recall(issued.tokens[0], "grace@example.org", VISITOR)
    assert await every_row() == before


async def test_another_address_recalls_nothing_and_is_recorded(issued: Issued) -> None:
    activated(await redeem(issued.texts[0]))
    outcome = refused(await redemptions.recall(issued.tokens[0], "mallory@example.org", VISITOR))
    refusal = await Refusal.get(reference=outcome.reference)
    assert (refusal.reason, refusal.code_id) == (RefusalReason.WRONG_PERSON, issued.codes[0].id)
    assert not outcome.to_member


@pytest.mark.parametrize("token", ["junk", "x" * 35])
async def test_a_link_nobody_made_recalls_nothing(issued: Issued, token: str) -> None:
    assert refused(await redemptions.recall(token, "grace@example.org", VISITOR)).reference


async def test_recalling_an_unused_code_does_not_use_it(issued: Issued) -> None:
    assert refused(await redemptions.recall(issued.tokens[0], "grace@example.org", VISITOR))
    assert not await Activation.exists()


async def test_addresses_are_not_tried_out_on_a_used_link(
    issued: Issued, configure: Configure
) -> None:
    activated(await redeem(issued.texts[0]))
    configure(redeem_tries_per_address=3)
    tries = [
        refused(await redemptions.recall(issued.tokens[0], f"{n}@example.org", VISITOR)).reason
        for n in range(5)
    ]
    assert tries == [RefusalReason.WRONG_PERSON] * 3 + [RefusalReason.LIMITED] * 2
    assert await Budget.all().count() <= 1
