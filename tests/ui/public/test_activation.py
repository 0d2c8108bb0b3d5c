"""Links, codes, receipts and refusals as a holder sees them."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape

import httpx
import pytest

from models import Activation, Code, Refusal
from services import batches, codes, plans, products, sessions, workspaces
from services.batch_form import BatchRequest
from services.code_alphabet import TYPING_MISTAKE
from services.plan_terms import PlanTerms
from tests.ui.door.site import browser, form_of, owner_token, sent, signed_in
from ui import refusal_words, routes

HOLDER = {"name": "Grace Hopper", "email": "grace@example.org"}


@dataclass(frozen=True)
class Issued:
    """Two codes as they are read out, and their links."""

    typed: list[str]
    links: list[str]


@pytest.fixture
async def issued(site: None) -> Issued:
    token = await owner_token()
    owner = await sessions.find(token)
    assert owner
    await workspaces.create(owner, name="Acme Devices", slug="acme", time_zone="Europe/Berlin")
    actor = await sessions.enter(token, "acme")
    product = await products.create(actor, "Welding <basics>")
    plan = await plans.create(actor, product.id, PlanTerms(name="Month", days=30))
    wanted = BatchRequest(product_id=product.id, plan_id=plan.id, quantity="3", key="k" * 32)
    batch = await batches.request(actor, wanted)
    shown = await codes.show(actor, batch.id)
    rows = [await Code.get(id=code.id) for code in shown]
    links = [routes.activation(codes.link_token(row)) for row in rows]
    await codes.revoke(actor, rows[2].id)
    return Issued([code.text for code in shown], links)


@pytest.fixture
async def visitor(issued: Issued) -> AsyncIterator[httpx.AsyncClient]:
    async with browser() as client:
        yield client


def told(page: str) -> str:
    """The page without what belongs to one visit only."""
    return re.sub(r"<code>\w{8}</code>", "<code/>", page)


async def test_opening_a_link_names_the_product_and_changes_nothing(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    for method in ("GET", "HEAD", "GET", "OPTIONS"):
        await visitor.request(method, issued.links[0])
    page = await visitor.get(issued.links[0])
    assert "Welding &lt;basics&gt;" in page.text
    assert "30 days" in page.text
    assert "Acme Devices" in page.text
    assert await Activation.all().count() == 0
    assert await Refusal.all().count() == 0


async def test_pressing_activate_leads_to_a_page_that_may_be_reloaded(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    answer = await sent(visitor, issued.links[0], **HOLDER)
    assert (answer.status_code, answer.headers["location"]) == (303, issued.links[0])
    for _ in range(2):
        page = await visitor.get(issued.links[0])
        assert "You have access to Welding &lt;basics&gt;" in page.text
        assert "grace@example.org" in page.text
    assert await Activation.all().count() == 1


async def test_a_double_click_activates_once_and_both_see_the_result(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    fields = await form_of(visitor, issued.links[0]) | HOLDER
    answers = [await visitor.post(issued.links[0], data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert await Activation.all().count() == 1


async def test_somebody_else_learns_only_that_it_was_activated(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    await sent(visitor, issued.links[0], **HOLDER)
    async with browser() as other:
        page = await other.get(issued.links[0])
        assert "Already activated on" in page.text
        assert "grace" not in page.text.lower()
        wrong = await sent(other, issued.links[0], email="eve@example.org")
        assert wrong.status_code == 422
        assert refusal_words.GENERAL in unescape(wrong.text)
        right = await sent(other, issued.links[0], email="GRACE@example.org")
        assert right.status_code == 303
        assert "You have access to" in (await other.get(issued.links[0])).text


async def test_a_receipt_is_good_for_its_own_link_only(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    await sent(visitor, issued.links[0], **HOLDER)
    assert "You have access" not in (await visitor.get(issued.links[1])).text
    visitor.cookies.set("tallystick-receipt", "WzEsIngiXQ.forged.forged", domain="127.0.0.1")
    assert "You have access" not in (await visitor.get(issued.links[0])).text


@pytest.mark.parametrize("link", ["/a/junk", "/a/" + "A" * 35, "/a/%00", "/a/ÿ"])
async def test_a_link_that_opens_nothing_is_one_general_404(
    visitor: httpx.AsyncClient, issued: Issued, link: str
) -> None:
    junk, revoked = await visitor.get(link), await visitor.get(issued.links[2])
    assert (junk.status_code, revoked.status_code) == (404, 404)
    assert junk.text == revoked.text
    assert (await visitor.post(link, data=HOLDER)).status_code == 404


async def test_a_code_typed_in_any_way_is_redeemed(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    typed = f"  {issued.typed[0].lower().replace('-', ' – ')}\u200b "
    answer = await sent(visitor, routes.REDEEM, code=typed, **HOLDER)
    assert (answer.status_code, answer.headers["location"]) == (303, issued.links[0])
    assert issued.typed[0] not in str(answer.headers)


async def test_a_whole_link_pasted_in_is_redeemed(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    link = f"http://127.0.0.1:8080{issued.links[1]}"
    answer = await sent(visitor, routes.REDEEM, code=link, **HOLDER)
    assert answer.headers["location"] == issued.links[1]


async def test_a_typing_mistake_is_named_and_what_was_typed_stays(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    code = issued.typed[0]
    typed = code[:-1] + ("2" if code[-1] != "2" else "3")
    answer = await sent(visitor, routes.REDEEM, code=typed, **HOLDER)
    assert answer.status_code == 422
    assert TYPING_MISTAKE in answer.text
    assert f'value="{typed}"' in answer.text
    assert 'value="Grace Hopper"' in answer.text
    assert await Refusal.all().count() == 0


async def test_to_a_stranger_every_other_refusal_is_the_same_to_the_byte(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    await sent(visitor, routes.REDEEM, code=issued.typed[0], **HOLDER)
    eve = {"name": "Eve", "email": "eve@example.org"}
    refused = {
        code: await sent(visitor, routes.REDEEM, code=code, **eve)
        for code in (issued.typed[0], issued.typed[2])
    }
    pages = {told(answer.text).replace(code, "") for code, answer in refused.items()}
    assert {answer.status_code for answer in refused.values()} == {422}
    assert len(pages) == 1
    assert refusal_words.GENERAL in unescape(pages.pop())


async def test_a_member_of_the_workspace_is_told_the_reason(issued: Issued) -> None:
    async with await signed_in() as person:
        answer = await sent(person, routes.REDEEM, code=issued.typed[2], **HOLDER)
    assert "This code was revoked on " in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "x" * 10_000},
        {"name": ""},
        {"email": "a@"},
        {"email": "a@example.org\nBcc: b@example.org"},
        {"email": "a" * 300 + "@example.org"},
    ],
)
async def test_a_wrong_entry_is_named_beside_its_field(
    visitor: httpx.AsyncClient, issued: Issued, wrong: dict[str, str]
) -> None:
    entered = {"code": issued.typed[0]} | HOLDER | wrong
    answer = await sent(visitor, routes.REDEEM, **entered)
    [field] = wrong
    assert answer.status_code == 422
    assert f'id="{field}-hint"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert await Activation.all().count() == 0


async def test_a_form_without_its_token_activates_nothing(
    visitor: httpx.AsyncClient, issued: Issued
) -> None:
    answer = await visitor.post(issued.links[0], data=HOLDER)
    assert answer.status_code == 403
    assert 'value="Grace Hopper"' in answer.text
    json = await visitor.post(routes.REDEEM, json={"code": issued.typed[0]} | HOLDER)
    assert json.status_code == 403
    assert await Activation.all().count() == 0
