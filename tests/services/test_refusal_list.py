"""Whose refusals an admin sees, and what each row says."""

import pytest

from models import Refusal
from models.enums import RefusalReason
from services import code_alphabet, codes, refusal_list, refusals, signals
from services.errors import NotFound
from services.paging import Slice
from services.refusal_list import RefusalFilter
from services.signals import Changed, Topic
from tests.cast import VISITOR, Cast, issue, redeem, refused
from tests.paying import Scene, pay, purchased

ALL = RefusalFilter()
HIT_NONE = RefusalFilter(hit_none=True)


async def test_admins_see_those_of_their_workspace_newest_first(cast: Cast, scene: Scene) -> None:
    issued = await issue(cast.ada, cast.month, 2)
    for code, text in zip(issued.codes, issued.texts, strict=True):
        await codes.revoke(cast.ada, code.id)
        refused(await redeem(text))
    certifying = await purchased(cast.ada_at_acme, cast.acme, scene.made.certification)
    await pay(cast.eve, scene.lab, certifying.texts[0])
    page = await refusal_list.page(cast.ada, ALL, Slice())
    assert (page.total, [row.masked[-4:] for row in page.rows]) == (
        2,
        [issued.codes[1].ending, issued.codes[0].ending],
    )
    [row] = (await refusal_list.page(cast.ada_at_acme, ALL, Slice())).rows
    assert (row.reason, row.opens) == (
        RefusalReason.WRONG_ACTION,
        "EN18031 - RAL - Certification",
    )
    assert (row.by, row.step) == ("Eve Evaluator", "Doorbell X2, Lab Assessment")
    wanted = RefusalFilter(reason=RefusalReason.REVOKED)
    assert (await refusal_list.page(cast.ada_at_acme, wanted, Slice())).total == 0
    assert (await refusal_list.page(cast.ada, wanted, Slice(rows=1, number=2))).total == 2


async def test_what_hit_no_code_is_the_owners_alone(cast: Cast) -> None:
    await redeem(code_alphabet.generate(1)[0])
    await refusals.record_limited(VISITOR.address, None)
    await refusals.record_limited(VISITOR.address, None)
    page = await refusal_list.page(cast.olga, HIT_NONE, Slice())
    assert [(row.reason, row.tries, row.masked) for row in page.rows] == [
        (RefusalReason.LIMITED, 2, ""),
        (RefusalReason.NOT_FOUND, 1, ""),
    ]
    assert (await refusal_list.page(cast.olga, ALL, Slice())).total == 0
    ids = tuple([refusal.id for refusal in await Refusal.all()])
    for wanted in (ALL, HIT_NONE):
        assert (await refusal_list.page(cast.ada, wanted, Slice())).total == 0
        assert await refusal_list.some(cast.ada, wanted, ids) == []


async def test_nobody_else_has_a_list(cast: Cast) -> None:
    for who in (cast.eve, cast.sam, cast.mallory):
        with pytest.raises(NotFound):
            await refusal_list.page(who, ALL, Slice())
        with pytest.raises(NotFound):
            await refusal_list.some(who, ALL, (1,))


async def test_each_refusal_is_announced_to_its_workspace(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await codes.revoke(cast.ada, issued.codes[0].id)
    heard: list[Changed] = []
    stop = signals.subscribe(heard.append)
    refused(await redeem(issued.texts[0]))
    refused(await redeem(code_alphabet.generate(1)[0]))
    await refusals.record_limited(VISITOR.address, None)
    stop()
    ids = [refusal.id for refusal in await Refusal.all().order_by("id")]
    places = (cast.northwind.id, None, None)
    assert [changed for changed in heard if changed.topic is Topic.REFUSALS] == [
        Changed(place, Topic.REFUSALS, (each,)) for place, each in zip(places, ids, strict=True)
    ]
