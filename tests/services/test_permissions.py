"""Who may do what: the table of product.md section 1, and each command under it."""

from collections.abc import Awaitable, Callable

import pytest

from models import Activation, Message
from models.enums import MessageKind
from services import (
    access_changes,
    announced_files,
    batch_list,
    batches,
    code_list,
    codes,
    customer_codes,
    customer_search,
    customers,
    entitlement_export,
    exports,
    extensions,
    links,
    outbox,
    plans,
    product_list,
    products,
    workspaces,
)
from services.actor import Actor
from services.database import unit_of_work
from services.entitlement_export import Period
from services.errors import Invalid, NotFound
from services.links import Purpose
from services.outbox import Draft
from services.paging import Slice
from services.permissions import TABLE, Permission, can
from services.plan_terms import PlanTerms
from tests.cast import Cast, Issued, activated, every_row, issue, redeem, wanted

TERMS = PlanTerms(name="Fortnight", days=14)

# Rows and columns as in product.md 1: owner, admin, sales, evaluator.
MAY = {
    Permission.RUN_INSTALLATION: "yes no no no",
    Permission.ADMINISTER_WORKSPACE: "yes yes no no",
    Permission.READ_AGREEMENTS: "yes yes no no",
    Permission.HANDLE_PURCHASE_CODES: "yes yes no no",
    Permission.USE_EDSPACE: "yes yes yes no",
    Permission.EDIT_CATALOG: "yes yes no no",
    Permission.CHANGE_ENTITLEMENTS: "yes yes no no",
    Permission.READ_OWN_MESSAGES: "yes yes yes no",
    Permission.READ_ALL_MESSAGES: "yes yes no no",
    Permission.REVOKE_ANY_BATCH: "yes yes no no",
    Permission.REVOKE_OWN_BATCHES: "yes yes yes no",
    Permission.USE_CYBERPASS: "yes yes no yes",
    Permission.REOPEN_EVALUATIONS: "yes yes no no",
}


def test_every_permission_stands_in_the_table() -> None:
    assert set(MAY) == set(Permission) == set(TABLE)


@pytest.mark.parametrize("permission", Permission)
async def test_the_roles_may_what_the_table_says(cast: Cast, permission: Permission) -> None:
    people = (cast.olga, cast.ada, cast.sam, cast.eve)
    assert " ".join("yes" if can(who, permission) else "no" for who in people) == MAY[permission]


async def test_the_owner_counts_as_admin_of_every_workspace(cast: Cast) -> None:
    assert {seat.slug for seat in await workspaces.of(cast.olga)} == {
        "northwind",
        "acme",
        "elsewhere",
    }


@pytest.fixture
async def issued(cast: Cast) -> Issued:
    """A batch of Ada's, in Northwind; Grace used its last code, and a mail announced it."""
    made = await issue(cast.ada, cast.month)
    activated(await redeem(made.texts[2]))
    await announce(made)
    return made


@unit_of_work
async def announce(made: Issued) -> None:
    batch = made.batch
    where = {"workspace_id": batch.workspace_id, "batch_id": batch.id}
    await outbox.put([Draft(kind=MessageKind.DOWNLOAD, recipient="buyer@example.org", **where)])


async def extend(who: Actor) -> object:
    activation = await Activation.get().select_related("entitlement")
    return await extensions.extend(who, activation.entitlement.id, 30)


async def end(who: Actor) -> object:
    activation = await Activation.get().select_related("entitlement")
    return await access_changes.end(who, activation.entitlement.id)


async def undo(who: Actor) -> object:
    return await access_changes.undo_activation(who, (await Activation.get()).id, "Wrong person")


async def by_link(who: Actor) -> object:
    announced = await Message.get(kind=MessageKind.DOWNLOAD)
    token = links.make(Purpose.DOWNLOAD, announced.id)
    return await announced_files.set_csv(who, token, address="/a/")


GRACE = "grace@example.org"


Act = Callable[[Cast, Issued, Actor], Awaitable[object]]
READING = ("see ", "have ")
ADMINS, SELLERS = {"olga", "ada"}, {"olga", "ada", "sam"}
COMMANDS: dict[str, tuple[Act, set[str]]] = {
    "make a workspace": (
        lambda cast, issued, who: workspaces.create(
            who, name="New", slug="new-one", time_zone="UTC"
        ),
        {"olga"},
    ),
    "make a product": (
        lambda cast, issued, who: products.create(who, "Brazing"),
        ADMINS,
    ),
    "rename a product": (
        lambda cast, issued, who: products.rename(who, cast.welding.id, "Brazing"),
        ADMINS,
    ),
    "archive a product": (
        lambda cast, issued, who: products.archive(who, cast.welding.id),
        ADMINS,
    ),
    "restore a product": (
        lambda cast, issued, who: products.restore(who, cast.welding.id),
        ADMINS,
    ),
    "make a plan": (
        lambda cast, issued, who: plans.create(who, cast.welding.id, TERMS),
        ADMINS,
    ),
    "change a plan": (
        lambda cast, issued, who: plans.change(who, cast.year.id, TERMS),
        ADMINS,
    ),
    "archive a plan": (lambda cast, issued, who: plans.archive(who, cast.year.id), ADMINS),
    "restore a plan": (lambda cast, issued, who: plans.restore(who, cast.year.id), ADMINS),
    "generate codes": (
        lambda cast, issued, who: batches.request(who, wanted(cast.month)),
        SELLERS,
    ),
    "see a batch": (lambda cast, issued, who: batches.own(who, issued.batch.id), SELLERS),
    "see its codes": (
        lambda cast, issued, who: code_list.page(
            who, issued.batch.id, code_list.CodeFilter(), Slice()
        ),
        SELLERS,
    ),
    "have its codes patched": (
        lambda cast, issued, who: code_list.some(who, issued.batch.id, (issued.codes[0].id,)),
        SELLERS,
    ),
    "show its codes": (lambda cast, issued, who: codes.show(who, issued.batch.id), SELLERS),
    "copy its codes": (lambda cast, issued, who: codes.copy(who, issued.batch.id), SELLERS),
    "export its codes": (
        lambda cast, issued, who: exports.batch_csv(who, issued.batch.id, address="/a/"),
        SELLERS,
    ),
    "export its codes as XLSX": (
        lambda cast, issued, who: exports.batch_xlsx(who, issued.batch.id, address="/a/"),
        SELLERS,
    ),
    "export them by the link of a mail": (
        lambda cast, issued, who: by_link(who),
        SELLERS,
    ),
    "see a customer": (lambda cast, issued, who: customers.read(who, GRACE), SELLERS),
    "see a customer's codes": (
        lambda cast, issued, who: customer_codes.page(who, GRACE, Slice()),
        SELLERS,
    ),
    "extend access": (lambda cast, issued, who: extend(who), ADMINS),
    "end access": (lambda cast, issued, who: end(who), ADMINS),
    "undo an activation": (lambda cast, issued, who: undo(who), ADMINS),
    "revoke a code of Ada's": (
        lambda cast, issued, who: codes.revoke(who, issued.codes[0].id),
        ADMINS,
    ),
    "revoke what is unused of Ada's": (
        lambda cast, issued, who: batches.revoke_unused(who, issued.batch.id),
        ADMINS,
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_does_not_exist_but_for_those_it_is_meant_for(
    cast: Cast, issued: Issued, command: str
) -> None:
    act, allowed = COMMANDS[command]
    people = {"olga", "ada", "sam", "eve", "mallory"}
    before = await every_row()
    for who in sorted(people - allowed):
        # a plan of another workspace is answered next to the field, as any wrong plan
        with pytest.raises((NotFound, Invalid)):
            await act(cast, issued, getattr(cast, who))
    assert await every_row() == before


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_does_what_it_says_for_those_it_is_meant_for(
    cast: Cast, issued: Issued, command: str
) -> None:
    act, allowed = COMMANDS[command]
    before = await every_row()
    await act(cast, issued, getattr(cast, max(allowed)))
    if not command.startswith(READING):
        assert await every_row() != before


@pytest.mark.parametrize("command", [name for name in COMMANDS if "make a" not in name])
async def test_being_admin_elsewhere_opens_nothing_here(
    cast: Cast, issued: Issued, command: str
) -> None:
    with pytest.raises((NotFound, Invalid)):
        await COMMANDS[command][0](cast, issued, cast.ada_at_acme)


async def test_lists_of_another_workspace_hold_nothing_of_this_one(
    cast: Cast, issued: Issued
) -> None:
    for who in (cast.ada_at_acme, cast.mallory):
        page = await batch_list.page(who, batch_list.BatchFilter(), Slice())
        assert (page.rows, page.total) == ([], 0)
        assert await batch_list.some(who, (issued.batch.id,)) == []
        assert "Welding basics" not in {made.name for made in await product_list.products(who)}
        assert (await customer_search.find(who, GRACE)).total == 0
        for make in (entitlement_export.as_csv, entitlement_export.as_xlsx):
            file = b"".join([piece async for piece in (await make(who, Period())).lines])
            assert b"example.org" not in file


@pytest.mark.parametrize(
    "wanted_list",
    [
        product_list.products,
        product_list.count,
        lambda who: customer_search.find(who, ""),
        lambda who: entitlement_export.as_csv(who, Period()),
        lambda who: entitlement_export.as_xlsx(who, Period()),
    ],
)
async def test_an_evaluator_sees_no_list_of_edspace(
    cast: Cast, wanted_list: Callable[[Actor], Awaitable[object]]
) -> None:
    with pytest.raises(NotFound):
        await wanted_list(cast.eve)


async def test_a_sales_person_revokes_in_their_own_batch(cast: Cast) -> None:
    mine = await issue(cast.sam, cast.month)
    await codes.revoke(cast.sam, mine.codes[0].id)
    assert await batches.revoke_unused(cast.sam, mine.batch.id) == 2
