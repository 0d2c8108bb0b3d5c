"""The public certificate lookup: the whole number or nothing, and never more than is public."""

import re

import httpx
import pytest

from models import Evaluation
from services import certificates, code_alphabet
from services.settings import Settings
from tests.cast import Cast, assemble, every_row
from tests.conftest import forget_process
from tests.evaluating import begin, pass_all
from tests.ui.door.site import browser, opened
from ui import routes
from ui.door import headers


@pytest.fixture
async def number(site: None, cheap_passwords: None) -> str:
    """Of a product certified in Acme."""
    cast = await assemble()
    evaluation = await pass_all(cast.eve, await begin(cast.eve, product="Doorbell <X2>"))
    assert evaluation.certificate
    return evaluation.certificate


def shown(page: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.text.partition("<main>")[2]).split())


async def test_the_number_typed_in_any_way_leads_to_its_page(number: str) -> None:
    async with browser() as visitor:
        form = await visitor.get(routes.CERTIFICATES)
        assert 'name="number"' in form.text
        for typed in (number, number.lower(), f" {number[:4]} {number[4:9]}–{number[9:]}. "):
            answer = await visitor.get(routes.CERTIFICATES, params={"number": typed})
            assert answer.status_code == 303
            assert answer.headers["location"] == routes.certificate(code_alphabet.display(number))
        page = await visitor.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Doorbell &lt;X2&gt;" in page.text
    for fact in ("DB-200", "2.4.1", "EN18031 - RAL", "Acme Devices", code_alphabet.display(number)):
        assert fact in page.text
    assert page.headers["content-security-policy"] == headers.PUBLIC
    assert page.headers["cache-control"] == "no-store"


async def test_it_shows_nothing_of_who_worked_on_it(number: str) -> None:
    evaluation = await Evaluation.get(certificate=number)
    async with browser() as visitor:
        page = await visitor.get(routes.certificate(number))
    for hidden in ("Eve", "Ada", "@", "Self Assessment", "evaluations", f"/{evaluation.id}"):
        assert hidden not in shown(page)


@pytest.mark.parametrize("cut", [slice(0, 15), slice(1, 16), slice(12, 16), slice(0, 4)])
async def test_a_fragment_of_a_number_says_nothing(number: str, cut: slice) -> None:
    async with browser() as visitor:
        answer = await visitor.get(routes.certificate(number[cut]))
        asked = await visitor.get(routes.CERTIFICATES, params={"number": number[cut]})
    for page in (answer, asked):
        assert page.status_code == 422
        assert certificates.WHOLE in page.text
        assert "Doorbell" not in page.text


async def test_a_wrong_number_gets_one_sentence_and_a_mistake_is_named(number: str) -> None:
    [other] = code_alphabet.generate(1)
    mistyped = number[:-1] + ("2" if number[-1] != "2" else "3")
    async with browser() as visitor:
        answer = await visitor.get(routes.certificate(other))
        assert (answer.status_code, certificates.UNKNOWN in answer.text) == (404, True)
        answer = await visitor.get(routes.certificate(mistyped))
        assert (answer.status_code, certificates.MISTYPED in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["x" * 41, "a b", "%00", "..%2f..", "a_b", "a/b", "<script>"])
async def test_what_cannot_be_a_number_is_no_page(number: str, path: str) -> None:
    async with browser() as visitor:
        assert (await visitor.get(f"{routes.CERTIFICATES}/{path}")).status_code == 404


async def test_what_was_typed_comes_back_as_text(number: str) -> None:
    typed = '"><script>alert(1)</script>'
    async with browser() as visitor:
        page = await visitor.get(routes.CERTIFICATES, params={"number": typed})
    assert "<script>" not in page.text
    assert "&#34;&gt;&lt;script&gt;" in page.text


async def test_guessing_ends_in_a_wait_and_head_changes_nothing(
    db: Settings, monkeypatch: pytest.MonkeyPatch, cheap_passwords: None
) -> None:
    async with opened(monkeypatch, redeem_tries_per_address="5"):
        forget_process()
        cast: Cast = await assemble()
        done = await pass_all(cast.eve, await begin(cast.eve))
        before = await every_row()
        async with browser() as visitor, browser("203.0.113.77") as other:
            for method in ("GET", "HEAD", "GET", "HEAD", "GET"):
                [wrong] = code_alphabet.generate(1)
                assert (await visitor.request(method, routes.certificate(wrong))).status_code == 404
            answer = await visitor.get(routes.certificate(done.certificate or ""))
            assert answer.status_code == 429
            assert answer.headers["retry-after"] == "600"
            assert "Try again in 10 minutes." in answer.text
            assert (await other.get(routes.certificate(done.certificate or ""))).status_code == 200
        assert await every_row() == before


async def test_only_looking_is_possible_there(number: str) -> None:
    async with browser() as visitor:
        for path in (routes.CERTIFICATES, routes.certificate(number)):
            assert (await visitor.post(path, data={"number": number})).status_code == 405


async def test_other_public_pages_lead_there(site: None) -> None:
    async with browser() as visitor:
        page = await visitor.get(routes.REDEEM)
    assert f'href="{routes.CERTIFICATES}"' in page.text
