"""Tries of the sample that were refused."""

from datetime import datetime, timedelta
from typing import NamedTuple

from models import Activation, Code, Refusal
from models.enums import RefusalReason, Status
from services.code_alphabet import ALPHABET
from services.demo.batches import Codes
from services.demo.hours import awake, between
from services.demo.scene import Issued, Scene

NOBODYS_CODES, SECOND_TRIES, REVOKED_TRIES = 4, 6, 3


class Struck(NamedTuple):
    """What a refused try hit, and since when it could not succeed."""

    reason: RefusalReason
    code_id: int | None
    workspace_id: int | None
    since: datetime


async def refusals(scene: Scene, issued: list[Issued], codes: Codes) -> None:
    """A few tries that were refused, at codes of every kind and at none, and one hasty visitor."""
    early = scene.began + timedelta(days=10)
    struck = [Struck(RefusalReason.NOT_FOUND, None, None, early)] * NOBODYS_CODES
    struck += await _used_before(scene)
    struck += _revoked_before(scene, codes)
    for one in issued:
        struck += await _outside_validity(scene, one)
    rows = [_refusal(scene, each) for each in struck]
    rows.append(_hasty(scene, early))
    await Refusal.bulk_create(sorted(rows, key=lambda row: row.created_at))


async def _used_before(scene: Scene) -> list[Struck]:
    used = (
        await Activation.all().order_by("id").values_list("code_id", "workspace_id", "created_at")
    )
    reason = RefusalReason.ALREADY_ACTIVATED
    return [Struck(reason, *one) for one in scene.dice.sample(used, SECOND_TRIES)]


def _revoked_before(scene: Scene, codes: Codes) -> list[Struck]:
    revoked = [code for _, code in sorted(codes.items()) if code.revoked_at]
    return [
        Struck(RefusalReason.REVOKED, code.id, code.workspace_id, code.revoked_at or scene.now)
        for code in scene.dice.sample(revoked, REVOKED_TRIES)
    ]


async def _outside_validity(scene: Scene, one: Issued) -> list[Struck]:
    """One try at an unused code of a batch that is over, or has not begun."""
    batch = one.batch
    is_over = batch.expires_at is not None and batch.expires_at <= scene.now
    is_early = batch.valid_from is not None and batch.valid_from > scene.now
    if not batch.ready or not (is_over or is_early):
        return []
    code = await Code.filter(batch_id=batch.id, status=Status.READY).order_by("ordinal").first()
    reason = RefusalReason.EXPIRED if is_over else RefusalReason.NOT_YET_VALID
    since = batch.expires_at if is_over else batch.finished_at
    return [Struck(reason, code.id, code.workspace_id, since)] if code and since else []


def _refusal(scene: Scene, struck: Struck) -> Refusal:
    return Refusal(
        workspace_id=struck.workspace_id,
        code_id=struck.code_id,
        reason=struck.reason,
        reference="".join(scene.dice.choices(ALPHABET, k=8)),
        address=f"198.51.100.{scene.dice.randint(2, 250)}",
        created_at=between(scene, struck.since, scene.now, awake),
    )


def _hasty(scene: Scene, early: datetime) -> Refusal:
    """Tries past the limit are one row for their minute."""
    row = _refusal(scene, Struck(RefusalReason.LIMITED, None, None, early))
    row.minute = row.created_at.replace(second=0, microsecond=0)
    row.tries = 14
    return row
