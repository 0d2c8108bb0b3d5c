"""The seals above the log: live, verified by whoever administers, the heads for the owner alone."""

import pytest

from models import Installation
from models.enums import AuditAction
from services import head_lines, sealing
from services.actor import Actor
from tests.cast import entries
from tests.sealed import disarm, forge, happened, sealed
from tests.ui.screens.visit import House, enter, error_at, press, sees, until, words
from ui import routes


@pytest.fixture(autouse=True)
def fresh_sealer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_process", sealing._Process())


async def test_the_strip_counts_seals_while_somebody_looks(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.INSTANCE_AUDIT)
    await sees(user, "0 entries are sealed, 1 not yet. No head is signed yet.")
    await happened(2)
    await sealing.finish()
    await until(lambda: "3 entries are sealed. Newest head: seal 3, " in words(user))


@pytest.mark.parametrize("who", ["olga", "ada"])
async def test_who_administers_a_workspace_verifies_the_whole_log(house: House, who: str) -> None:
    head = await sealed(3)
    actor: Actor = getattr(house.cast, who)
    user = await house.visit(actor, routes.audit("northwind"))
    await sees(user, "3 entries are sealed")
    await press(user, "Verify")
    enter(user, "Head kept elsewhere", head_lines.to_line(head))
    await press(user, "Verify")
    await sees(user, "Nothing was changed.", "Up to seal 3 it is proved by the head you kept")
    assert "Download heads" not in words(user)
    [entry] = await entries(AuditAction.VERIFY)
    assert entry.workspace_id == house.cast.northwind.id


async def test_the_entry_that_is_wrong_is_named(house: House) -> None:
    await sealed(3)
    await disarm()
    await forge("UPDATE audit_entry SET target_id = 99 WHERE id = ?", 2)
    user = await house.visit(house.cast.olga, routes.INSTANCE_AUDIT)
    await sees(user, "sealed")
    await press(user, "Verify")
    await press(user, "Verify")
    await sees(user, "7 things are not as they were.", "Entry 2 (seal 2) is not as it was sealed.")
    assert "This holds against" not in words(user)


async def test_without_a_kept_head_it_says_what_is_not_proved(house: House) -> None:
    await sealed(3)
    user = await house.visit(house.cast.olga, routes.INSTANCE_AUDIT)
    await sees(user, "sealed")
    await press(user, "Verify")
    await press(user, "Verify")
    await sees(user, "This holds against anybody without the key file.", "1 entry is not sealed")


async def test_what_is_no_head_is_said_at_its_field(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.INSTANCE_AUDIT)
    await sees(user, "sealed")
    await press(user, "Verify")
    enter(user, "Head kept elsewhere", "<b>nothing</b>")
    await press(user, "Verify")
    await until(lambda: error_at(user, "Head kept elsewhere").startswith("Line 1 is not a head"))


async def test_the_owner_says_who_gets_the_heads(house: House) -> None:
    user = await house.visit(house.cast.olga, routes.INSTANCE_AUDIT)
    await sees(user, "Download heads")
    await press(user, "Mail heads")
    enter(user, "Mail the head daily to", "nobody")
    await press(user, "Save")
    await until(lambda: error_at(user, "Mail the head daily to"))
    enter(user, "Mail the head daily to", "auditor@example.org")
    await press(user, "Save")
    await sees(user, "Mailed daily to auditor@example.org.")
    assert (await Installation.get()).heads_to == "auditor@example.org"


async def test_heads_are_downloaded_by_an_owner_alone(house: House) -> None:
    head = await sealed(2)
    owner = await house.visit(house.cast.olga)
    answer = await owner.http_client.get(routes.HEADS)
    assert answer.text == head_lines.to_line(head) + "\n"
    assert answer.headers["content-disposition"] == 'attachment; filename="heads.jsonl"'
    for actor in (house.cast.ada, house.cast.sam, house.cast.eve):
        user = await house.visit(actor)
        assert (await user.http_client.get(routes.HEADS)).status_code == 404
