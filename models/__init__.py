"""What is stored: every model by its noun."""

from models.account import Membership, Session, User
from models.activation import Activation, ActivationDay
from models.audit import AuditEntry, AuditHead, AuditSeal
from models.audit_export import AuditExport
from models.batch import Batch
from models.catalog import Plan, Product
from models.certification import Action, Agreement, Scheme
from models.code import AgreementShare, Code
from models.delivery import Delivery
from models.entitlement import Entitlement
from models.evaluation import Evaluation
from models.evidence import Evidence
from models.invitation import Invitation, PasswordReset
from models.key import Key
from models.message import Message
from models.notification import AuditFanout, Notification
from models.person import Person
from models.refusal import Budget, GrowingWait, Refusal
from models.release import Release
from models.second_factor import Authenticator, Passkey, PasskeyChallenge, RecoveryCode
from models.step import Reopening, Step
from models.workspace import Installation, Workspace

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
    "Authenticator",
    "Batch",
    "Budget",
    "Code",
    "Delivery",
    "Entitlement",
    "Evaluation",
    "Evidence",
    "GrowingWait",
    "Installation",
    "Invitation",
    "Key",
    "Membership",
    "Message",
    "Notification",
    "Passkey",
    "PasskeyChallenge",
    "PasswordReset",
    "Person",
    "Plan",
    "Product",
    "RecoveryCode",
    "Refusal",
    "Release",
    "Reopening",
    "Scheme",
    "Session",
    "Step",
    "User",
    "Workspace",
]
