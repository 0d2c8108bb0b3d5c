"""The signed heads of the log: made when due, kept in a file too, and mailed away daily."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from models import AuditHead, AuditSeal, Installation
from models.enums import AuditAction, MessageKind, Resource
from services import (
    audit,
    audit_chain,
    database,
    emails,
    file_limits,
    head_lines,
    head_statement,
    heads_file,
    outbox,
    signals,
    step_up,
)
from services.actor import Actor
from services.database import fetch, reader, unit_of_work
from services.head_statement import Head
from services.outbox import Draft
from services.permissions import Permission, require
from services.sheets import Export
from services.signals import Changed, Topic
from services.unsealed import UNSEALED_ABOUT
from services.zones import now

EVERY_SEALS = 1000
EVERY = timedelta(hours=1)
MAIL_EVERY = timedelta(days=1)
LOCK = "heads"
HEADS = "SELECT at, seq, digest, public_key, signature FROM audit_head ORDER BY seq"
JSON_LINES = "application/jsonl; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealState:
    """`mailed_to` is for the owner only; empty where nobody is mailed."""

    sealed: int
    unsealed: int
    head_seq: int
    head_at: datetime | None
    mailed_to: str


async def keep_up() -> None:
    """Sign a head where one is due, write the file anew where it lacks one, mail what is due."""
    if await _is_due():
        await sign()
    elif not await asyncio.to_thread(heads_file.path().exists):
        await write_file()
    await mail()


async def _is_due() -> bool:
    newest, seq = await _newest(), await _last_seq()
    if newest is None:
        return seq > 0
    waits = abs(now() - newest.at) >= EVERY  # also where the clock was turned back
    return seq >= newest.seq + EVERY_SEALS or (seq > newest.seq and waits)


async def sign() -> None:
    """Sign where the chain ends now, unless that is signed already; into the file as well."""
    await _sign()
    await write_file()


@unit_of_work
async def _sign() -> None:
    await database.lock(LOCK)
    last = await AuditSeal.all().order_by("-seq").first()
    newest = await AuditHead.all().order_by("-seq").first()
    if last is None or (newest is not None and newest.seq >= last.seq):
        return
    head = head_statement.sign(last.seq, last.digest, now())
    await AuditHead.create(
        at=head.at,
        seq=head.seq,
        digest=head.digest,
        public_key=head.public_key,
        signature=head.signature,
    )
    signals.emit(Changed(None, Topic.SEALS, (head.seq,)))


async def write_file() -> None:
    """Add to the file the heads it lacks, such as after somebody deleted it."""
    heads = await every()
    await asyncio.to_thread(heads_file.add_missing, heads)


async def every() -> list[Head]:
    """All of them as they stand in the database, oldest first; those that can be read."""
    return [head for head in map(read, await rows()) if head]


async def rows() -> list[dict[str, Any]]:
    return await fetch(HEADS, reading=True)


def read(row: dict[str, Any]) -> Head | None:
    """Nothing where this is no row that a signature could be on."""
    try:
        at = audit_chain.instant(row["at"])
    except (ValueError, TypeError):
        return None
    return Head(
        installation=head_statement.installation_of(str(row["public_key"])),
        seq=row["seq"],
        digest=str(row["digest"]),
        at=at,
        public_key=str(row["public_key"]),
        signature=str(row["signature"]),
    )


async def mail() -> None:
    """Mail the newest head to where the owner wants it, once a day."""
    newest, installation = await _newest(), await _installation()
    if newest and installation and installation.heads_to:
        await _mail(newest.id)


@unit_of_work
async def _mail(head_id: int) -> None:
    at = now()
    # one that lies ahead is of a clock that was wrong
    due = Q(heads_sent_at=None) | Q(heads_sent_at__lte=at - MAIL_EVERY) | Q(heads_sent_at__gt=at)
    if await Installation.filter(due).exclude(heads_to="").update(heads_sent_at=at):
        [installation] = await Installation.all()
        await outbox.put(
            [
                Draft(
                    kind=MessageKind.HEAD,
                    workspace_id=None,
                    head_id=head_id,
                    recipient=installation.heads_to,
                )
            ]
        )


@unit_of_work
async def mail_to(actor: Actor, address: str) -> str:
    """Whom to mail the head daily from now on; nobody where empty. Raises Invalid(email)."""
    require(actor, Permission.RUN_INSTALLATION)
    recipient = emails.read(address) if address.strip() else ""
    await step_up.require(actor)
    changed = await Installation.exclude(heads_to=recipient).update(
        heads_to=recipient, heads_sent_at=None
    )
    if changed:
        await audit.record(
            AuditAction.UPDATE, Resource.INSTALLATION, None, by=actor, field="heads to"
        )
    return recipient


async def download(actor: Actor) -> Export:
    """Every head as JSON, one a line, to be kept elsewhere; what is sealed is signed first."""
    require(actor, Permission.RUN_INSTALLATION)
    await _record_download(actor)
    await _sign()  # the file follows with the next one
    heads = await every()

    async def lines() -> AsyncIterator[bytes]:
        for head in heads:
            yield f"{head_lines.to_line(head)}\n".encode()

    return Export(heads_file.NAME, lines(), JSON_LINES)


@unit_of_work
async def _record_download(actor: Actor) -> None:
    await file_limits.book(actor)
    await audit.record(AuditAction.EXPORT, Resource.AUDIT, None, by=actor, what="heads")


async def state(actor: Actor) -> SealState:
    """How far the log is sealed and signed."""
    require(actor, Permission.ADMINISTER_WORKSPACE)
    newest = await _newest()
    installation = await _installation() if actor.is_owner else None
    [waiting] = await fetch(UNSEALED_ABOUT, reading=True)
    return SealState(
        sealed=await _last_seq(),
        unsealed=waiting["entries"],
        head_seq=newest.seq if newest else 0,
        head_at=newest.at if newest else None,
        mailed_to=installation.heads_to if installation else "",
    )


async def _newest() -> AuditHead | None:
    return await AuditHead.all().using_db(reader()).order_by("-seq").first()


async def _last_seq() -> int:
    last = await AuditSeal.all().using_db(reader()).order_by("-seq").first()
    return last.seq if last else 0


async def _installation() -> Installation | None:
    return await Installation.all().using_db(reader()).first()
