"""Who acts: a value read anew for each command, never kept."""

from dataclasses import dataclass

from models.enums import Role, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A signed-in person; with a workspace and a role once they have entered one.

    `factor_due`: a second factor is demanded of them and they have none.
    """

    user_id: int
    person_id: int
    session_id: int
    name: str
    email: str
    is_owner: bool
    theme: Theme = Theme.SYSTEM
    factor_due: bool = False
    workspace_id: int | None = None
    workspace_slug: str | None = None
    workspace_name: str | None = None
    time_zone: str = "UTC"
    role: Role | None = None

    @property
    def workspace(self) -> int:
        """The id of the workspace that was entered."""
        assert self.workspace_id is not None, "the actor has entered no workspace"
        return self.workspace_id

    @property
    def slug(self) -> str:
        """The slug of the workspace that was entered."""
        assert self.workspace_slug is not None, "the actor has entered no workspace"
        return self.workspace_slug
