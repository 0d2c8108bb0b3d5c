"""What is stored: every model by its noun."""

from models.account import Installation, Membership, Person, Session, User, Workspace
from models.audit import AuditEntry, AuditExport, AuditHead, AuditSeal
from models.catalog import Plan, Product
from models.certification import Action, Agreement, Scheme
from models.code import Activation, ActivationDay, AgreementShare, Batch, Code, Entitlement
from models.evaluation import Evaluation, Evidence, Reopening, Step
from models.invitation import Invitation, PasswordReset
from models.mail import Delivery, Message
from models.notification import AuditFanout, Notification
from models.refusal import Budget, Refusal

__all__ = [
    "Action",
    "Activation",
    "ActivationDay",
    "Agreement",
    "AgreementShare",
    "AuditEntry",
    "AuditExport",
    "AuditFanout",
    "AuditHead",
    "AuditSeal",
    "Batch",
    "Budget",
    "Code",
    "Delivery",
    "Entitlement",
    "Evaluation",
    "Evidence",
    "Installation",
    "Invitation",
    "Membership",
    "Message",
    "Notification",
    "PasswordReset",
    "Person",
    "Plan",
    "Product",
    "Refusal",
    "Reopening",
    "Scheme",
    "Session",
    "Step",
    "User",
    "Workspace",
]
