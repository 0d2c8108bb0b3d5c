"""What admins choose for their workspace: its name, its zone, where answers go, whom to ask."""

import asyncio
from dataclasses import replace

import pytest

from models import Workspace
from models.enums import AuditAction, MessageKind
from services import outbox, outbox_claims, signals, workspace_list, workspace_settings
from services.database import unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.outbox import Draft
from services.paging import Slice
from services.signals import Changed, Topic
from services.workspace_settings import WorkspaceSettings
from tests.cast import Cast, entries, every_row, issue
from tests.hearing import but_the_log

NOW = WorkspaceSettings(
    name="Northwind Academy", time_zone="Europe/Berlin", reply_to="", ask_for_codes=""
)


async def change(cast: Cast, **wanted: str) -> WorkspaceSettings:
    return await workspace_settings.change(cast.ada, replace(NOW, **wanted), shown=NOW)


async def test_an_admin_changes_all_of_it_and_everybody_hears(cast: Cast) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    kept = await change(
        cast,
        name="  Northwind   School ",
        time_zone="Europe/Lisbon",
        reply_to=" desk@northwind.example ",
        ask_for_codes="Grace, room 12, +351 21 000 0000",
    )
    stop()
    assert kept == WorkspaceSettings(
        name="Northwind School",
        time_zone="Europe/Lisbon",
        reply_to="desk@northwind.example",
        ask_for_codes="Grace, room 12, +351 21 000 0000",
    )
    assert await workspace_settings.read(cast.ada) == kept
    northwind = cast.northwind.id
    assert heard == [Changed(northwind, Topic.WORKSPACES, (northwind,))]
    assert (await Workspace.get(id=northwind)).slug == "northwind"
    assert (await Workspace.get(id=cast.acme.id)).name == "Acme Devices"


async def test_the_log_names_what_was_changed_and_no_address(cast: Cast) -> None:
    await change(cast, reply_to="desk@northwind.example")
    [entry] = await entries(AuditAction.UPDATE)
    assert (entry.resource, entry.target_id) == ("WORKSPACE", cast.northwind.id)
    assert (entry.workspace_id, entry.person_id) == (cast.northwind.id, cast.ada.person_id)
    assert entry.detail == {"fields": ["reply_to"]}


async def test_what_is_as_it_was_is_no_change(cast: Cast) -> None:
    before = await every_row()
    await change(cast)
    assert await every_row() == before


@pytest.mark.parametrize("who", ["sam", "eve", "mallory"])
async def test_for_others_there_are_no_settings(cast: Cast, who: str) -> None:
    before = await every_row()
    with pytest.raises(NotFound):
        await workspace_settings.read(getattr(cast, who))
    with pytest.raises(NotFound):
        await workspace_settings.change(getattr(cast, who), replace(NOW, name="Mine"), shown=NOW)
    assert await every_row() == before


async def test_an_admin_of_another_workspace_changes_only_their_own(cast: Cast) -> None:
    acme = await workspace_settings.read(cast.ada_at_acme)
    await workspace_settings.change(cast.ada_at_acme, replace(acme, name="Acme"), shown=acme)
    names = [each.name for each in await Workspace.all().order_by("id")]
    assert names == ["Northwind Academy", "Acme", "Elsewhere"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "N" * 81},
        {"name": "a\u202eb"},
        {"time_zone": "Berlin"},
        {"time_zone": ""},
        {"time_zone": "../../etc/passwd"},
        {"reply_to": "desk"},
        {"reply_to": "desk@northwind.example\r\nBcc: all@example.org"},
        {"reply_to": "a@example.org, b@example.org"},
        {"reply_to": f"{'d' * 300}@example.org"},
        {"reply_to": "büro@northwind.example"},
        {"ask_for_codes": "x" * 201},
        {"ask_for_codes": "a\x00b"},
    ],
)
async def test_a_wrong_entry_is_told_by_field_and_changes_nothing(
    cast: Cast, wrong: dict[str, str]
) -> None:
    before = await every_row()
    with pytest.raises(Invalid) as refused:
        await change(cast, **wrong)
    assert refused.value.fields.keys() == wrong.keys()
    assert await every_row() == before


async def test_who_saves_over_an_unseen_change_is_told(cast: Cast) -> None:
    answers = await asyncio.gather(
        *(change(cast, name=f"Northwind {number}") for number in range(6)), return_exceptions=True
    )
    assert [type(each) for each in answers if isinstance(each, Exception)] == [Conflict] * 5
    assert len(await entries(AuditAction.UPDATE)) == 1


async def test_answers_to_mails_of_the_workspace_go_where_it_says(cast: Cast) -> None:
    await change(cast, reply_to="desk@northwind.example")
    replies = [
        await reply_to_of(workspace.id if workspace else None)
        for workspace in (cast.northwind, cast.acme, None)
    ]
    assert replies == ["desk@northwind.example", "", ""]


async def reply_to_of(workspace_id: int | None) -> str:
    draft = Draft(kind=MessageKind.PERSONAL, workspace_id=workspace_id, recipient="a@example.org")
    [message_id] = await unit_of_work(outbox.put)([draft])
    held = await outbox_claims.claim(message_id)
    assert held
    return held.reply_to


async def test_the_owners_list_counts_members_and_codes(cast: Cast) -> None:
    await issue(cast.ada, cast.month, 3)
    await issue(cast.ada, cast.year, 4)
    page = await workspace_list.page(cast.olga, "", Slice(sort="name", descending=False))
    assert [(each.name, each.members, each.codes) for each in page.rows] == [
        ("Acme Devices", 2, 0),
        ("Elsewhere", 1, 0),
        ("Northwind Academy", 2, 7),
    ]
    [found] = (await workspace_list.page(cast.olga, "NORTH", Slice())).rows
    assert found.name == "Northwind Academy"
    assert (await workspace_list.page(cast.olga, "%", Slice())).total == 0


@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_nobody_else_lists_every_workspace(cast: Cast, who: str) -> None:
    with pytest.raises(NotFound):
        await workspace_list.page(getattr(cast, who), "", Slice())
