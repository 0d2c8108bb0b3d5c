"""Making workspaces, and whose they are."""

import pytest

from models import Workspace
from models.enums import AuditAction, Role
from services import signals, workspaces
from services.errors import Invalid, NotFound
from services.signals import Changed, Topic
from tests.cast import Cast, entries
from tests.hearing import but_the_log


async def make(cast: Cast, **more: str) -> Workspace:
    entered = {"name": "Harbour School", "slug": "harbour", "time_zone": "Europe/Lisbon"}
    return await workspaces.create(cast.olga, **entered | more)


async def test_the_owner_counts_as_admin_of_every_workspace(cast: Cast) -> None:
    seats = await workspaces.of(cast.olga)
    assert {seat.slug for seat in seats} == {"northwind", "acme", "elsewhere"}


async def test_the_owner_makes_a_workspace_and_everybody_hears_of_it(cast: Cast) -> None:
    heard: list[Changed] = []
    stop = signals.subscribe(but_the_log(heard))
    made = await make(cast, name="  Harbour   School ")
    stop()
    assert (made.name, made.slug, made.time_zone) == ("Harbour School", "harbour", "Europe/Lisbon")
    assert heard == [Changed(made.id, Topic.WORKSPACES, (made.id,))]
    [entry] = await entries(AuditAction.CREATE)
    assert (entry.workspace_id, entry.person_id) == (made.id, cast.olga.person_id)


async def test_an_admin_makes_no_workspace(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await workspaces.create(cast.ada, name="Mine", slug="mine", time_zone="UTC")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme Devices", "acme-devices"),
        ("  --Ünïted  & Co. ", "united-co"),
        ("x" * 50, "x" * 40),
        ("東京", ""),
    ],
)
def test_a_slug_is_proposed_from_the_name(name: str, slug: str) -> None:
    assert workspaces.slug_for(name) == slug


async def test_without_a_slug_the_proposal_is_taken(cast: Cast) -> None:
    assert (await make(cast, slug="")).slug == "harbour-school"


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "H" * 81}, "name"),
        ({"slug": "Harbour"}, "slug"),
        ({"slug": "h"}, "slug"),
        ({"slug": "-harbour"}, "slug"),
        ({"slug": "harbour/../acme"}, "slug"),
        ({"slug": "x" * 41}, "slug"),
        ({"slug": "login"}, "slug"),
        ({"slug": "northwind"}, "slug"),
        ({"name": "東京", "slug": ""}, "slug"),
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": ""}, "time_zone"),
    ],
)
async def test_a_wrong_entry_is_told_by_field_and_makes_nothing(
    cast: Cast, entered: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as wrong:
        await make(cast, **entered)
    assert set(wrong.value.fields) == {field}
    assert await Workspace.all().count() == 3


async def test_a_person_sees_the_workspaces_they_are_a_member_of(cast: Cast) -> None:
    seen = {
        who.name: [(seat.slug, seat.role) for seat in await workspaces.of(who)]
        for who in (cast.ada, cast.sam, cast.eve)
    }
    assert seen == {
        "Ada Admin": [("acme", Role.ADMIN), ("northwind", Role.ADMIN)],
        "Sam Sales": [("northwind", Role.SALES)],
        "Eve Evaluator": [("acme", Role.EVALUATOR)],
    }
