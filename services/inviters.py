"""Who may invite: an invitation lives as long as the person who sent it may."""

from collections.abc import Collection

from models import Membership, User
from models.enums import Role


async def standing(workspace_id: int | None, person_ids: Collection[int]) -> set[int]:
    """Those of these people who may invite into that workspace today; without one, as owners."""
    users = await User.filter(person_id__in=list(person_ids), disabled_at=None)
    may = {user.person_id for user in users if user.is_owner}
    if workspace_id is None or len(may) == len(users):
        return may
    by_id = {user.id: user.person_id for user in users}
    seats = await Membership.filter(
        workspace_id=workspace_id, role=Role.ADMIN, user_id__in=list(by_id)
    )
    return may | {by_id[seat.user_id] for seat in seats}
