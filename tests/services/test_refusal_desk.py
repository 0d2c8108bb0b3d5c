"""The desk tells the whole story of a code to its workspace's admins, and says who looked."""

from dataclasses import replace

import pytest

from models import Activation, AuditEntry, Budget, Code, Refusal
from models.enums import AuditAction, RefusalReason, Status
from services import access_changes, code_alphabet, codes, refusal_desk, refusals
from services.actor import Actor
from services.code_story import Story, Turn
from services.errors import Invalid, Limited, NotFound
from services.refusal_list import ELSEWHERE
from tests.cast import VISITOR, Cast, activated, entries, every_row, issue, redeem, refused
from tests.conftest import Configure
from tests.paying import ADDRESS, Scene, evaluated, paid, pay, purchased
from tests.paying import refused as refused_payment

UNKNOWN = {"code": refusal_desk.UNKNOWN}


async def look_up(actor: Actor, typed: str) -> Story:
    return await refusal_desk.look_up(actor, typed, address=ADDRESS)


def turns(story: Story) -> list[Turn]:
    return [event.turn for event in story.events]


async def test_the_story_of_a_purchase_code_stands_in_order(cast: Cast, scene: Scene) -> None:
    other = (await evaluated(cast.eve, scene.made, "Camera C1", workspace=cast.acme))[1]
    paid(await pay(cast.eve, scene.lab, scene.text))
    await pay(cast.ada_at_acme, other, scene.text)
    story = await look_up(cast.ada_at_acme, f" {scene.text.lower()} ")
    assert (story.code_id, story.status) == (scene.issued.codes[0].id, Status.ACTIVATED)
    assert story.opens == "EN18031 - RAL - Lab Assessment"
    issued, used, refusal = story.events
    assert (issued.turn, issued.by, issued.about) == (Turn.ISSUED, "Ada Admin", "A-2026-03")
    assert (used.turn, used.by) == (Turn.ACTIVATED, "Eve Evaluator")
    assert used.about == "Doorbell X2, Lab Assessment"
    assert (refusal.turn, refusal.by, refusal.address) == (Turn.REFUSED, "Ada Admin", ADDRESS)
    assert refusal.reason is RefusalReason.ALREADY_ACTIVATED
    assert refusal.about == "Camera C1, Lab Assessment"


async def test_the_story_of_an_access_code_has_mails_uses_undone_and_revoked(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month, notify="team@example.org")
    use = activated(await redeem(issued.texts[0]))
    await access_changes.undo_activation(cast.ada, use.activation_id, "Wrong person")
    await codes.revoke(cast.ada, issued.codes[0].id)
    refused(await redeem(issued.texts[0]))
    story = await look_up(cast.ada, issued.texts[0])
    assert turns(story) == [
        Turn.ISSUED,
        Turn.SENT,
        Turn.ACTIVATED,
        Turn.SENT,
        Turn.UNDONE,
        Turn.REVOKED,
        Turn.REFUSED,
    ]
    assert [event.to for event in story.events if event.turn is Turn.SENT] == [
        "team@example.org",
        "grace@example.org",
    ]
    undone = next(event for event in story.events if event.turn is Turn.UNDONE)
    assert (undone.by, undone.about) == ("Ada Admin", "Wrong person")
    assert story.events[-1].by == ""  # nobody was signed in


async def test_a_reference_leads_to_the_code_it_hit(cast: Cast) -> None:
    issued = await issue(cast.ada, cast.month)
    await codes.revoke(cast.ada, issued.codes[0].id)
    reference = refused(await redeem(issued.texts[0])).reference or ""
    for typed in (
        reference,
        reference.lower(),
        f"Reference {reference}",
        f"{reference[:4]} {reference[4:]}",
    ):
        assert (await look_up(cast.ada, typed)).code_id == issued.codes[0].id


async def test_one_that_hit_no_code_is_told_to_the_owner_only(cast: Cast) -> None:
    reference = refused(await redeem(code_alphabet.generate(1)[0])).reference or ""
    with pytest.raises(Invalid) as unknown:
        await look_up(cast.ada, reference)
    assert unknown.value.fields == UNKNOWN
    story = await look_up(cast.olga, reference)
    assert (story.code_id, turns(story)) == (None, [Turn.REFUSED])


async def test_codes_of_other_workspaces_do_not_exist_at_the_desk(cast: Cast, scene: Scene) -> None:
    await Code.filter(id=scene.issued.codes[0].id).update(status=Status.REVOKED)
    reference = refused_payment(await pay(cast.eve, scene.lab, scene.text)).reference or ""
    for typed in (scene.text, reference, code_alphabet.generate(1)[0], refusals.new_reference()):
        with pytest.raises(Invalid) as unknown:
            await look_up(cast.ada, typed)  # who is at Northwind, and admin of Acme too
        assert unknown.value.fields == UNKNOWN
    assert not await entries(AuditAction.SHOW)


async def test_who_may_look_up(cast: Cast, scene: Scene) -> None:
    for who in (cast.eve, cast.sam, cast.mallory):
        with pytest.raises(NotFound):
            await look_up(who, scene.text)
        with pytest.raises(NotFound):
            await refusal_desk.tell(who, 1)
    assert await look_up(replace(cast.olga, workspace_id=cast.acme.id), scene.text)


async def test_who_looked_is_in_the_log_once_and_nothing_else_changes(
    cast: Cast, scene: Scene
) -> None:
    before = await every_row()
    await look_up(cast.ada_at_acme, scene.text)
    after = await every_row()
    [entry] = await entries(AuditAction.SHOW)
    assert (entry.resource, entry.target_id) == ("CODE", scene.issued.codes[0].id)
    assert (entry.person_id, entry.workspace_id) == (cast.ada.person_id, cast.acme.id)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"AuditEntry", "Budget"}
    assert not await Budget.filter(spent__gt=0).exists()
    assert scene.issued.bodies[0] not in repr(await AuditEntry.all().values())


async def test_looking_up_guesses_is_limited_like_redeeming(
    cast: Cast, scene: Scene, configure: Configure
) -> None:
    configure(redeem_tries_per_account=2)
    for typed in (code_alphabet.generate(1)[0], refusals.new_reference()):
        with pytest.raises(Invalid):
            await look_up(cast.ada_at_acme, typed)
    with pytest.raises(Limited) as limited:
        await look_up(cast.ada_at_acme, scene.text)
    assert 0 < limited.value.minutes <= 60
    assert not await entries(AuditAction.SHOW)


async def test_a_typing_mistake_stands_at_the_field_and_costs_nothing(
    cast: Cast, scene: Scene
) -> None:
    before = await every_row()
    body = scene.issued.bodies[0]
    for typed in ("", "ABC", ("2" if body[0] != "2" else "3") + body[1:]):
        with pytest.raises(Invalid) as wrong:
            await look_up(cast.ada_at_acme, typed)
        assert set(wrong.value.fields) == {"code"}
    assert await every_row() == before


async def test_a_refusal_of_the_list_tells_its_story_to_its_admins(
    cast: Cast, scene: Scene
) -> None:
    foreign = await purchased(cast.ada, cast.northwind, scene.made.lab)
    await pay(cast.eve, scene.lab, foreign.texts[0])
    refusal = await Refusal.get()
    story = await refusal_desk.tell(cast.ada, refusal.id)
    assert turns(story) == [Turn.ISSUED, Turn.REFUSED]
    # the step is of Acme: Northwind's admins learn that there is one, not which
    assert story.events[1].about == ELSEWHERE
    [entry] = await entries(AuditAction.SHOW)
    assert (entry.resource, entry.target_id) == ("REFUSAL", refusal.id)
    for actor, refusal_id in ((cast.ada_at_acme, refusal.id), (cast.ada, 0), (cast.ada, 2**63)):
        with pytest.raises(NotFound):
            await refusal_desk.tell(actor, refusal_id)


async def test_refusals_of_a_code_beyond_a_hundred_are_counted(
    cast: Cast, scene: Scene, many_tries: None
) -> None:
    made = [
        Refusal(
            workspace_id=cast.acme.id,
            code_id=scene.issued.codes[0].id,
            reason=RefusalReason.REVOKED,
            reference=refusals.new_reference(),
            address=VISITOR.address,
        )
        for _ in range(103)
    ]
    await Refusal.bulk_create(made)
    story = await look_up(cast.ada_at_acme, scene.text)
    assert (len(story.events), story.older) == (101, 3)
    assert await Code.filter(status=Status.ACTIVATED).count() == 0
    assert not await Activation.exists()
