"""New codes as rows, and what follows when all of a batch are there."""

from collections.abc import Sequence
from functools import partial

from models import AgreementShare, Batch, Person
from models.enums import MessageKind, Status
from services import code_alphabet, outbox, vault
from services.outbox import Draft
from services.settings import get_settings
from services.zones import now

CODE_COLUMNS = (
    "created_at",
    "workspace_id",
    "batch_id",
    "ordinal",
    "digest",
    "sealed",
    "ending",
    "agreement_id",
    "status",
    "link_version",
)


def rows_of(
    batch: Batch,
    first: int = 1,
    last: int | None = None,
    shares: Sequence[AgreementShare] = (),
) -> list[tuple[object, ...]]:
    """New codes for these places of a batch, all by default; READY, hidden until it is done.

    `shares` say which agreement a purchase code is under, by its place.
    """
    moment, last = now(), last or batch.quantity
    under = [share.agreement_id for share in shares for _ in range(share.codes)]
    seal = partial(vault.seal, workspace_id=batch.workspace_id, batch_id=batch.id)
    return [
        (
            moment,
            batch.workspace_id,
            batch.id,
            ordinal,
            vault.digest(body),
            seal(body, ordinal=ordinal),
            body[-4:],
            under[ordinal - 1] if under else None,
            Status.READY.value,
            1,
        )
        for ordinal, body in enumerate(code_alphabet.generate(last - first + 1), start=first)
    ]


async def mail_set(batch: Batch) -> None:
    """Queue the mail that Send Notification asked for. Call in the commit that shows the codes."""
    if batch.sent_to_id is None:
        return
    person = await Person.get(id=batch.sent_to_id)
    is_bulk = batch.quantity >= get_settings().bulk_from
    draft = Draft(
        kind=MessageKind.DOWNLOAD if is_bulk else MessageKind.CODES,
        workspace_id=batch.workspace_id,
        recipient=person.email,
        name=person.name,
        batch_id=batch.id,
        requested_by_id=batch.requested_by_id,
    )
    await outbox.put([draft])
