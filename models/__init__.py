"""What is stored: every model by its noun."""

from models.account import Installation, Membership, Person, Session, User, Workspace
from models.audit import AuditEntry
from models.catalog import Plan, Product
from models.code import Activation, Batch, Code, Entitlement
from models.refusal import Budget, Refusal

__all__ = [
    "Activation",
    "AuditEntry",
    "Batch",
    "Budget",
    "Code",
    "Entitlement",
    "Installation",
    "Membership",
    "Person",
    "Plan",
    "Product",
    "Refusal",
    "Session",
    "User",
    "Workspace",
]
