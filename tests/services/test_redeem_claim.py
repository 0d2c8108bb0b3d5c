"""The one UPDATE that makes a code somebody's."""

from models import Code
from services import code_alphabet, vault
from services.database import unit_of_work
from services.links import Link
from services.redeem_claim import claim, find
from services.tries import Candidate, Try
from tests.cast import VISITOR, Cast, issue


@unit_of_work
async def claimed(attempt: Try, code: Candidate) -> bool:
    [won] = await claim([(attempt, code)])
    return won


async def test_a_link_withdrawn_meanwhile_stops_its_own_visitor_only(cast: Cast) -> None:
    issued = await issue(cast.sam, cast.month, 1)
    who = {"name": "Grace", "email": "grace@example.org", "visitor": VISITOR}
    body = code_alphabet.read(issued.texts[0]).body
    typed = Try(**who, digests=vault.digests(body))
    linked = Try(**who, link=Link(issued.codes[0].id, 1))
    by_text, by_link = await find([typed, linked])
    assert by_text and by_link
    await Code.filter(id=by_text.id).update(link_version=2)  # sent to another address
    assert not await claimed(linked, by_link)
    assert await claimed(typed, by_text)
