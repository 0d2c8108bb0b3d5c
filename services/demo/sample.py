"""A believable sample to look around in: made once, in one unit of work, or not at all."""

from datetime import datetime, timedelta

from models import AuditEntry, Membership, Person, Plan, Product, Workspace
from models.enums import AuditAction, Resource
from services import passwords, setup, zones
from services.database import lock, unit_of_work
from services.demo import (
    batches,
    bells,
    days,
    evaluations,
    history,
    holders,
    post,
    purchases,
)
from services.demo.scene import Scene, on_working_day
from services.demo.story import (
    ADMIN,
    ARCHIVED,
    ARCHIVED_DAYS_AGO,
    CATALOG,
    CODES_EXPIRE_AFTER,
    MEMBERS,
    OWNER,
    PEOPLE,
    TERMS,
    WORKSPACES,
    ZONE,
)

PASSWORD = "demo-tallystick"  # noqa: S105 - public by intent, and shown on the sign-in page
BEGAN_DAYS_AGO = 96


async def fill() -> None:
    """Store the sample, unless there is an owner already. Needs the database and the key."""
    if await setup.is_open():
        await _fill(await passwords.hash_password(PASSWORD))


@unit_of_work
async def _fill(password_hash: str) -> None:
    await lock("demo")
    if not await setup.is_open():
        return
    scene = _scene()
    await _people(scene, password_hash)
    await _workspaces(scene)
    await _catalog(scene)
    issued = await batches.issue(scene)
    codes = await batches.codes_of(issued)
    await holders.activate(scene, issued, codes)
    history.revocations(scene, issued, codes)
    await post.deliver(scene, issued)
    actions = await purchases.certify(scene)
    await purchases.grant(scene, actions)
    await purchases.issue(scene, actions)
    await evaluations.evaluate(scene, actions)
    await days.count()
    await history.sign_ins(scene)
    await history.refusals(scene, issued, codes)
    await AuditEntry.bulk_create(sorted(scene.log, key=lambda entry: entry.at))
    await bells.ring(scene)


def _scene() -> Scene:
    moment = zones.now()
    scene = Scene(now=moment, began=moment)
    scene.began = on_working_day(scene, BEGAN_DAYS_AGO, timedelta(hours=9))
    return scene


async def _people(scene: Scene, password_hash: str) -> None:
    for minute, (email, name) in enumerate(PEOPLE.items()):
        user = await setup.new_user(name, email, password_hash, is_owner=email == OWNER)
        scene.users[email] = user
        at = scene.began + timedelta(minutes=3 * minute)
        user.created_at = at
        await user.save(update_fields=["created_at"])
        await Person.filter(id=user.person_id).update(created_at=at)
        role = "OWNER" if email == OWNER else "MEMBER"
        by = scene.users[OWNER].person_id
        scene.record(at, AuditAction.CREATE, Resource.USER, user.id, person_id=by, role=role)


async def _workspaces(scene: Scene) -> None:
    at = scene.began + timedelta(minutes=20)
    for slug, name in WORKSPACES.items():
        workspace = await Workspace.create(slug=slug, name=name, time_zone=ZONE, created_at=at)
        scene.workspaces[slug] = workspace
        _record_owner(scene, at, Resource.WORKSPACE, workspace.id, workspace.id, slug=slug)
    at += timedelta(minutes=5)
    for email, slug, role in MEMBERS:
        workspace, user = scene.workspaces[slug], scene.users[email]
        member = await Membership.create(
            workspace_id=workspace.id, user_id=user.id, role=role, created_at=at
        )
        _record_owner(scene, at, Resource.MEMBER, member.id, workspace.id, role=role.value)


def _record_owner(
    scene: Scene, at: datetime, resource: Resource, target: int, workspace_id: int, **detail: str
) -> None:
    owner = scene.users[OWNER].person_id
    scene.record(
        at,
        AuditAction.CREATE,
        resource,
        target,
        person_id=owner,
        workspace_id=workspace_id,
        **detail,
    )


async def _catalog(scene: Scene) -> None:
    at = scene.began + timedelta(hours=2)
    for slug, name, plans in CATALOG:
        at += timedelta(minutes=scene.dice.randint(4, 9))
        workspace_id = scene.workspaces[slug].id
        product = await Product.create(workspace_id=workspace_id, name=name, created_at=at)
        scene.products[name] = product
        _record_catalog(scene, at, AuditAction.CREATE, product)
        for plan in plans:
            at += timedelta(minutes=1)
            await _plan(scene, product, plan, at)
    at = on_working_day(scene, ARCHIVED_DAYS_AGO, timedelta(hours=15, minutes=12))
    await Product.filter(id=scene.products[ARCHIVED].id).update(archived_at=at)
    _record_catalog(scene, at, AuditAction.ARCHIVE, scene.products[ARCHIVED])


async def _plan(scene: Scene, product: Product, name: str, at: datetime) -> None:
    plan = await Plan.create(
        workspace_id=product.workspace_id,
        product_id=product.id,
        name=name,
        days=TERMS[name],
        codes_expire_after_days=CODES_EXPIRE_AFTER.get((product.name, name)),
        created_at=at,
    )
    scene.plans[product.name, name] = plan
    _record_catalog(scene, at, AuditAction.CREATE, plan)


def _record_catalog(scene: Scene, at: datetime, action: AuditAction, row: Product | Plan) -> None:
    resource = Resource.PLAN if isinstance(row, Plan) else Resource.PRODUCT
    admin = scene.users[ADMIN].person_id
    scene.record(at, action, resource, row.id, person_id=admin, workspace_id=row.workspace_id)
