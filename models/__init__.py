"""What is stored: every model by its noun."""

from models.account import Installation, Membership, Person, Session, User, Workspace
from models.audit import AuditEntry
from models.catalog import Plan, Product
from models.code import Activation, Batch, Code, Entitlement
from models.mail import Delivery, Message
from models.notification import AuditFanout, Notification
from models.refusal import Budget, Refusal

__all__ = [
    "Activation",
    "AuditEntry",
    "AuditFanout",
    "Batch",
    "Budget",
    "Code",
    "Delivery",
    "Entitlement",
    "Installation",
    "Membership",
    "Message",
    "Notification",
    "Person",
    "Plan",
    "Product",
    "Refusal",
    "Session",
    "User",
    "Workspace",
]
