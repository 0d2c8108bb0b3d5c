"""Full codes leave the database only by the right, and never unrecorded."""

import asyncio

import pytest

from models import AuditEntry, Code
from models.enums import AuditAction, Status
from services import code_alphabet, codes
from services.errors import Conflict, NotFound
from tests.cast import Cast, Issued, activated, entries, issue, redeem


@pytest.fixture
async def issued(cast: Cast) -> Issued:
    """Three codes: used, revoked, ready."""
    made = await issue(cast.ada, cast.month, prefix="AC")
    activated(await redeem(made.texts[0]))
    await codes.revoke(cast.ada, made.codes[1].id)
    return made


async def test_all_codes_of_a_batch_are_shown_in_full_and_in_order(
    cast: Cast, issued: Issued
) -> None:
    shown = await codes.show(cast.sam, issued.batch.id)
    assert [code.text for code in shown] == issued.texts
    assert [code.status for code in shown] == [Status.ACTIVATED, Status.REVOKED, Status.READY]
    for code in shown:
        assert code.text.startswith("AC-")
        assert code_alphabet.read(code.text).well_formed


async def test_of_a_whole_batch_only_what_still_works_is_copied(cast: Cast, issued: Issued) -> None:
    assert [code.text for code in await codes.copy(cast.sam, issued.batch.id)] == [issued.texts[2]]


async def test_one_code_is_copied_whatever_its_status(cast: Cast, issued: Issued) -> None:
    copied = await codes.copy(cast.sam, issued.batch.id, (issued.codes[1].id,))
    assert [code.text for code in copied] == [issued.texts[1]]


@pytest.mark.parametrize(
    ("reveal", "action"), [(codes.show, AuditAction.SHOW), (codes.copy, AuditAction.COPY)]
)
async def test_showing_and_copying_is_recorded(
    cast: Cast, issued: Issued, reveal: object, action: AuditAction
) -> None:
    await reveal(cast.sam, issued.batch.id)
    await reveal(cast.ada, issued.batch.id, (issued.codes[2].id,))
    whole, single = await entries(action)
    assert (whole.person_id, whole.resource, whole.target_id, whole.detail) == (
        cast.sam.person_id,
        "BATCH",
        issued.batch.id,
        {"codes": 3},
    )
    assert (single.person_id, single.resource, single.target_id, single.detail) == (
        cast.ada.person_id,
        "CODE",
        issued.codes[2].id,
        {"ending": issued.codes[2].ending},
    )


async def test_asking_for_no_code_gives_none(cast: Cast, issued: Issued) -> None:
    with pytest.raises(NotFound):
        await codes.show(cast.ada, issued.batch.id, ())


async def test_a_code_of_another_batch_is_not_shown_here(cast: Cast, issued: Issued) -> None:
    other = await issue(cast.ada, cast.month)
    with pytest.raises(NotFound):
        await codes.show(cast.ada, issued.batch.id, (other.codes[0].id,))


async def test_what_is_refused_is_not_recorded_as_shown(cast: Cast, issued: Issued) -> None:
    before = await AuditEntry.all().count()
    for who in (cast.mallory, cast.ada_at_acme, cast.eve):
        with pytest.raises(NotFound):
            await codes.show(who, issued.batch.id)
    assert await AuditEntry.all().count() == before


async def test_a_revoked_code_is_revoked_by_somebody_and_counted(
    cast: Cast, issued: Issued
) -> None:
    await codes.revoke(cast.ada, issued.codes[2].id)
    code = await Code.get(id=issued.codes[2].id).select_related("batch")
    assert (code.status, code.revoked_by_id) == (Status.REVOKED, cast.ada.person_id)
    assert (code.batch.ready, code.batch.activated, code.batch.revoked) == (0, 1, 2)


@pytest.mark.parametrize(("ordinal", "status"), [(1, "ACTIVATED"), (2, "REVOKED")])
async def test_a_code_that_is_used_or_revoked_stays_so(
    cast: Cast, issued: Issued, ordinal: int, status: str
) -> None:
    with pytest.raises(Conflict, match=f"This code is {status} and stays so"):
        await codes.revoke(cast.ada, issued.codes[ordinal - 1].id)


async def test_two_who_revoke_one_code_at_once_revoke_it_once(cast: Cast, issued: Issued) -> None:
    tries = (codes.revoke(who, issued.codes[2].id) for who in (cast.ada, cast.olga))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "NoneType"]
    assert (await Code.get(id=issued.codes[2].id).select_related("batch")).batch.revoked == 2


@pytest.mark.parametrize("code_id", [0, -1, 10**12])
async def test_a_code_that_is_none_is_not_found(cast: Cast, code_id: int) -> None:
    with pytest.raises(NotFound):
        await codes.revoke(cast.ada, code_id)
