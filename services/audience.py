"""Who is told of an entry of the log."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from models import AuditEntry, Membership, User
from models.enums import Role
from services.notice_kinds import Notice, Told
from services.redeem_limits import OF_WORKSPACE


def workspace_of(entry: AuditEntry) -> int | None:
    """Its workspace; of a spent budget, the one whose budget it is."""
    budget = str(entry.detail.get("budget", ""))
    if entry.workspace_id is None and budget.startswith(OF_WORKSPACE):
        return int(budget.removeprefix(OF_WORKSPACE))
    return entry.workspace_id


@dataclass
class People:
    """Who may be told: nobody whose account is disabled."""

    owners: list[int] = field(default_factory=list[int])
    users: dict[int, int] = field(default_factory=dict[int, int])  # by person
    seats: dict[tuple[int, int], Role] = field(default_factory=dict[tuple[int, int], Role])

    def admins(self, workspace_id: int | None) -> list[int]:
        return [
            user_id
            for (of, user_id), role in self.seats.items()
            if of == workspace_id and role is Role.ADMIN
        ]

    def may_enter(self, user_id: int, workspace_id: int | None) -> bool:
        everywhere = workspace_id is None or user_id in self.owners
        return everywhere or (workspace_id, user_id) in self.seats


async def people_of(entries: Sequence[AuditEntry]) -> People:
    """Whom these entries may concern, read once for all of them."""
    asked = {entry.person_id for entry in entries} - {None}
    workspaces = {workspace_of(entry) for entry in entries} - {None}
    users = await User.filter(person_id__in=asked, disabled_at=None) if asked else []
    seats = Membership.filter(workspace_id__in=workspaces, user__disabled_at=None).order_by("id")
    owners = await User.filter(is_owner=True, disabled_at=None).order_by("id")
    return People(
        [owner.id for owner in owners],
        {user.person_id: user.id for user in users},
        {(s.workspace_id, s.user_id): s.role for s in (await seats if workspaces else [])},
    )


def of(entry: AuditEntry, notice: Notice, people: People) -> list[int]:
    """The users to tell: of the first kind in the notice that has anybody."""
    found = (_audience(told, entry, people) for told in notice.told)
    return next((user_ids for user_ids in found if user_ids), [])


def _audience(told: Told, entry: AuditEntry, people: People) -> list[int]:
    workspace_id = workspace_of(entry)
    match told:
        case Told.ASKER:
            user_id = people.users.get(entry.person_id or 0)
            is_here = user_id is not None and people.may_enter(user_id, workspace_id)
            return [user_id] if user_id is not None and is_here else []
        case Told.ADMINS:
            return people.admins(workspace_id)
        case Told.OWNERS:
            return people.owners
        case Told.ADMINS_AND_OWNERS:
            return list(dict.fromkeys([*people.owners, *people.admins(workspace_id)]))
