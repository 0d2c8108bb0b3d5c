"""The sample's mail: sets sent to buyers, codes sent to people, receipts, and one that failed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from models import Activation, Batch, Code, Delivery, Message, Person
from models.enums import AuditAction, MessageKind, MessageState, Resource, Status
from services import emails, outbox
from services.demo.scene import Issued, Scene
from services.demo.story import BATCHES, BatchStory
from services.settings import get_settings

RECEIPTS_FOR = timedelta(days=10)  # as long as somebody looking around turns pages
WAITING = (
    ("Helena Voss", "h.voss@clinic.example"),
    ("Jonas Reiter", "jonas.reiter@hospital.example"),
    ("Amina Sato", "amina.sato@clinic.example"),
    ("Pavel Novotný", "p.novotny@pharmacy.example"),
)
LOST = ("Clara Weiss", "clara.weis@clinic.example")
NO_MAILBOX = "550 5.1.1 <clara.weis@clinic.example>: mailbox does not exist"


async def deliver(scene: Scene, issued: Iterable[Issued]) -> None:
    """Store every message of the sample, each with the entries it left in the log."""
    by_key = {f"demo-{number}": story for number, story in enumerate(BATCHES)}
    rows: list[Message] = []
    for one in issued:
        story = by_key[one.batch.idempotency_key]
        if story.more.sent_to:
            rows.append(await _set(scene, one.batch, story))
        if story.more.to_people:
            rows += await _to_people(scene, one.batch)
    rows += await _receipts(scene)
    await Message.bulk_create(sorted(rows, key=lambda row: row.created_at))
    await _record_failures(scene)


def _message(
    scene: Scene, kind: MessageKind, person: Person, at: datetime, batch_id: int, **more: object
) -> Message:
    """Sent a moment after it was queued."""
    answer = f"250 2.0.0 Ok: queued as {scene.dice.randrange(16**10):010X}"
    standing = {"state": MessageState.SENT, "sent_at": at + timedelta(seconds=2), "tries": 1}
    return Message(
        workspace_id=person.workspace_id,
        kind=kind,
        batch_id=batch_id,
        recipient=person.email,
        recipient_key=person.email_key,
        recipient_name=person.name,
        message_id=outbox.new_message_id(),
        queued_at=at,
        next_try_at=at,
        created_at=at,
        **({"last_answer": answer} | standing | more),
    )


async def _somebody(workspace_id: int, name: str, email: str, at: datetime) -> Person:
    return await Person.create(
        workspace_id=workspace_id,
        name=name,
        email=email,
        email_key=emails.key(email),
        created_at=at,
    )


async def _set(scene: Scene, batch: Batch, story: BatchStory) -> Message:
    at = batch.finished_at or batch.created_at
    buyer = await _somebody(batch.workspace_id, "", story.more.sent_to, at)
    await Batch.filter(id=batch.id).update(sent_to_id=buyer.id)
    is_bulk = batch.quantity >= get_settings().bulk_from
    kind = MessageKind.DOWNLOAD if is_bulk else MessageKind.CODES
    return _message(scene, kind, buyer, at, batch.id, requested_by_id=batch.requested_by_id)


async def _to_people(scene: Scene, batch: Batch) -> list[Message]:
    """Everybody who activated got the code by mail; a few more have not opened theirs yet."""
    at = (batch.finished_at or batch.created_at) + timedelta(minutes=9)
    used = await Activation.filter(code__batch_id=batch.id).select_related("person")
    to = {activation.code_id: activation.person for activation in used}
    waiting = (
        await Code.filter(batch_id=batch.id, status=Status.READY)
        .order_by("ordinal")
        .limit(len(WAITING) + 1)
    )
    for code, (name, email) in zip(waiting, (*WAITING, LOST), strict=True):
        to[code.id] = await _somebody(batch.workspace_id, name, email, at)
    delivery = await Delivery.create(
        workspace_id=batch.workspace_id,
        batch_id=batch.id,
        requested_by_id=batch.requested_by_id,
        idempotency_key=f"demo-{batch.id}",
        people=len(to),
        created_at=at,
    )
    place = {"person_id": batch.requested_by_id, "workspace_id": batch.workspace_id}
    detail = {"people": len(to), "delivery": delivery.id}
    scene.record(at, AuditAction.SEND, Resource.BATCH, batch.id, **place, **detail)
    return [await _to_one(scene, delivery, code_id, person) for code_id, person in to.items()]


async def _to_one(scene: Scene, delivery: Delivery, code_id: int, person: Person) -> Message:
    await Code.filter(id=code_id).update(sent_to_id=person.id)
    failed = {"state": MessageState.FAILED, "sent_at": None, "last_answer": NO_MAILBOX}
    return _message(
        scene,
        MessageKind.PERSONAL,
        person,
        delivery.created_at,
        delivery.batch_id,
        code_id=code_id,
        delivery_id=delivery.id,
        requested_by_id=delivery.requested_by_id,
        **(failed if person.email == LOST[1] else {}),
    )


async def _receipts(scene: Scene) -> list[Message]:
    recent = Activation.filter(created_at__gt=scene.now - RECEIPTS_FOR)
    return [
        _message(
            scene,
            MessageKind.CONFIRMATION,
            activation.person,
            activation.created_at,
            activation.code.batch_id,
            code_id=activation.code_id,
            activation_id=activation.id,
        )
        for activation in await recent.select_related("person", "code")
    ]


async def _record_failures(scene: Scene) -> None:
    for message in await Message.filter(state=MessageState.FAILED):
        scene.record(
            message.created_at + timedelta(seconds=3),
            AuditAction.FAIL,
            Resource.MESSAGE,
            message.id,
            person_id=message.requested_by_id,
            workspace_id=message.workspace_id,
            kind=message.kind.value,
            tries=message.tries,
        )
