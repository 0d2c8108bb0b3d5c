"""The log is only ever added to, and knows people by number."""

import json

import pytest
from tortoise.exceptions import IntegrityError

from models import AuditEntry, Entitlement, Person
from models.enums import AuditAction, Resource
from services import (
    access_changes,
    accounts,
    audit,
    batches,
    codes,
    database,
    entitlement_export,
    exports,
    extensions,
    periods,
    products,
    sessions,
)
from services.database import unit_of_work
from services.sessions import SignIn
from services.settings import Settings
from tests.cast import PASSWORD, Cast, Issued, issue, redeem, redeem_link
from tests.conftest import POSTGRES

CHANGES = [
    "UPDATE audit_entry SET action = 'NOTHING'",
    "UPDATE audit_entry SET detail = detail WHERE id = 1",
    "DELETE FROM audit_entry",
    "DELETE FROM audit_entry WHERE id = 1",
]
ROW = "(id, at, action, resource, detail) VALUES (1, '2026-01-01', 'FORGED', 'CODE', '{}')"
REPLACEMENT = (
    f"INSERT INTO audit_entry {ROW} ON CONFLICT (id) DO UPDATE SET action = 'FORGED'"
    if POSTGRES
    else f"INSERT OR REPLACE INTO audit_entry {ROW}"
)


@pytest.fixture
async def entry(db: Settings) -> AuditEntry:
    await audit.record(AuditAction.LOGIN, Resource.USER, 7, by=None, person_id=7)
    return await AuditEntry.get()


@pytest.mark.parametrize("statement", [*CHANGES, REPLACEMENT])
async def test_an_entry_cannot_be_changed_deleted_or_replaced(
    entry: AuditEntry, statement: str
) -> None:
    @unit_of_work
    async def forge() -> None:
        await database.connection().execute_query(statement)

    with pytest.raises(IntegrityError, match="only ever added to"):
        await forge()
    assert await AuditEntry.all().values() == [dict(entry)]


@pytest.mark.skipif(not POSTGRES, reason="SQLite knows no TRUNCATE")
async def test_the_log_cannot_be_truncated(entry: AuditEntry) -> None:
    with pytest.raises(IntegrityError, match="only ever added to"):
        await database.connection().execute_query("TRUNCATE audit_entry")


async def test_the_models_own_ways_are_refused_too(entry: AuditEntry) -> None:
    entry.action = "FORGED"
    for attempt in (entry.save(), entry.delete(), AuditEntry.all().delete()):
        with pytest.raises(IntegrityError):
            await attempt


async def test_an_entry_and_what_it_tells_of_stand_or_fall_together(cast: Cast) -> None:
    @unit_of_work
    async def fail() -> None:
        await audit.record(AuditAction.UPDATE, Resource.PRODUCT, 1, by=cast.ada)
        raise ValueError("after the entry")

    with pytest.raises(ValueError, match="after the entry"):
        await fail()
    assert not await AuditEntry.exists()


async def test_an_entry_says_who_where_and_what(cast: Cast) -> None:
    await audit.record(AuditAction.UPDATE, Resource.PRODUCT, 5, by=cast.ada, field="name")
    entry = await AuditEntry.get()
    assert (entry.workspace_id, entry.person_id) == (cast.northwind.id, cast.ada.person_id)
    assert (entry.action, entry.resource, entry.target_id) == ("UPDATE", "PRODUCT", 5)
    assert entry.detail == {"field": "name"}


async def everything_happens(cast: Cast) -> Issued:
    await sessions.sign_out(
        await sessions.sign_in(
            SignIn(email="ada@example.org", password=PASSWORD, address="192.0.2.1")
        )
    )
    await accounts.reset_password("sam@example.org", "copper kettle orchard 17")
    await products.create(cast.ada, "Brazing")
    await products.rename(cast.ada, cast.welding.id, "Welding I")
    issued = await issue(cast.ada, cast.month, 5, note="For Grace Hopper")
    await codes.show(cast.ada, issued.batch.id)
    await codes.copy(cast.ada, issued.batch.id, (issued.codes[0].id,))
    export = await exports.batch_csv(cast.ada, issued.batch.id, address="/a/")
    assert [chunk async for chunk in export.lines]
    await redeem(issued.texts[0])
    await redeem_link(issued.tokens[1], email="katherine@example.org")
    await codes.revoke(cast.ada, issued.codes[2].id)
    await batches.revoke_unused(cast.ada, issued.batch.id)
    held = await Entitlement.all().order_by("id").first()
    assert held
    await extensions.extend(cast.ada, held.id, 30)
    await access_changes.end(cast.ada, held.id)
    await access_changes.undo_activation(cast.ada, held.activation_id, "Grace Hopper asked for it")
    await entitlement_export.as_csv(cast.ada, periods.period("2026-01-01"))
    return issued


async def test_the_log_holds_no_name_no_address_and_no_full_code(cast: Cast) -> None:
    issued = await everything_happens(cast)
    log = json.dumps(await AuditEntry.all().values(), default=str).casefold().replace("-", "")
    secrets = {person.name for person in await Person.all()}
    secrets |= {person.email for person in await Person.all()}
    secrets |= {*issued.bodies, *issued.tokens, "192.0.2.1", PASSWORD}
    assert {s for s in secrets if s.casefold().replace("-", "") in log} == set()
    # the search itself works
    assert issued.codes[0].ending.casefold() in log


async def test_every_kind_of_change_leaves_its_entry(cast: Cast) -> None:
    await everything_happens(cast)
    log = [(entry.action, entry.resource) for entry in await AuditEntry.all().order_by("id")]
    assert log == [
        ("LOGIN", "USER"),
        ("LOGOUT", "USER"),
        ("UPDATE", "USER"),
        ("CREATE", "PRODUCT"),
        ("UPDATE", "PRODUCT"),
        ("CREATE", "BATCH"),
        ("SHOW", "BATCH"),
        ("COPY", "CODE"),
        ("EXPORT", "BATCH"),
        ("ACTIVATE", "CODE"),
        ("ACTIVATE", "CODE"),
        ("REVOKE", "CODE"),
        ("REVOKE", "BATCH"),
        ("UPDATE", "ENTITLEMENT"),
        ("UPDATE", "ENTITLEMENT"),
        ("UNDO", "CODE"),
        ("EXPORT", "ENTITLEMENT"),
    ]
