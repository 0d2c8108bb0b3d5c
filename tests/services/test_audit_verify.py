"""Verify names what is wrong, and says nothing where nothing is."""

from datetime import timedelta

import pytest

from models import AuditEntry, AuditHead, AuditSeal, Code
from models.enums import AuditAction
from services import (
    access_changes,
    audit_chain,
    audit_verify,
    batch_jobs,
    batches,
    codes,
    head_lines,
    head_statement,
    heads_file,
    key_file,
    keys,
    sealing,
)
from services.audit_chain import GENESIS
from services.audit_findings import MOST, Fault
from services.database import fetch
from services.errors import Conflict, Invalid, NotFound
from services.head_statement import Head
from services.settings import Settings
from services.zones import now
from tests.cast import Cast, activated, entries, issue, redeem, wanted
from tests.conftest import POSTGRES
from tests.sealed import chain, check, disarm, faults, forge, happened, sealed

GUARDED = ("entry", "head", "seal")

pytestmark = pytest.mark.usefixtures("fresh_sealer")


async def test_an_untouched_log_has_no_findings(db: Settings) -> None:
    empty = await check()
    assert (empty.is_clean, empty.sealed, empty.signed) == (True, 0, None)
    head = await sealed(5)
    await happened(2)
    verdict = await check(head)
    assert verdict.is_clean
    assert (verdict.sealed, verdict.unsealed, verdict.heads) == (5, 2, 1)
    assert (verdict.signed, verdict.kept) == (head, head)


async def test_the_triggers_that_are_gone_are_named(db: Settings) -> None:
    await sealed(5)
    await disarm()
    gone = [found.source for found in (await audit_verify.check([])).findings]
    changes = ("delete", "update")
    assert gone == [f"audit_{table}_no_{each}" for table in GUARDED for each in changes]


async def test_the_entry_that_was_changed_is_named(db: Settings) -> None:
    await sealed(5)
    await disarm()
    await forge("UPDATE audit_entry SET target_id = ? WHERE id = ?", 99, 3)
    [finding] = (await check()).findings
    assert (finding.fault, finding.entry_id, finding.seq) == (Fault.CHANGED, 3, 3)


async def test_the_entry_that_is_gone_is_named(db: Settings) -> None:
    await sealed(5)
    await disarm()
    await forge("DELETE FROM audit_entry WHERE id = ?", 4)
    [finding] = (await check()).findings
    assert (finding.fault, finding.entry_id) == (Fault.MISSING, 4)


async def test_seals_that_are_gone_leave_a_gap(db: Settings) -> None:
    await sealed(6)
    await disarm()
    await forge("DELETE FROM audit_seal WHERE seq IN (?, ?)", 3, 4)
    verdict = await check()
    assert [(f.fault, f.seq, f.here) for f in verdict.findings] == [(Fault.GAP, 3, 2)]
    assert verdict.unsealed == 2


async def test_an_old_entry_put_between_sealed_ones_is_named(db: Settings) -> None:
    await AuditEntry.create(id=10, action="LOGIN", resource="USER", detail={})
    await sealing.seal()
    for number, age in ((4, timedelta(hours=2)), (5, timedelta(minutes=2))):
        await AuditEntry.create(
            id=number, at=now() - age, action="LOGIN", resource="USER", detail={}
        )
    verdict = await check()
    assert [(f.fault, f.entry_id) for f in verdict.findings] == [(Fault.INSERTED, 4)]


async def test_an_entry_of_a_number_that_nobody_gets_is_named_whatever_time_it_says(
    db: Settings,
) -> None:
    await sealed(3)
    for number, ahead in ((-5, timedelta(0)), (-6, timedelta(days=300))):
        await AuditEntry.create(
            id=number, at=now() + ahead, action="LOGIN", resource="USER", detail={}
        )
    await sealing.seal()
    verdict = await check()
    assert [(f.fault, f.entry_id) for f in verdict.findings] == [
        (Fault.INSERTED, -6),
        (Fault.INSERTED, -5),
    ]
    assert verdict.unsealed == 2  # the other one may have come late


async def test_an_entry_that_was_backdated_is_told_by_the_head_before_it(db: Settings) -> None:
    await sealed(2)
    await AuditEntry.create(
        at=now() - timedelta(days=30), action="LOGIN", resource="USER", detail={}
    )
    await sealed(1)
    [finding] = (await check()).findings
    assert (finding.fault, finding.seq) == (Fault.BACKDATED, 3)


async def cut(after: int) -> None:
    await forge(
        "DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_seal WHERE seq > ?)", after
    )
    await forge("DELETE FROM audit_seal WHERE seq > ?", after)
    await forge("DELETE FROM audit_head WHERE seq > ?", after)


async def test_an_end_that_was_cut_off_is_seen_by_the_head_in_the_file(db: Settings) -> None:
    await sealed(5)
    await disarm()
    await cut(3)
    assert faults(await check()) == {Fault.CUT, Fault.HEAD_GONE}


async def test_where_the_file_was_deleted_too_only_a_head_kept_elsewhere_sees_the_cut(
    db: Settings,
) -> None:
    head = await sealed(5)
    await disarm()
    await cut(3)
    heads_file.path().unlink()
    assert (await check()).is_clean
    [finding] = (await check(head)).findings
    assert (finding.fault, finding.here, finding.told) == (Fault.CUT, 3, 5)


async def rewrite_all(head: Head) -> None:
    """What somebody with the key can do: another past, sealed and signed from the start."""
    await forge("UPDATE audit_entry SET person_id = ? WHERE id = 2", 77)
    previous = GENESIS
    for seal in await chain():
        [row] = await fetch(sealing.ENTRIES, [seal.entry_id])
        digest = audit_chain.digest(previous, seal.seq, audit_chain.canonical(row))
        await forge(
            "UPDATE audit_seal SET previous = ?, digest = ? WHERE seq = ?",
            previous,
            digest,
            seal.seq,
        )
        previous = digest
    again = head_statement.sign(head.seq, previous, head.at)
    await forge("UPDATE audit_head SET digest = ?, signature = ?", previous, again.signature)
    heads_file.path().write_text(head_lines.to_line(again) + "\n")


async def test_a_full_rewrite_under_the_same_key_is_found_with_a_head_kept_elsewhere(
    db: Settings,
) -> None:
    head = await sealed(5)
    await disarm()
    await rewrite_all(head)
    assert (await check()).is_clean
    assert faults(await check(head)) == {Fault.REWRITTEN}


async def test_heads_that_were_changed_are_named(db: Settings) -> None:
    await sealed(3)
    await disarm()
    await forge("UPDATE audit_head SET digest = ?", "0" * 64)
    verdict = await check()
    assert [(f.fault, f.source) for f in verdict.findings] == [(Fault.HEAD_FORGED, "database")]
    heads_file.path().write_text("not a head\n")
    sources = [f.source for f in (await check()).findings if f.fault is Fault.HEAD_FORGED]
    assert sources == ["database", "file"]


async def test_a_head_of_another_installation_is_foreign(db: Settings) -> None:
    head = await sealed(2)
    db.key_path.unlink()
    keys.use(key_file.create(db.key_path))
    assert Fault.HEAD_FOREIGN in faults(await check(head))


@pytest.mark.skipif(bool(POSTGRES), reason="PostgreSQL takes no such text")
async def test_an_entry_the_database_cannot_read_is_named_and_the_rest_is_checked(
    db: Settings,
) -> None:
    await sealed(9)
    await disarm()
    await forge("UPDATE audit_entry SET action = CAST(? AS TEXT) WHERE id = ?", b"\xff", 4)
    await forge("UPDATE audit_entry SET resource = ? WHERE id = ?", "X", 8)
    assert [f.entry_id for f in (await check()).findings] == [4, 8]


async def test_more_than_anybody_reads_is_counted(db: Settings) -> None:
    await sealed(MOST + 10)
    await disarm()
    await forge("UPDATE audit_entry SET action = ?", "FORGED")
    verdict = await audit_verify.check([])
    assert (len(verdict.findings), verdict.more) == (MOST, 10 + 2 * len(GUARDED))


@pytest.mark.parametrize("kept", ["x", '{"seq": 1}', "{}\n"])
async def test_what_is_no_head_is_refused_with_its_line(cast: Cast, kept: str) -> None:
    with pytest.raises(Invalid) as refused:
        await audit_verify.verify(cast.olga, kept=kept)
    assert refused.value.fields["kept"].startswith("Line 1 ")
    assert await entries(AuditAction.VERIFY) == []


async def test_who_administers_something_may_verify_and_nobody_else(cast: Cast) -> None:
    head = await sealed(2)
    seen: list[tuple[int, int]] = []
    line = head_lines.to_line(head)
    verdict = await audit_verify.verify(
        cast.ada, kept=f"{line}\n\n", progress=lambda done, of: seen.append((done, of))
    )
    assert verdict.is_clean
    assert seen == [(2, 2)]
    [entry] = await entries(AuditAction.VERIFY)
    assert (entry.resource, entry.detail) == ("AUDIT", {"sealed": 2, "findings": 0, "kept": 2})
    for actor in (cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await audit_verify.verify(actor)


async def test_one_verifies_at_a_time(cast: Cast) -> None:
    async with audit_verify._alone:
        with pytest.raises(Conflict):
            await audit_verify.verify(cast.olga)


async def lived(cast: Cast) -> Code:
    """Codes made at once and in the background, used, undone and revoked."""
    issued = await issue(cast.ada, cast.month, 6)
    await batches.request(cast.ada, wanted(cast.month, "150"))
    await batch_jobs.work()
    for text in issued.texts[:3]:
        first = activated(await redeem(text))
        if text == issued.texts[0]:
            await access_changes.undo_activation(cast.ada, first.activation_id, "A mistake")
    await codes.revoke(cast.ada, issued.codes[4].id)
    await batches.revoke_unused(cast.ada, issued.batch.id)
    await sealing.finish()
    return issued.codes[1]


async def test_codes_as_the_log_says_are_no_finding(cast: Cast) -> None:
    await lived(cast)
    verdict = await check()
    assert verdict.findings == ()
    assert verdict.codes == 156


async def test_a_code_that_was_activated_past_the_log_is_named(cast: Cast) -> None:
    code = await lived(cast)
    await forge("UPDATE code SET status = 'READY' WHERE id = ?", code.id)
    [finding] = (await check()).findings
    assert (finding.fault, finding.target_id) == (Fault.CODE_USED, code.id)
    assert (finding.here, finding.told) == (0, 1)


async def test_a_code_that_was_revoked_past_the_log_is_named_by_its_batch(cast: Cast) -> None:
    await lived(cast)
    other = await issue(cast.ada, cast.year, 2)
    await forge("UPDATE code SET status = 'REVOKED' WHERE id = ?", other.codes[0].id)
    [finding] = (await check()).findings
    assert (finding.fault, finding.target_id) == (Fault.CODES_REVOKED, other.batch.id)


async def test_codes_that_were_added_or_deleted_past_the_log_are_named_by_their_batch(
    cast: Cast,
) -> None:
    await lived(cast)
    other = await issue(cast.ada, cast.year, 3)
    await forge("DELETE FROM code WHERE id = ?", other.codes[0].id)
    [finding] = (await check()).findings
    assert (finding.fault, finding.target_id) == (Fault.CODES_MADE, other.batch.id)
    assert (finding.here, finding.told) == (2, 3)


async def test_verifying_writes_nothing_by_itself(db: Settings) -> None:
    await sealed(2)
    before = await AuditEntry.all().count(), await AuditSeal.all().count()
    await check()
    assert before == (await AuditEntry.all().count(), await AuditSeal.all().count())
    assert await AuditHead.all().count() == 1
