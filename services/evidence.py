"""Evidence of a step: notes and files, while its work is open."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from models import Evidence
from models.enums import AuditAction, Resource, StepState
from services import audit, evaluations, evidence_store, file_names, texts
from services.actor import Actor
from services.database import fetch, is_id, reader, unit_of_work
from services.errors import Conflict, Invalid, NotFound
from services.permissions import Permission, can, require
from services.zones import now

NOTE_MOST = 4000  # characters
FILE_MOST = 10 * 1024 * 1024  # bytes
AT_A_STEP = 100
EMPTY = "This file is empty. Choose another one."
TOO_LARGE = "A file may have at most 10 MB."
FULL = f"A step holds at most {AT_A_STEP} notes and files."
CLOSED = "This step is not open any more. Nothing was changed."
MISSING = "This does not exist any more, or not in this workspace."
HELD = "SELECT id FROM step WHERE id = ? AND workspace_id = ? AND state = ?"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is sent: its safe name, its size in bytes, its content."""

    name: str
    size: int
    pieces: AsyncIterator[bytes]


async def add_note(actor: Actor, step_id: int, note: str) -> None:
    """Raises Invalid(note), NotFound, and Conflict where the step's work is not open."""
    words = texts.lines(note, field="note", what="a note", longest=NOTE_MOST)
    await _add(actor, step_id, text=words)


async def add_file(actor: Actor, step_id: int, name: str, content: bytes) -> None:
    """The row comes after its file is on the disk. Raises as `add_note`, with Invalid(file)."""
    if not content:
        raise Invalid({"file": EMPTY})
    if len(content) > FILE_MOST:
        raise Invalid({"file": TOO_LARGE})
    if (await evaluations.own_step(actor, step_id)).state is not StepState.WORK:
        raise Conflict(CLOSED)  # looked at before, so that nothing is stored in vain
    digest = await evidence_store.keep(content)
    await _add(actor, step_id, text=file_names.safe(name), digest=digest, size=len(content))


@unit_of_work
async def _add(
    actor: Actor, step_id: int, *, text: str, digest: str | None = None, size: int | None = None
) -> None:
    step = await evaluations.own_step(actor, step_id)
    await _hold(actor, step_id)
    if await Evidence.filter(step_id=step_id, removed_at=None).count() >= AT_A_STEP:
        raise Conflict(FULL)
    added = await Evidence.create(
        workspace_id=actor.workspace,
        step_id=step_id,
        added_by_id=actor.person_id,
        text=text,
        digest=digest,
        size=size,
    )
    facts = {"evaluation": step.evaluation_id, "step": step_id, "bytes": size}
    await audit.record(AuditAction.ADD, Resource.EVIDENCE, added.id, by=actor, **facts)
    evaluations.changed(actor.workspace, step.evaluation_id)


async def _hold(actor: Actor, step_id: int) -> None:
    """Nobody decides the step before this unit of work ends."""
    held = await fetch(HELD, step_id, actor.workspace, StepState.WORK.value, for_update=True)
    if not held:
        raise Conflict(CLOSED)


@unit_of_work
async def remove(actor: Actor, evidence_id: int) -> None:
    """Take a note or file away, while the step is open; the row stays, and so does the file.

    Raises NotFound also for a person who neither added it nor is an admin.
    """
    found = await _own(actor, evidence_id)
    if not may_remove(actor, found.added_by_id):
        raise NotFound("Only the person who added it, or an admin, can remove it.")
    await _hold(actor, found.step_id)
    gone = {"removed_at": now(), "removed_by_id": actor.person_id}
    if not await Evidence.filter(id=evidence_id, removed_at=None).update(**gone):
        raise NotFound(MISSING)
    step = await evaluations.own_step(actor, found.step_id)
    facts = {"evaluation": step.evaluation_id, "step": step.id}
    await audit.record(AuditAction.REMOVE, Resource.EVIDENCE, evidence_id, by=actor, **facts)
    evaluations.changed(actor.workspace, step.evaluation_id)


def may_remove(actor: Actor, added_by_id: int) -> bool:
    """While the step is open."""
    return added_by_id == actor.person_id or can(actor, Permission.ADMINISTER_WORKSPACE)


async def _own(actor: Actor, evidence_id: int) -> Evidence:
    require(actor, Permission.USE_CYBERPASS)
    found = is_id(evidence_id) and await Evidence.get_or_none(
        id=evidence_id, workspace_id=actor.workspace, removed_at=None
    )
    if not found:
        raise NotFound(MISSING)
    return found


async def open_file(actor: Actor, evidence_id: int) -> StoredFile:
    """A file for a member of its workspace. Raises NotFound."""
    require(actor, Permission.USE_CYBERPASS)
    mine = Evidence.filter(id=evidence_id, workspace_id=actor.workspace, removed_at=None)
    found = await mine.using_db(reader()).first() if is_id(evidence_id) else None
    if not found or found.digest is None:
        raise NotFound(MISSING)
    return StoredFile(found.text, found.size or 0, await evidence_store.pieces(found.digest))
