"""The sample's schemes, agreements and purchase codes, as the owner and an admin left them."""

from datetime import datetime, time, timedelta

from models import Action, Agreement, AgreementShare, Batch, Code, Scheme
from models.enums import AuditAction, BatchState, CodeKind, Resource, Status
from services import zones
from services.database import insert_many
from services.demo.certificates import ACTIONS, AGREEMENTS, PURCHASES, SCHEMES, PurchaseStory
from services.demo.hours import on_working_day
from services.demo.scene import Scene
from services.demo.story import ACME, ADMIN, OWNER, ZONE
from services.issuing import CODE_COLUMNS, rows_of

Actions = dict[tuple[str, str], Action]


async def certify(scene: Scene) -> Actions:
    """Schemes with their actions, by scheme and name."""
    at = scene.began + timedelta(minutes=40)
    made: Actions = {}
    for name in SCHEMES:
        scheme = await Scheme.create(name=name, created_at=at)
        _by_owner(scene, at, Resource.SCHEME, scheme.id)
        for position, (action, needs_payment) in enumerate(ACTIONS.items(), start=1):
            made[name, action] = await Action.create(
                scheme=scheme,
                name=action,
                position=position,
                needs_payment=needs_payment,
                created_at=at,
            )
            _by_owner(scene, at, Resource.ACTION, made[name, action].id)
    return made


def _by_owner(scene: Scene, at: datetime, resource: Resource, target: int) -> None:
    owner = scene.users[OWNER].person_id
    scene.record(at, AuditAction.CREATE, resource, target, person_id=owner)


async def grant(scene: Scene, actions: Actions) -> None:
    today = zones.day(scene.now, ZONE)
    workspace = scene.workspaces[ACME]
    for story in AGREEMENTS:
        first = today - timedelta(days=story.since)
        at = max(zones.start_of(first, ZONE), scene.began + timedelta(hours=1))
        agreement = await Agreement.create(
            workspace=workspace,
            action=actions[story.scheme, story.action],
            reference=f"A-{first.year}-{story.number}",
            note=story.note,
            quantity=story.quantity,
            starts_at=zones.start_of(first, ZONE),
            ends_at=zones.end_of(today + timedelta(days=story.until), ZONE),
            created_at=at,
        )
        owner = scene.users[OWNER].person_id
        place = {"person_id": owner, "workspace_id": workspace.id}
        scene.record(at, AuditAction.CREATE, Resource.AGREEMENT, agreement.id, **place)


async def issue(scene: Scene, actions: Actions) -> None:
    """Batches of purchase codes, each under the agreement of its action."""
    for number, story in enumerate(PURCHASES):
        await _issue(scene, story, actions[story.scheme, story.action], f"demo-purchase-{number}")


async def _issue(scene: Scene, story: PurchaseStory, action: Action, key: str) -> None:
    hours = time.fromisoformat(story.at)
    at = on_working_day(scene, story.days_ago, timedelta(hours=hours.hour, minutes=hours.minute))
    last = story.expires_after and zones.day(at, ZONE) + timedelta(days=story.expires_after)
    batch = await Batch.create(
        workspace=scene.workspaces[ACME],
        kind=CodeKind.PURCHASE,
        action=action,
        requested_by_id=scene.users[ADMIN].person_id,
        idempotency_key=key,
        quantity=story.codes,
        made=story.codes,
        ready=story.codes - story.revoked,
        revoked=story.revoked,
        expires_at=zones.end_of(last, ZONE) if last else None,
        state=BatchState.DONE,
        created_at=at,
        started_at=at,
        finished_at=at,
    )
    place = {"person_id": batch.requested_by_id, "workspace_id": batch.workspace_id}
    scene.record(
        at,
        AuditAction.CREATE,
        Resource.BATCH,
        batch.id,
        **place,
        purchased_action=action.id,
        codes=story.codes,
    )
    await insert_many("code", CODE_COLUMNS, rows_of(batch))
    await _under_agreement(batch, story)
    await _revoke(scene, batch, story, at + timedelta(days=1, hours=2))


async def _under_agreement(batch: Batch, story: PurchaseStory) -> None:
    agreement = await Agreement.get(workspace_id=batch.workspace_id, action_id=batch.action_id)
    agreement.issued += story.codes
    agreement.returned += story.revoked
    await agreement.save()
    await AgreementShare.create(
        workspace_id=batch.workspace_id,
        batch=batch,
        agreement=agreement,
        codes=story.codes,
        created_at=batch.created_at,
    )
    await Code.filter(batch=batch).update(agreement_id=agreement.id, created_at=batch.created_at)


async def _revoke(scene: Scene, batch: Batch, story: PurchaseStory, at: datetime) -> None:
    by = scene.users[ADMIN].person_id
    for code in await Code.filter(batch=batch, ordinal__lte=story.revoked):
        code.status, code.revoked_at, code.revoked_by_id = Status.REVOKED, at, by
        await code.save()
        place = {"person_id": by, "workspace_id": batch.workspace_id}
        scene.record(at, AuditAction.REVOKE, Resource.CODE, code.id, **place, ending=code.ending)
