"""Who may do what, as one table. What is not in it is refused."""

from enum import StrEnum

from models.enums import CodeKind, Role
from services.actor import Actor
from services.errors import FactorDue, NotFound

OWNER, ADMIN, SALES, EVALUATOR = Role.OWNER, Role.ADMIN, Role.SALES, Role.EVALUATOR


class Permission(StrEnum):
    RUN_INSTALLATION = "run installation"
    ADMINISTER_WORKSPACE = "administer workspace"
    READ_AGREEMENTS = "read agreements"
    HANDLE_PURCHASE_CODES = "handle purchase codes"
    USE_EDSPACE = "use edspace"
    EDIT_CATALOG = "edit catalog"
    CHANGE_ENTITLEMENTS = "change entitlements"
    READ_OWN_MESSAGES = "read own messages"
    READ_ALL_MESSAGES = "read all messages"
    REVOKE_OWN_BATCHES = "revoke own batches"
    REVOKE_ANY_BATCH = "revoke any batch"
    USE_CYBERPASS = "use cyberpass"
    REOPEN_EVALUATIONS = "reopen evaluations"


TABLE: dict[Permission, frozenset[Role]] = {
    Permission.RUN_INSTALLATION: frozenset({OWNER}),
    Permission.ADMINISTER_WORKSPACE: frozenset({OWNER, ADMIN}),
    Permission.READ_AGREEMENTS: frozenset({OWNER, ADMIN}),
    Permission.HANDLE_PURCHASE_CODES: frozenset({OWNER, ADMIN}),
    Permission.USE_EDSPACE: frozenset({OWNER, ADMIN, SALES}),
    Permission.EDIT_CATALOG: frozenset({OWNER, ADMIN}),
    Permission.CHANGE_ENTITLEMENTS: frozenset({OWNER, ADMIN}),
    Permission.READ_OWN_MESSAGES: frozenset({OWNER, ADMIN, SALES}),
    Permission.READ_ALL_MESSAGES: frozenset({OWNER, ADMIN}),
    Permission.REVOKE_OWN_BATCHES: frozenset({OWNER, ADMIN, SALES}),
    Permission.REVOKE_ANY_BATCH: frozenset({OWNER, ADMIN}),
    Permission.USE_CYBERPASS: frozenset({OWNER, ADMIN, EVALUATOR}),
    Permission.REOPEN_EVALUATIONS: frozenset({OWNER, ADMIN}),
}


HANDLING: dict[CodeKind, Permission] = {
    CodeKind.ACCESS: Permission.USE_EDSPACE,
    CodeKind.PURCHASE: Permission.HANDLE_PURCHASE_CODES,
}
"""What it takes to see codes of a kind, and to make them."""


MISSING = "This page does not exist, or not for you."
FACTOR_DUE = (
    "This installation requires a second factor of admins and owners. Set one up on your Account "
    "page; until then nothing else opens for you."
)


def can(actor: Actor, permission: Permission) -> bool:
    if actor.factor_due:
        return False
    role = OWNER if actor.is_owner else actor.role
    return role in TABLE[permission]


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotFound unless allowed: what a person may not do does not exist for them.

    Raises FactorDue for who must set up a second factor before anything else.
    """
    require_factor(actor)
    if not can(actor, permission):
        raise NotFound(MISSING)


def require_factor(actor: Actor) -> None:
    """Raise FactorDue where a second factor is demanded of that person and they have none."""
    if actor.factor_due:
        raise FactorDue(FACTOR_DUE)
