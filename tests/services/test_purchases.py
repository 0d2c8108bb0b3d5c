"""Purchase codes are made, shown, copied and revoked by those who run their workspace."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from models import Batch, Code
from models.enums import AuditAction, CodeKind, RefusalReason, Status
from services import (
    batch_detail,
    batch_jobs,
    batches,
    code_list,
    codes,
    deliveries,
    exports,
    purchased_action,
    purchases,
    redemptions,
    resending,
)
from services.actor import Actor
from services.errors import Conflict, Invalid, NotFound
from services.paging import Slice
from services.zones import now
from tests.cast import Cast, Issued, entries, every_row, issue, redeem, refused
from tests.certification import Certification, asked_for, certification, granted, purchased

PURCHASE = CodeKind.PURCHASE


@pytest.fixture
async def scheme(cast: Cast) -> Certification:
    made = await certification()
    await granted(cast.acme, made.lab, 100)
    return made


async def test_codes_are_of_the_workspace_and_action_that_were_chosen(
    cast: Cast, scheme: Certification
) -> None:
    """Ada stands in Northwind and generates for Acme."""
    issued = await purchased(cast.ada, cast.acme, scheme.lab, 4, note="Doorbells")
    batch = await Batch.get(id=issued.batch.id)
    assert (batch.kind, batch.workspace_id, batch.action_id) == (
        PURCHASE,
        cast.acme.id,
        scheme.lab.id,
    )
    assert (batch.product_id, batch.plan_id, batch.note, batch.ready) == (
        None,
        None,
        "Doorbells",
        4,
    )
    assert {code.status for code in issued.codes} == {Status.READY}
    [entry] = await entries(AuditAction.CREATE)
    assert (entry.workspace_id, entry.person_id) == (cast.acme.id, cast.ada.person_id)
    assert entry.detail == {"purchased_action": scheme.lab.id, "codes": 4}


async def test_the_owner_generates_everywhere(cast: Cast, scheme: Certification) -> None:
    await granted(cast.elsewhere, scheme.lab)
    issued = await purchased(cast.olga, cast.elsewhere, scheme.lab, 1)
    assert issued.batch.workspace_id == cast.elsewhere.id


async def test_the_same_dialog_makes_one_batch_however_often_it_is_sent(
    cast: Cast, scheme: Certification
) -> None:
    asked = asked_for(cast.acme, scheme.lab, 3, key="one dialog")
    made = await asyncio.gather(*[purchases.request(cast.ada, asked) for _ in range(20)])
    assert len({batch.id for batch in made}) == 1
    assert await Code.all().count() == 3


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "", "three", "2001"])
async def test_a_quantity_that_cannot_be_is_refused_beside_its_field(
    cast: Cast, scheme: Certification, quantity: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, quantity))
    assert set(wrong.value.fields) == {"quantity"}
    assert not await Batch.exists()


async def test_what_was_not_chosen_is_asked_for(cast: Cast, scheme: Certification) -> None:
    for name in ("workspace", "action"):
        asked: dict[str, Any] = {
            "workspace_id": cast.acme.id,
            "action_id": scheme.lab.id,
            f"{name}_id": None,
        }
        with pytest.raises(Invalid) as wrong:
            await purchases.request(
                cast.ada, purchases.PurchaseRequest(**asked, quantity="1", key="k")
            )
        assert set(wrong.value.fields) == {name}


async def test_a_workspace_that_the_person_does_not_run_does_not_exist(
    cast: Cast, scheme: Certification
) -> None:
    await granted(cast.elsewhere, scheme.lab)
    before = await every_row()
    for who, workspace in (
        (cast.ada, cast.elsewhere),
        (cast.sam, cast.northwind),
        (cast.sam, cast.acme),
        (cast.eve, cast.acme),
        (cast.mallory, cast.elsewhere),
    ):
        with pytest.raises(NotFound):
            await purchases.request(who, asked_for(workspace, scheme.lab, 1))
    for workspace_id in (0, -3, 999, 2**70):
        asked = purchases.PurchaseRequest(
            workspace_id=workspace_id, action_id=scheme.lab.id, quantity="1", key="k"
        )
        with pytest.raises(NotFound):
            await purchases.request(cast.ada, asked)
    assert await every_row() == before


async def test_an_action_that_cannot_be_bought_is_refused_beside_its_field(
    cast: Cast, scheme: Certification
) -> None:
    with pytest.raises(Invalid, match="is free"):
        await purchases.request(cast.ada, asked_for(cast.acme, scheme.self_assessment, 1))
    scheme.lab.archived_at = now()
    await scheme.lab.save()
    with pytest.raises(Invalid) as wrong:
        await purchases.request(cast.ada, asked_for(cast.acme, scheme.lab, 1))
    assert wrong.value.fields == {"action": "This action was archived. Choose another one."}
    for action_id in (0, 999, 2**70):
        asked = purchases.PurchaseRequest(
            workspace_id=cast.acme.id, action_id=action_id, quantity="1", key="k"
        )
        with pytest.raises(NotFound):
            await purchases.request(cast.ada, asked)


async def test_actions_to_choose_are_the_paid_ones_that_are_not_archived(
    cast: Cast, scheme: Certification
) -> None:
    names = await purchased_action.to_choose(cast.ada)
    assert names == {
        scheme.lab.id: "EN18031 - RAL - Lab Assessment",
        scheme.certification.id: "EN18031 - RAL - Certification",
    }
    scheme.scheme.archived_at = now()
    await scheme.scheme.save()
    assert await purchased_action.to_choose(cast.ada) == {}
    assert await purchased_action.to_choose(cast.ada, archived=True) == names
    for who in (cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await purchased_action.to_choose(who)


async def test_a_code_is_shown_and_copied_where_it_belongs(
    cast: Cast, scheme: Certification
) -> None:
    issued = await purchased(cast.ada, cast.acme, scheme.lab, 2)
    [code, _] = issued.codes
    assert (await purchases.show(cast.ada, code.id)).text == issued.texts[0]
    assert (await purchases.copy(cast.ada, code.id)).text == issued.texts[0]
    [shown, copied] = [*await entries(AuditAction.SHOW), *await entries(AuditAction.COPY)]
    for entry in (shown, copied):
        assert (entry.workspace_id, entry.target_id) == (cast.acme.id, code.id)
        assert entry.detail == {"ending": code.ending}


async def test_a_code_is_revoked_once(cast: Cast, scheme: Certification) -> None:
    issued = await purchased(cast.ada, cast.acme, scheme.lab, 2)
    done = await asyncio.gather(
        *[purchases.revoke(cast.ada, issued.codes[0].id) for _ in range(8)],
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in done) == ["Conflict"] * 7 + ["NoneType"]
    batch = await Batch.get(id=issued.batch.id)
    assert (batch.ready, batch.revoked) == (1, 1)
    assert len(await entries(AuditAction.REVOKE)) == 1


Act = Callable[[Issued, Actor], Awaitable[object]]
OF_A_CODE: dict[str, Act] = {
    "show": lambda issued, who: purchases.show(who, issued.codes[0].id),
    "copy": lambda issued, who: purchases.copy(who, issued.codes[0].id),
    "revoke": lambda issued, who: purchases.revoke(who, issued.codes[0].id),
}


@pytest.mark.parametrize("act", OF_A_CODE.values(), ids=OF_A_CODE)
async def test_codes_of_others_and_access_codes_do_not_exist(
    cast: Cast, scheme: Certification, act: Act
) -> None:
    await granted(cast.elsewhere, scheme.lab)
    mine = await purchased(cast.ada, cast.acme, scheme.lab, 1)
    foreign = await purchased(cast.olga, cast.elsewhere, scheme.lab, 1)
    access = await issue(cast.ada, cast.month, 1)
    before = await every_row()
    for who in (cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await act(mine, who)
    for issued in (foreign, access):
        with pytest.raises(NotFound):
            await act(issued, cast.ada)
    assert await every_row() == before
    await act(mine, cast.ada)
    assert await every_row() != before


OF_A_BATCH: dict[str, Callable[[Actor, Issued], Awaitable[object]]] = {
    "own": lambda who, made: batches.own(who, made.batch.id),
    "read": lambda who, made: batch_detail.read(who, made.batch.id),
    "list": lambda who, made: code_list.page(who, made.batch.id, code_list.CodeFilter(), Slice()),
    "patch": lambda who, made: code_list.some(who, made.batch.id, (made.codes[0].id,)),
    "show": lambda who, made: codes.show(who, made.batch.id),
    "copy": lambda who, made: codes.copy(who, made.batch.id, (made.codes[0].id,)),
    "revoke": lambda who, made: codes.revoke(who, made.codes[0].id),
    "revoke unused": lambda who, made: batches.revoke_unused(who, made.batch.id),
    "cancel": lambda who, made: batch_jobs.cancel(who, made.batch.id),
    "retry": lambda who, made: batch_jobs.retry(who, made.batch.id),
    "csv": lambda who, made: exports.batch_csv(who, made.batch.id, address=""),
    "xlsx": lambda who, made: exports.batch_xlsx(who, made.batch.id, address=""),
    "deliver": lambda who, made: deliveries.look(who, made.batch.id, "a@example.org"),
    "send": lambda who, made: deliveries.send(who, made.batch.id, (), "k"),
    "count": lambda who, made: resending.counts(who, made.batch.id),
    "resend failed": lambda who, made: resending.to_all_failed(who, made.batch.id),
    "resend waiting": lambda who, made: resending.to_all_waiting(who, made.batch.id),
}


@pytest.mark.parametrize("act", OF_A_BATCH.values(), ids=OF_A_BATCH)
async def test_what_is_for_access_codes_finds_no_purchase_codes(
    cast: Cast, scheme: Certification, act: Callable[[Actor, Issued], Awaitable[object]]
) -> None:
    made = await purchased(cast.ada, cast.acme, scheme.lab)
    before = await every_row()
    with pytest.raises(NotFound):
        await act(cast.ada_at_acme, made)
    assert await every_row() == before


@pytest.mark.parametrize(
    "act",
    [
        lambda who, made: batch_detail.read(who, made.batch.id, kind=PURCHASE),
        lambda who, made: codes.show(who, made.batch.id, kind=PURCHASE),
        lambda who, made: codes.copy(who, made.batch.id, kind=PURCHASE),
        lambda who, made: codes.revoke(who, made.codes[0].id, kind=PURCHASE),
        lambda who, made: batches.revoke_unused(who, made.batch.id, kind=PURCHASE),
        lambda who, made: batch_jobs.cancel(who, made.batch.id, kind=PURCHASE),
        lambda who, made: batch_jobs.retry(who, made.batch.id, kind=PURCHASE),
    ],
)
async def test_what_is_for_purchase_codes_finds_no_access_codes_nor_others(
    cast: Cast, scheme: Certification, act: Callable[[Actor, Issued], Awaitable[object]]
) -> None:
    access = await issue(cast.ada, cast.month)
    made = await purchased(cast.ada, cast.acme, scheme.lab)
    before = await every_row()
    with pytest.raises(NotFound):
        await act(cast.ada, access)
    for who in (cast.sam, cast.eve, cast.mallory, cast.ada):  # Ada stands in Northwind
        with pytest.raises(NotFound):
            await act(who, made)
    assert await every_row() == before


async def test_a_purchase_code_opens_nothing_on_public_pages(
    cast: Cast, scheme: Certification
) -> None:
    made = await purchased(cast.ada, cast.acme, scheme.lab)
    assert refused(await redeem(made.texts[0])).reason is RefusalReason.WRONG_KIND
    assert await redemptions.open_link(made.tokens[0]) is None
    assert (await Code.get(id=made.codes[0].id)).status is Status.READY


async def test_a_used_code_cannot_be_revoked(cast: Cast, scheme: Certification) -> None:
    made = await purchased(cast.ada, cast.acme, scheme.lab, 1)
    await Code.filter(id=made.codes[0].id).update(status=Status.ACTIVATED)
    with pytest.raises(Conflict, match="ACTIVATED and stays so"):
        await purchases.revoke(cast.ada, made.codes[0].id)
