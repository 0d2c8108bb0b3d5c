"""A dry run says what the real try would, and leaves everything as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models import Code
from models.enums import RefusalReason, Status
from services import dry_run
from services.errors import Invalid, NotFound
from services.zones import now
from tests.cast import Cast, Issued, activated, every_row, issue, redeem
from tests.cast import refused as refused_to_holder
from tests.paying import Scene, evaluated, paid, pay, purchased, refused


async def of_each_kind(cast: Cast, scene: Scene) -> list[Issued]:
    """One purchase code of Acme for each way in which it may stand."""
    by, lab = cast.ada_at_acme, scene.made.lab
    tomorrow, yesterday = now() + timedelta(days=1), now() - timedelta(days=1)
    used, revoked, held = [await purchased(by, cast.acme, lab) for _ in range(3)]
    other = (await evaluated(cast.eve, scene.made, workspace=cast.acme))[1]
    paid(await pay(cast.eve, other, used.texts[0]))
    for issued, status in ((revoked, Status.REVOKED), (held, Status.HELD)):
        await Code.filter(batch_id=issued.batch.id).update(status=status)
    return [
        used,
        revoked,
        held,
        await purchased(by, cast.acme, lab, valid_from=tomorrow),
        await purchased(by, cast.acme, lab, expires_at=yesterday),
        await purchased(by, cast.acme, scene.made.certification),
    ]


async def test_it_says_what_paying_would_and_changes_nothing(
    cast: Cast, scene: Scene, many_tries: None
) -> None:
    lab = {"workspace_id": cast.acme.id, "action_id": scene.made.lab.id}
    for issued in await of_each_kind(cast, scene):
        before = await every_row()
        told = await dry_run.would_work(cast.ada_at_acme, issued.codes[0].id, **lab)
        assert await every_row() == before
        outcome = refused(await pay(cast.eve, scene.lab, issued.texts[0]))
        assert (told.reason, told.facts) == (outcome.reason, outcome.facts)
    good = await dry_run.would_work(cast.ada_at_acme, scene.issued.codes[0].id, **lab)
    assert (good.reason, good.workspace) == (None, "Acme Devices")
    assert good.action == "EN18031 - RAL - Lab Assessment"
    paid(await pay(cast.eve, scene.lab, scene.text))


async def test_another_workspace_and_the_redeem_page_are_told_apart(
    cast: Cast, scene: Scene
) -> None:
    code_id = scene.issued.codes[0].id
    there = await dry_run.would_work(
        cast.ada_at_acme,
        code_id,
        workspace_id=cast.northwind.id,
        action_id=scene.made.lab.id,
    )
    assert (there.reason, there.workspace) == (
        RefusalReason.WRONG_WORKSPACE,
        "Northwind Academy",
    )
    redeemed = await dry_run.would_work(cast.ada_at_acme, code_id)
    assert redeemed.reason is RefusalReason.WRONG_KIND
    assert refused_to_holder(await redeem(scene.text)).reason is RefusalReason.WRONG_KIND


async def test_an_access_code_would_be_redeemed_and_pays_for_nothing(
    cast: Cast, scene: Scene
) -> None:
    issued = await issue(cast.ada, cast.month)
    code_id = issued.codes[0].id
    assert (await dry_run.would_work(cast.ada, code_id)).reason is None
    paying = await dry_run.would_work(
        cast.ada, code_id, workspace_id=cast.northwind.id, action_id=scene.made.lab.id
    )
    assert paying.reason is RefusalReason.WRONG_KIND
    activated(await redeem(issued.texts[0]))
    used = await dry_run.would_work(cast.ada, code_id)
    assert used.reason is RefusalReason.ALREADY_ACTIVATED
    assert used.facts.use and used.facts.use.by == "Grace Hopper"


async def test_who_may_ask_about_what(cast: Cast, scene: Scene) -> None:
    code_id, lab = scene.issued.codes[0].id, scene.made.lab.id
    for who in (cast.eve, cast.sam, cast.mallory, cast.ada):  # Ada stands in Northwind here
        with pytest.raises(NotFound):
            await dry_run.would_work(who, code_id)
    for forged in (0, -1, 2**63, 10**9):
        with pytest.raises(NotFound):
            await dry_run.would_work(cast.ada_at_acme, forged)
    for workspace_id, action_id, field in (
        (cast.elsewhere.id, lab, "workspace"),
        (2**63, lab, "workspace"),
        (cast.acme.id, -1, "action"),
        (cast.acme.id, scene.made.self_assessment.id, "action"),
    ):
        with pytest.raises(Invalid) as wrong:
            await dry_run.would_work(
                cast.ada_at_acme, code_id, workspace_id=workspace_id, action_id=action_id
            )
        assert set(wrong.value.fields) == {field}
    owner = replace(cast.olga, workspace_id=cast.acme.id)
    everywhere = await dry_run.would_work(
        owner, code_id, workspace_id=cast.elsewhere.id, action_id=lab
    )
    assert everywhere.reason is RefusalReason.WRONG_WORKSPACE
