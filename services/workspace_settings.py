"""What the admins of a workspace choose for it; its slug is not among it."""

from dataclasses import asdict, dataclass

from models import Workspace
from models.enums import AuditAction, Resource
from services import audit, emails, signals, texts, zones
from services.actor import Actor
from services.database import unit_of_work
from services.errors import Conflict, Invalid
from services.permissions import Permission, require
from services.signals import Changed, Topic

ASK_MOST = 200
PLAIN = "Use an address with plain letters before the @: not every mail program answers others."
MOVED = "Somebody changed these settings a moment ago. They are shown now; save again."


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """`reply_to` is where answers to its mails go, `ask_for_codes` whom to ask for codes."""

    name: str
    time_zone: str
    reply_to: str
    ask_for_codes: str


async def read(actor: Actor) -> WorkspaceSettings:
    require(actor, Permission.ADMINISTER_WORKSPACE)
    workspace = await Workspace.get(id=actor.workspace)
    return WorkspaceSettings(
        name=workspace.name,
        time_zone=workspace.time_zone,
        reply_to=workspace.reply_to,
        ask_for_codes=workspace.ask_for_codes,
    )


async def change(
    actor: Actor, wanted: WorkspaceSettings, *, shown: WorkspaceSettings
) -> WorkspaceSettings:
    """Keep what is wanted in place of what was `shown`; returns it as it is kept.

    Raises Invalid by field, and Conflict where somebody else was faster.
    """
    require(actor, Permission.ADMINISTER_WORKSPACE)
    checked = _checked(wanted)
    if checked != shown:
        await _change(actor, checked, shown)
    return checked


def _checked(wanted: WorkspaceSettings) -> WorkspaceSettings:
    if wanted.time_zone not in zones.names():
        raise Invalid({"time_zone": "Choose a time zone from the list."})
    return WorkspaceSettings(
        name=texts.line(wanted.name, field="name", what="a name", longest=80),
        time_zone=wanted.time_zone,
        reply_to=_address(wanted.reply_to),
        ask_for_codes=texts.line(
            wanted.ask_for_codes,
            field="ask_for_codes",
            what="whom to ask",
            longest=ASK_MOST,
            required=False,
        ),
    )


def _address(typed: str) -> str:
    if not typed.strip():
        return ""
    address = emails.read(typed, field="reply_to")
    if not address.rpartition("@")[0].isascii():
        raise Invalid({"reply_to": PLAIN})
    return address


@unit_of_work
async def _change(actor: Actor, wanted: WorkspaceSettings, shown: WorkspaceSettings) -> None:
    new, old = asdict(wanted), asdict(shown)
    if not await Workspace.filter(id=actor.workspace, **old).update(**new):
        raise Conflict(MOVED)
    fields = [name for name, value in new.items() if value != old[name]]
    await audit.record(
        AuditAction.UPDATE, Resource.WORKSPACE, actor.workspace, by=actor, fields=fields
    )
    signals.emit(Changed(actor.workspace, Topic.WORKSPACES, (actor.workspace,)))
