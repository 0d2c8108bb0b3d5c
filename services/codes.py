"""Full codes: shown, copied and revoked, each with its audit entry."""

from dataclasses import dataclass
from typing import Any

from models import Batch, Code
from models.enums import AuditAction, BatchState, CodeKind, Resource, Status
from services import audit, batches, code_alphabet, links, step_up, vault
from services.actor import Actor
from services.database import is_id, unit_of_work
from services.errors import Conflict, NotFound
from services.links import Purpose
from services.zones import now


@dataclass(frozen=True, slots=True)
class FullCode:
    id: int
    text: str
    status: Status


def text_of(code: Code, batch: Batch) -> str:
    """The code in full, grouped, with its prefix."""
    body = vault.unseal(
        code.sealed, workspace_id=code.workspace_id, batch_id=code.batch_id, ordinal=code.ordinal
    )
    return code_alphabet.display(body, batch.prefix)


def link_token(code: Code) -> str:
    return links.make(Purpose.ACTIVATE, code.id, code.link_version)


async def show(
    actor: Actor,
    batch_id: int,
    ids: tuple[int, ...] | None = None,
    *,
    kind: CodeKind = CodeKind.ACCESS,
) -> list[FullCode]:
    """Codes of a batch in full, all or these, in order; audited as shown.

    Raises NotFound; ConfirmationDue for many.
    """
    return await _reveal(
        await batches.own(actor, batch_id, kind=kind), actor, AuditAction.SHOW, ids
    )


async def copy(
    actor: Actor,
    batch_id: int,
    ids: tuple[int, ...] | None = None,
    *,
    kind: CodeKind = CodeKind.ACCESS,
) -> list[FullCode]:
    """As `show`, audited as copied; of a whole batch only the codes that still work."""
    batch = await batches.own(actor, batch_id, kind=kind)
    found = await _reveal(batch, actor, AuditAction.COPY, ids)
    return found if ids is not None else [code for code in found if code.status is Status.READY]


@unit_of_work
async def _reveal(
    batch: Batch, actor: Actor, action: AuditAction, ids: tuple[int, ...] | None
) -> list[FullCode]:
    query = Code.filter(batch_id=batch.id, batch__state=BatchState.DONE)
    wanted = query if ids is None else query.filter(id__in=list(filter(is_id, ids)))
    found = await wanted.order_by("ordinal")
    if not found:
        raise NotFound("These codes do not exist, or not in this workspace.")
    await step_up.require_for_codes(actor, len(found))
    if len(found) == 1 and ids:
        await audit.record(action, Resource.CODE, found[0].id, by=actor, ending=found[0].ending)
    else:
        await audit.record(action, Resource.BATCH, batch.id, by=actor, codes=len(found))
    return [FullCode(code.id, text_of(code, batch), code.status) for code in found]


@unit_of_work
async def revoke(actor: Actor, code_id: int, *, kind: CodeKind = CodeKind.ACCESS) -> None:
    """Revoke one unused code. Raises NotFound, or Conflict when it is used or revoked already."""
    code = is_id(code_id) and await Code.get_or_none(
        id=code_id, workspace_id=actor.workspace, batch__state=BatchState.DONE
    )
    if not code:
        raise NotFound("This code does not exist, or not in this workspace.")
    batch = await batches.own(actor, code.batch_id, kind=kind)
    if not batches.may_revoke(actor, batch):
        raise NotFound("You can revoke codes of your own batches only.")
    if not (was := await _revoke(actor, code_id)):
        status = (await Code.get(id=code_id)).status  # as it is after the claim failed
        raise Conflict(f"This code is {status.value} and stays so.")
    held = int(was is Status.HELD)
    await batches.count_revoked(batch, {code.agreement_id: 1}, held=held)
    detail: dict[str, Any] = {"ending": code.ending} | ({"held": held} if held else {})
    await audit.record(AuditAction.REVOKE, Resource.CODE, code_id, by=actor, **detail)


async def _revoke(actor: Actor, code_id: int) -> Status | None:
    """What it was until then; nothing where it cannot be revoked."""
    for status in (Status.READY, Status.HELD, Status.READY):  # it may be released meanwhile
        if await Code.filter(id=code_id, status=status).update(
            status=Status.REVOKED, revoked_at=now(), revoked_by_id=actor.person_id
        ):
            return status
    return None
