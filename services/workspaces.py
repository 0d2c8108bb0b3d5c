"""Workspaces: whose they are, and making one."""

import re
import unicodedata
from dataclasses import dataclass

from tortoise.exceptions import IntegrityError

from models import Membership, Workspace
from models.enums import AuditAction, Resource, Role
from services import audit, signals, texts, zones
from services.actor import Actor
from services.database import reader, unit_of_work
from services.errors import Invalid
from services.permissions import TABLE, Permission, require
from services.signals import Changed, Topic

# words that are paths, now or soon, cannot be slugs
RESERVED = frozenset(
    {
        *("a", "i", "w", "api", "app", "new", "admin", "login", "logout", "setup", "redeem"),
        *("reset", "certificates", "healthz", "readyz", "static", "download", "notifications"),
        *("account", "instance", "edspace", "cyberpass"),
    }
)


@dataclass(frozen=True, slots=True)
class Membered:
    """A workspace as one person sees it."""

    id: int
    slug: str
    name: str
    role: Role
    time_zone: str

    def may(self, permission: Permission) -> bool:
        return self.role in TABLE[permission]


async def of(actor: Actor) -> list[Membered]:
    """The workspaces that person may enter, by name."""
    if actor.is_owner:
        every = await Workspace.all().using_db(reader()).order_by("name")
        return [_membered(workspace, Role.OWNER) for workspace in every]
    seats = (
        await Membership.filter(user_id=actor.user_id)
        .using_db(reader())
        .select_related("workspace")
        .order_by("workspace__name")
    )
    return [_membered(seat.workspace, seat.role) for seat in seats]


def _membered(workspace: Workspace, role: Role) -> Membered:
    return Membered(workspace.id, workspace.slug, workspace.name, role, workspace.time_zone)


def slug_for(name: str) -> str:
    """A proposal: the name in small letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40].strip("-")


def _slug(text: str) -> str:
    slug = text.strip()
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])", slug):
        raise Invalid(
            {"slug": "Use 2 to 40 small letters, digits and dashes, such as acme-devices."}
        )
    if slug in RESERVED:
        raise Invalid({"slug": f"The word {slug} is a path of Tallystick. Choose another one."})
    return slug


async def create(actor: Actor, *, name: str, slug: str, time_zone: str) -> Workspace:
    """Make a workspace. Its slug never changes. Raises Invalid by field."""
    require(actor, Permission.RUN_INSTALLATION)
    name = texts.line(name, field="name", what="a name", longest=80)
    slug = _slug(slug or slug_for(name))
    if time_zone not in zones.names():
        raise Invalid({"time_zone": "Choose a time zone from the list."})
    try:
        return await _create(actor, name, slug, time_zone)
    except IntegrityError:
        raise Invalid({"slug": f"A workspace with the address {slug} exists already."}) from None


@unit_of_work
async def _create(actor: Actor, name: str, slug: str, time_zone: str) -> Workspace:
    workspace = await Workspace.create(name=name, slug=slug, time_zone=time_zone)
    await audit.record(
        AuditAction.CREATE,
        Resource.WORKSPACE,
        workspace.id,
        by=actor,
        workspace_id=workspace.id,
        slug=slug,
    )
    signals.emit(Changed(workspace.id, Topic.WORKSPACES, (workspace.id,)))
    return workspace
