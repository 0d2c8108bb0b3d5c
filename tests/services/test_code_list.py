"""The codes of a batch as everybody with the right sees them: masked."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from models import Message
from models.enums import MessageState, Status
from services import batch_form, batches, code_list, codes, customer_codes, deliveries
from services.code_list import CodeFilter, CodeView
from services.errors import NotFound
from services.paging import Slice
from services.recipients import Recipient
from tests.cast import Cast, Issued, activated, issue, redeem, wanted

TODAY = date(2026, 3, 10)


@pytest.fixture
async def issued(cast: Cast) -> Issued:
    """Four codes: used by Grace, used by Katherine, revoked, ready."""
    made = await issue(cast.ada, cast.month, 4, prefix="SPRING")
    activated(await redeem(made.texts[0]))
    activated(await redeem(made.texts[1], name="Katherine Müller", email="K.Mueller@Example.org"))
    await codes.revoke(cast.ada, made.codes[2].id)
    return made


async def listed(
    cast: Cast, issued: Issued, *, search: str = "", status: Status | None = None, **part: object
) -> list[CodeView]:
    wanted = CodeFilter(search=search, status=status)
    return (await code_list.page(cast.sam, issued.batch.id, wanted, Slice(**part))).rows


async def found(cast: Cast, issued: Issued, search: str) -> list[int]:
    return [row.ordinal for row in await listed(cast, issued, search=search)]


async def test_a_row_says_what_became_of_the_code(cast: Cast, issued: Issued) -> None:
    used, _, revoked, ready = await listed(cast, issued)
    assert (used.status, used.holder, used.email) == (
        Status.ACTIVATED,
        "Grace Hopper",
        "grace@example.org",
    )
    assert (revoked.status, revoked.holder, bool(revoked.at)) == (Status.REVOKED, "", True)
    assert (ready.status, ready.at) == (Status.READY, None)


async def test_no_row_holds_a_full_code(cast: Cast, issued: Issued) -> None:
    rows = await listed(cast, issued)
    assert [row.masked for row in rows] == [f"••••-••••-••••-{body[-4:]}" for body in issued.bodies]
    sent = repr(rows).replace("-", "")
    assert not any(body[:12] in sent for body in issued.bodies)


async def test_a_code_is_found_by_itself_however_it_is_typed(cast: Cast, issued: Issued) -> None:
    text = issued.texts[3]
    for typed in (text, text.lower(), f"  {issued.bodies[3]} ", text.replace("-", " — ")):
        assert await found(cast, issued, typed) == [4]


@pytest.mark.parametrize("length", [1, 2, 3, 4])
async def test_codes_are_found_by_a_fragment_of_their_end(cast: Cast, length: int) -> None:
    unused = await issue(cast.ada, cast.month, 20)
    fragment = unused.bodies[7][-length:]
    expected = [n for n, body in enumerate(unused.bodies, 1) if body.endswith(fragment)]
    assert await found(cast, unused, fragment.lower()) == expected
    assert await found(cast, unused, f"•-{fragment}") == expected


async def test_codes_are_found_by_holder(cast: Cast, issued: Issued) -> None:
    searches = ("grace hopper", "GRACE@", "hopper", "Katherine Müller", "k.mueller@EXAMPLE.org")
    hits = [await found(cast, issued, search) for search in searches]
    assert hits == [[1], [1], [1], [2], [2]]


@pytest.mark.parametrize(
    "search",
    ["%", "_@example.org", "' OR 1=1 --", "\\", "nobody@example.org", "🔥", "A" * 10_000],
)
async def test_a_search_that_fits_nothing_finds_nothing(
    cast: Cast, issued: Issued, search: str
) -> None:
    assert await found(cast, issued, search) == []


@pytest.mark.parametrize("search", ["", "  ", "\x00", "\ud800"])
async def test_a_search_for_nothing_finds_everything(
    cast: Cast, issued: Issued, search: str
) -> None:
    assert await found(cast, issued, search) == [1, 2, 3, 4]


async def test_another_batchs_code_is_not_found_here(cast: Cast, issued: Issued) -> None:
    other = await issue(cast.ada, cast.month)
    assert await found(cast, issued, other.texts[0]) == []


@pytest.mark.parametrize(
    ("status", "ordinals"),
    [
        (None, [1, 2, 3, 4]),
        (Status.READY, [4]),
        (Status.ACTIVATED, [1, 2]),
        (Status.REVOKED, [3]),
        (Status.EXPIRED, []),
        (Status.NOT_YET_VALID, []),
        (Status.HELD, []),
    ],
)
async def test_codes_are_kept_by_status(
    cast: Cast, issued: Issued, status: Status | None, ordinals: list[int]
) -> None:
    assert [row.ordinal for row in await listed(cast, issued, status=status)] == ordinals


@pytest.mark.parametrize(
    ("window", "shown"),
    [
        ({"expires_on": TODAY}, Status.EXPIRED),
        ({"valid_from": TODAY + timedelta(days=9)}, Status.NOT_YET_VALID),
    ],
)
async def test_the_clock_makes_unused_codes_expired_or_not_yet_valid(
    clock: time_machine.Traveller, cast: Cast, window: dict[str, date], shown: Status
) -> None:
    issued = await issue(cast.ada, cast.month, **window)
    await codes.revoke(cast.ada, issued.codes[0].id)
    clock.shift(timedelta(days=1))
    assert [row.status for row in await listed(cast, issued)] == [Status.REVOKED, shown, shown]
    assert [row.ordinal for row in await listed(cast, issued, status=shown)] == [2, 3]
    assert await listed(cast, issued, status=Status.READY) == []


async def test_a_batch_that_is_not_done_hides_what_it_holds(cast: Cast) -> None:
    order = await batch_form.check(cast.ada, wanted(cast.month))
    batch = await batches._open(cast.ada, order)
    assert (await code_list.page(cast.ada, batch.id, CodeFilter(), Slice())).total == 0


async def test_pages_hold_every_code_once_in_any_order(cast: Cast, issued: Issued) -> None:
    for sort in ("", "code", "status", "sealed"):
        for descending in (True, False):
            order = {"sort": sort, "descending": descending, "rows": 2}
            pages = [await listed(cast, issued, number=number, **order) for number in (1, 2)]
            assert sorted(row.ordinal for page in pages for row in page) == [1, 2, 3, 4]


async def test_rows_are_patched_as_they_are_now_and_only_of_this_batch(
    cast: Cast, issued: Issued
) -> None:
    other = await issue(cast.ada, cast.month)
    activated(await redeem(issued.texts[3], email="new@example.org"))
    ids = (issued.codes[3].id, other.codes[0].id)
    [row] = await code_list.some(cast.ada, issued.batch.id, ids)
    assert (row.status, row.email) == (Status.ACTIVATED, "new@example.org")
    assert isinstance(row.at, datetime)


async def test_a_batch_of_another_workspace_has_no_codes_to_see(cast: Cast, issued: Issued) -> None:
    for who in (cast.mallory, cast.ada_at_acme, cast.eve):
        with pytest.raises(NotFound):
            await code_list.page(who, issued.batch.id, CodeFilter(), Slice())


async def test_everybody_who_may_send_can_do_something_about_a_colleagues_mail(
    cast: Cast,
) -> None:
    made = await issue(cast.ada, cast.month)
    await deliveries.send(cast.ada, made.batch.id, [Recipient("ann@uni.example")], "dialog")
    for state in (MessageState.SENT, MessageState.FAILED):
        await Message.all().update(state=state)
        for who in (cast.ada, cast.olga, cast.sam):
            page = await code_list.page(who, made.batch.id, CodeFilter(), Slice(descending=False))
            [of_customer] = (await customer_codes.page(who, "ann@uni.example", Slice())).rows
            for mail in (page.rows[0].mail, of_customer.mail):
                assert mail and mail.state is state
                assert mail.may_retry is (state is MessageState.FAILED)
                assert mail.may_resend is (state is MessageState.SENT)
                assert mail.may_redirect
