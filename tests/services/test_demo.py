"""The sample: believable, consistent with itself, and made once."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from tortoise import Tortoise

from models import (
    Activation,
    AuditEntry,
    AuditFanout,
    Batch,
    Code,
    Entitlement,
    Membership,
    Message,
    Notification,
    Person,
    Plan,
    Product,
    Refusal,
    User,
    Workspace,
)
from models.enums import (
    AuditAction,
    BatchState,
    CodeKind,
    MessageKind,
    MessageState,
    RefusalReason,
    Resource,
    Role,
    Status,
)
from services import code_alphabet, codes, emails, letters, links, notices, passwords, vault, zones
from services.code_list import status_of
from services.database import connection
from services.demo.sample import PASSWORD, fill
from services.demo.story import ADMIN, EVALUATOR, NORTHWIND, OWNER, SALES, ZONE
from services.links import Purpose
from services.settings import Settings


@pytest.fixture
async def sample(db: Settings) -> Settings:
    await fill()
    return db


async def _counts() -> dict[str, int]:
    return {model.__name__: await model.all().count() for model in Tortoise.apps["models"].values()}


async def test_the_sample_has_the_size_of_a_small_academy(sample: Settings) -> None:
    counts = await _counts()
    assert 44 <= counts["Batch"] <= 51
    assert 4_500 <= counts["Code"] <= 5_500
    assert 1_800 <= counts["Activation"] == counts["Entitlement"] + 7
    assert counts["Workspace"] == 2
    assert await Product.filter(workspace__slug=NORTHWIND).count() == 6
    assert await Product.exclude(archived_at=None).count() == 1
    assert await Plan.exclude(codes_expire_after_days=None).count() == 1
    assert await Batch.exclude(workspace__slug=NORTHWIND).count() == 9


async def test_the_sample_has_mail_and_news(sample: Settings) -> None:
    messages = await Message.all()
    assert Counter(message.state for message in messages)[MessageState.FAILED] == 1
    assert {message.kind for message in messages} == set(letters.READERS)
    assert await Batch.exclude(sent_to_id=None).count() == 3
    sent = await Code.exclude(sent_to_id=None)
    assert {code.status for code in sent} == {Status.READY, Status.ACTIVATED}
    personal = {each.code_id for each in messages if each.kind is MessageKind.PERSONAL}
    assert personal == {code.id for code in sent}
    unread = await Notification.filter(read_at=None).select_related("user")
    assert SALES in {each.user.email_key for each in unread}
    assert await Notification.exclude(read_at=None).count() > len(unread)
    assert await AuditFanout.all().count() == await Notification.all().count()
    assert await notices.tell()
    assert await Notification.filter(read_at=None).count() == len(unread), "nothing is told twice"


async def test_the_sample_accounts_open_with_their_password(sample: Settings) -> None:
    users = await User.all().select_related("person")
    assert {user.email_key for user in users} == {OWNER, ADMIN, SALES, EVALUATOR}
    assert [user.email_key for user in users if user.is_owner] == [OWNER]
    for user in users:
        assert await passwords.matches(PASSWORD, user.password_hash)
    seats = await Membership.all().select_related("user", "workspace")
    assert Counter((seat.user.email_key, seat.role) for seat in seats) == {
        (ADMIN, Role.ADMIN): 2,
        (SALES, Role.SALES): 1,
        (EVALUATOR, Role.EVALUATOR): 1,
    }


async def test_every_status_and_state_is_there(sample: Settings) -> None:
    found = Counter(
        status_of(code, code.batch) for code in await Code.all().select_related("batch")
    )
    assert set(found) == set(Status) - {Status.HELD}
    assert min(found.values()) > 10
    failed = await Batch.get(state=BatchState.FAILED)
    assert failed.failure
    assert not await Code.exists(batch_id=failed.id)
    assert await Batch.exclude(prefix="").exclude(note="").exists()


async def test_counters_equal_a_recount(sample: Settings) -> None:
    recount = Counter(await Code.all().values_list("batch_id", "status"))
    for batch in await Batch.filter(state=BatchState.DONE):
        shown = [recount[batch.id, s] for s in (Status.READY, Status.ACTIVATED, Status.REVOKED)]
        assert shown == [batch.ready, batch.activated, batch.revoked]
        assert sum(shown) == batch.quantity


async def test_each_activated_code_has_one_activation_within_its_validity(sample: Settings) -> None:
    uses = await Activation.all().select_related("code__batch", "person")
    activated = await Code.filter(status=Status.ACTIVATED).values_list("id", flat=True)
    assert sorted(use.code_id for use in uses) == sorted(activated)
    for use in uses:
        batch = use.code.batch
        assert use.created_at > (batch.valid_from or batch.finished_at)
        assert batch.expires_at is None or use.created_at < batch.expires_at
        assert use.workspace_id == batch.workspace_id
        is_holder = batch.kind is CodeKind.ACCESS  # whoever pays has an account
        assert use.person.workspace_id == (batch.workspace_id if is_holder else None)
        assert use.person.created_at <= use.created_at


async def test_codes_of_a_withdrawn_batch_were_used_before_it_was_withdrawn(
    sample: Settings,
) -> None:
    entries = await AuditEntry.filter(action=AuditAction.REVOKE, resource=Resource.BATCH)
    assert entries
    for entry in entries:
        uses = await Activation.filter(code__batch_id=entry.target_id)
        assert uses
        assert max(use.created_at for use in uses) < entry.at
        revoked = Code.filter(batch_id=entry.target_id, revoked_at=entry.at)
        assert await revoked.count() == entry.detail["codes"]


async def test_access_ends_with_a_day_and_a_second_code_continues_the_first(
    sample: Settings,
) -> None:
    before: dict[tuple[int, int], datetime] = {}
    continued = 0
    for granted in await Entitlement.all().order_by("id").select_related("plan", "activation"):
        days, place = granted.plan.days, (granted.plan_id, granted.person_id)
        if days is None or granted.ends_at is None:
            assert days is granted.ends_at
            continue
        used, end = granted.activation.created_at, before.get(place)
        continued += end is not None and end > used
        assert granted.starts_at == (end if end and end > used else used)
        first = zones.last_day(end, ZONE) if end and end > used else zones.day(used, ZONE)
        assert granted.ends_at == zones.end_of(first + timedelta(days=days), ZONE)
        before[place] = granted.ends_at
    assert continued


async def test_every_full_code_decrypts_and_its_link_is_its_own(sample: Settings) -> None:
    for code in await Code.all().select_related("batch"):
        text = codes.text_of(code, code.batch)
        typed = code_alphabet.read(text)
        assert typed.well_formed
        assert typed.prefix == code.batch.prefix
        assert (vault.digest(typed.body), typed.body[-4:]) == (code.digest, code.ending)
    link = links.read(Purpose.ACTIVATE, codes.link_token(code))
    assert link
    assert link.row_id == code.id


async def test_the_log_tells_all_that_happened_in_order(sample: Settings) -> None:
    entries = await AuditEntry.all().order_by("id")
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    told = Counter((entry.action, entry.resource) for entry in entries)
    assert told["CREATE", "BATCH"] == await Batch.all().count()
    assert told["ACTIVATE", "CODE"] == await Activation.all().count()
    assert told["FAIL", "BATCH"] == 1
    assert told["LOGIN", "USER"] > 20
    unused = sum(
        e.detail["codes"] for e in entries if (e.action, e.resource) == ("REVOKE", "BATCH")
    )
    assert told["REVOKE", "CODE"] + unused == await Code.filter(status=Status.REVOKED).count()
    used = {use.code_id: use for use in await Activation.all()}
    for entry in entries:
        if entry.action == "ACTIVATE":
            use = used[entry.target_id or 0]
            assert (entry.at, entry.person_id) == (use.created_at, use.person_id)
            assert entry.detail["activation"] == use.id


async def test_the_log_names_rows_as_commands_do(sample: Settings) -> None:
    seats = await Membership.all().values_list("workspace_id", "user_id")
    joined = await AuditEntry.filter(resource=Resource.MEMBER)
    assert sorted((entry.workspace_id, entry.target_id) for entry in joined) == sorted(seats)
    bought = await Batch.filter(kind=CodeKind.PURCHASE)
    assert bought
    for batch in bought:
        asked = await AuditEntry.get(
            action=AuditAction.CREATE, resource=Resource.BATCH, target_id=batch.id
        )
        assert asked.detail == {"purchased_action": batch.action_id, "codes": batch.quantity}


async def test_refusals_came_after_their_reason(sample: Settings) -> None:
    refusals = await Refusal.all().select_related("code__batch")
    assert len({refusal.reason for refusal in refusals}) == 6
    for refusal in refusals:
        if refusal.reason is RefusalReason.ALREADY_ACTIVATED:
            use = await Activation.get(code_id=refusal.code_id)
            assert refusal.created_at > use.created_at


async def test_holders_have_addresses_that_are_addresses(sample: Settings) -> None:
    holders = await Person.exclude(workspace_id=None)
    assert all(emails.read(holder.email) == holder.email for holder in holders)
    assert all(holder.email.endswith(".example") for holder in holders)
    assert len({holder.name for holder in holders}) > 1_000


# a Sunday at night, a Monday morning, a working afternoon, and days after the clocks changed
@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-22 02:10",
        "2026-11-23 07:55",
        "2026-06-10 15:30",
        "2026-03-30 06:00",
        "2024-02-29 12:00",
    ],
)
async def test_nothing_is_in_the_future_at_any_time(db: Settings, moment: str) -> None:
    with time_machine.travel(f"{moment}+00:00", tick=False):
        await fill()
        now = zones.now()
        for table, columns in await _time_columns():
            for column in columns:
                query = f'SELECT max("{column}") AS last FROM "{table}"'
                [row] = await connection().execute_query_dict(query)
                last = row["last"] and datetime.fromisoformat(str(row["last"]))
                assert last is None or last <= now, f"{table}.{column} is {last}"
        oldest = await Batch.all().order_by("created_at").first()
    assert oldest
    assert timedelta(days=80) < now - oldest.created_at < timedelta(days=91)


async def _time_columns() -> list[tuple[str, list[str]]]:
    """Of what happened; validity and access may end later."""
    ahead = {"valid_from", "expires_at", "starts_at", "ends_at", "setup_expires_at"}
    models = Tortoise.apps["models"].values()
    return [
        (
            model._meta.db_table,
            [c for c in model._meta.fields_map if _is_moment(c) and c not in ahead],
        )
        for model in models
    ]


def _is_moment(column: str) -> bool:
    return column.endswith("_at") or column == "at"


async def test_batches_are_made_in_working_hours_and_stand_in_their_order(
    sample: Settings,
) -> None:
    batches = await Batch.filter(kind=CodeKind.ACCESS).order_by("id")
    assert [one.created_at for one in batches] == sorted(one.created_at for one in batches)
    for batch in batches:
        here = zones.local(batch.created_at, ZONE)
        assert here.weekday() < 5
        assert 8 <= here.hour < 18


async def test_recent_days_saw_more_activations(sample: Settings) -> None:
    now = zones.now()
    month = timedelta(days=30)
    last = await Activation.filter(created_at__gt=now - month).count()
    before = await Activation.filter(
        created_at__gt=now - 2 * month, created_at__lte=now - month
    ).count()
    assert last > before


async def test_starting_twice_changes_nothing(sample: Settings) -> None:
    before = await _counts()
    await fill()
    assert await _counts() == before


async def test_two_starts_at_once_make_one_sample(db: Settings) -> None:
    await asyncio.gather(fill(), fill())
    assert await User.filter(is_owner=True).count() == 1
    assert await Workspace.all().count() == 2


async def test_a_start_that_is_cut_leaves_nothing_and_the_next_one_makes_the_same(
    db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[Any]] = []

    async def cut(*_: object) -> None:
        seen.append(await _told())
        raise RuntimeError("The power is gone.")

    with time_machine.travel("2026-11-23 14:32+00:00", tick=False):
        with monkeypatch.context() as patch:
            patch.setattr("services.demo.refused.refusals", cut)
            with pytest.raises(RuntimeError):
                await fill()
        assert set((await _counts()).values()) == {0}
        await fill()
    assert seen == [await _told()]


async def _told() -> list[Any]:
    """All of the sample but its codes, which are new each time."""
    batches = Batch.all().order_by("id").values_list("created_at", "quantity", "ready", "activated")
    holders = Person.all().order_by("id").values_list("created_at", "name", "email")
    return [await batches, await holders]
