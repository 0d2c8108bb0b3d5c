"""Evidence: notes and files of a step, while its work is open."""

import asyncio
import hashlib
import stat
from pathlib import Path

import pytest

from models import AuditEntry, Evaluation, Evidence, Step
from models.enums import AuditAction, StepState
from services import evidence, evidence_store, outcomes
from services.errors import Conflict, Invalid, NotFound
from services.settings import Settings
from tests.cast import Cast, entries, every_row
from tests.evaluating import begin, step

HTML = b"<script>alert(1)</script>"


async def content_of(cast: Cast, evidence_id: int) -> bytes:
    file = await evidence.open_file(cast.eve, evidence_id)
    return b"".join([piece async for piece in file.pieces])


def stored(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "evidence").rglob("*") if path.is_file()]


async def test_a_note_keeps_its_lines(cast: Cast) -> None:
    first = await step(await begin(cast.eve), 1)
    await evidence.add_note(cast.eve, first.id, "\nSeen:  \r\n\r\n\tno leak\n")
    note = await Evidence.get()
    assert (note.text, note.size, note.added_by_id) == (
        "Seen:\n\n    no leak",
        None,
        cast.eve.person_id,
    )
    [entry] = await entries(AuditAction.ADD)
    assert (entry.resource, entry.target_id) == ("EVIDENCE", note.id)
    assert entry.detail == {"evaluation": first.evaluation_id, "step": first.id, "bytes": None}


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("", "Enter a note."),
        (" \n\t\n", "Enter a note."),
        ("x" * 4001, "At most 4000 characters; this has 4001."),
        ("a\x00b", "It holds a character that cannot be shown. Type it again."),
        ("\u2066turned", "It holds a character that cannot be shown. Type it again."),
    ],
)
async def test_a_note_that_cannot_be_is_told_at_its_field(
    cast: Cast, note: str, sentence: str
) -> None:
    first = await step(await begin(cast.eve), 1)
    with pytest.raises(Invalid) as wrong:
        await evidence.add_note(cast.eve, first.id, note)
    assert wrong.value.fields == {"note": sentence}


async def test_the_longest_note_fits(cast: Cast) -> None:
    first = await step(await begin(cast.eve), 1)
    await evidence.add_note(cast.eve, first.id, "é" * 4000)
    assert len((await Evidence.get()).text) == 4000


async def test_a_file_stands_under_its_hash_for_its_owner_only(
    cast: Cast, settings: Settings
) -> None:
    first = await step(await begin(cast.eve), 1)
    await evidence.add_file(cast.eve, first.id, "page.html", HTML)
    digest = hashlib.sha256(HTML).hexdigest()
    path = settings.data_dir / "evidence" / digest[:2] / digest
    assert path.read_bytes() == HTML
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    row = await Evidence.get()
    assert (row.text, row.size, row.digest) == ("page.html", len(HTML), digest)
    assert await content_of(cast, row.id) == HTML


async def test_the_same_content_is_stored_once(cast: Cast, settings: Settings) -> None:
    first = await step(await begin(cast.eve), 1)
    await asyncio.gather(
        *(evidence.add_file(cast.eve, first.id, f"{n}.txt", b"same") for n in range(8))
    )
    assert len(stored(settings)) == 1
    assert await Evidence.all().count() == 8


async def test_nothing_and_too_much_are_refused_and_ten_megabytes_arrive(
    cast: Cast, settings: Settings
) -> None:
    first = await step(await begin(cast.eve), 1)
    for content, sentence in (
        (b"", "This file is empty. Choose another one."),
        (b"x" * (11 * 1024 * 1024), "A file may have at most 10 MB."),
        (b"x" * (evidence.FILE_MOST + 1), "A file may have at most 10 MB."),
    ):
        with pytest.raises(Invalid) as wrong:
            await evidence.add_file(cast.eve, first.id, "a.bin", content)
        assert wrong.value.fields == {"file": sentence}
    assert stored(settings) == []
    await evidence.add_file(cast.eve, first.id, "a.bin", b"x" * evidence.FILE_MOST)
    assert await content_of(cast, (await Evidence.get()).id) == b"x" * evidence.FILE_MOST


async def test_a_file_whose_row_is_refused_is_no_evidence(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await step(await begin(cast.eve), 1)
    keep = evidence_store.keep

    async def slow(content: bytes) -> str:
        await outcomes.decide(cast.ada_at_acme, first.id, passed=True, note="")
        return await keep(content)

    monkeypatch.setattr(evidence_store, "keep", slow)
    with pytest.raises(Conflict, match="not open any more"):
        await evidence.add_file(cast.eve, first.id, "late.txt", b"late")
    assert not await Evidence.exists()


async def test_a_file_that_cannot_be_written_leaves_no_row(cast: Cast, settings: Settings) -> None:
    first = await step(await begin(cast.eve), 1)
    (settings.data_dir / "evidence").write_text("in the way")
    with pytest.raises(OSError):
        await evidence.add_file(cast.eve, first.id, "a.txt", b"a")
    assert not await Evidence.exists()


@pytest.mark.parametrize("state", [each for each in StepState if each is not StepState.WORK])
async def test_only_an_open_step_takes_evidence(
    cast: Cast, settings: Settings, state: StepState
) -> None:
    first = await step(await begin(cast.eve), 1)
    await evidence.add_note(cast.eve, first.id, "before")
    await Step.filter(id=first.id).update(state=state)
    before = await every_row()
    with pytest.raises(Conflict):
        await evidence.add_note(cast.eve, first.id, "after")
    with pytest.raises(Conflict):
        await evidence.add_file(cast.eve, first.id, "a.txt", b"a")
    with pytest.raises(Conflict):
        await evidence.remove(cast.eve, (await Evidence.get()).id)
    assert await every_row() == before
    assert stored(settings) == []


async def test_notes_written_while_the_step_is_decided_are_there_before_or_refused(
    cast: Cast,
) -> None:
    first = await step(await begin(cast.eve), 1)
    notes = [evidence.add_note(cast.eve, first.id, f"{n}") for n in range(20)]
    decision = outcomes.decide(cast.ada_at_acme, first.id, passed=True, note="")
    answers = await asyncio.gather(*notes[:10], decision, *notes[10:], return_exceptions=True)
    kept = sum(answer is None for answer in answers) - 1
    assert await Evidence.all().count() == kept
    log = [entry.action for entry in await AuditEntry.all().order_by("id")]
    assert "ADD" not in log[log.index("DECIDE") :]


async def test_a_step_holds_a_hundred_and_no_more(cast: Cast) -> None:
    first = await step(await begin(cast.eve), 1)
    row = {"workspace_id": cast.acme.id, "step_id": first.id, "added_by_id": cast.eve.person_id}
    await Evidence.bulk_create([Evidence(text=f"{n}", **row) for n in range(100)])
    with pytest.raises(Conflict, match="at most 100"):
        await evidence.add_note(cast.eve, first.id, "one more")


async def test_who_added_it_or_an_admin_removes_it_and_the_row_stays(cast: Cast) -> None:
    first = await step(await begin(cast.eve), 1)
    await evidence.add_file(cast.ada_at_acme, first.id, "a.txt", b"a")
    await evidence.add_note(cast.eve, first.id, "b")
    of_ada, of_eve = await Evidence.all().order_by("id")
    with pytest.raises(NotFound, match="Only the person who added it"):
        await evidence.remove(cast.eve, of_ada.id)
    await evidence.remove(cast.eve, of_eve.id)
    await evidence.remove(cast.ada_at_acme, of_ada.id)
    for gone in (of_ada, of_eve):
        with pytest.raises(NotFound):
            await evidence.remove(cast.ada_at_acme, gone.id)
        with pytest.raises(NotFound):
            await evidence.open_file(cast.ada_at_acme, gone.id)
    rows = await Evidence.all().order_by("id")
    assert [row.removed_by_id for row in rows] == [cast.ada_at_acme.person_id, cast.eve.person_id]
    assert all(row.removed_at for row in rows)
    assert [entry.target_id for entry in await entries(AuditAction.REMOVE)] == [
        of_eve.id,
        of_ada.id,
    ]


async def test_who_may_not_adds_removes_and_reads_nothing(cast: Cast) -> None:
    evaluation: Evaluation = await begin(cast.eve)
    first = await step(evaluation, 1)
    await evidence.add_file(cast.eve, first.id, "a.txt", b"a")
    file = await Evidence.get()
    before = await every_row()
    for stranger in (cast.sam, cast.mallory, cast.ada):
        for attempt in (
            evidence.add_note(stranger, first.id, "x"),
            evidence.add_file(stranger, first.id, "x", b"x"),
            evidence.remove(stranger, file.id),
            evidence.open_file(stranger, file.id),
        ):
            with pytest.raises(NotFound):
                await attempt
    for number in (0, -1, 2**63):
        with pytest.raises(NotFound):
            await evidence.open_file(cast.eve, number)
    assert await every_row() == before


async def test_a_note_is_no_file_and_a_lost_file_says_so(cast: Cast, settings: Settings) -> None:
    first = await step(await begin(cast.eve), 1)
    await evidence.add_note(cast.eve, first.id, "x")
    with pytest.raises(NotFound):
        await evidence.open_file(cast.eve, (await Evidence.get()).id)
    await evidence.add_file(cast.eve, first.id, "a.txt", b"a")
    for path in stored(settings):
        path.unlink()
    with pytest.raises(NotFound, match="not in the data folder"):
        await evidence.open_file(cast.eve, (await Evidence.get(text="a.txt")).id)


async def test_the_log_holds_no_note_and_no_file_name(cast: Cast) -> None:
    first = await step(await begin(cast.eve), 1)
    await evidence.add_note(cast.eve, first.id, "SECRET")
    await evidence.add_file(cast.eve, first.id, "SECRET.pdf", b"SECRET")
    assert "SECRET" not in str(await AuditEntry.all().values())
