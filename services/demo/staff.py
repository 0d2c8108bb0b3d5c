"""The sample's staff and the workspaces they work in."""

from datetime import datetime, timedelta

from models import Membership, Person, Workspace
from models.enums import AuditAction, Resource
from services import setup
from services.demo.scene import Scene
from services.demo.story import MEMBERS, OWNER, PEOPLE, WORKSPACES, ZONE


async def people(scene: Scene, password_hash: str) -> None:
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


async def workspaces(scene: Scene) -> None:
    at = scene.began + timedelta(minutes=20)
    for slug, name in WORKSPACES.items():
        workspace = await Workspace.create(slug=slug, name=name, time_zone=ZONE, created_at=at)
        scene.workspaces[slug] = workspace
        _record_owner(scene, at, Resource.WORKSPACE, workspace.id, workspace.id, slug=slug)
    at += timedelta(minutes=5)
    for email, slug, role in MEMBERS:
        workspace, user = scene.workspaces[slug], scene.users[email]
        await Membership.create(
            workspace_id=workspace.id, user_id=user.id, role=role, created_at=at
        )
        _record_owner(scene, at, Resource.MEMBER, user.id, workspace.id, role=role.value)


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
