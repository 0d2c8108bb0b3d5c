"""The words that rows and screens share."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    SALES = "SALES"
    EVALUATOR = "EVALUATOR"


class Demand(StrEnum):
    """Of whom the installation demands a second factor."""

    NOBODY = "NOBODY"
    ADMINS = "ADMINS"


class SignInMethod(StrEnum):
    """What opened a session; all but PASSWORD and PASSKEY came after a password."""

    PASSWORD = "PASSWORD"  # noqa: S105 - a name, not a secret
    TOTP = "TOTP"
    RECOVERY = "RECOVERY"
    PASSKEY = "PASSKEY"


class ChallengePurpose(StrEnum):
    ADD = "ADD"
    SIGN_IN = "SIGN IN"
    CONFIRM = "CONFIRM"


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    SYSTEM = "system"


class BatchState(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


UNDER_WAY = (BatchState.QUEUED, BatchState.RUNNING)


class CodeKind(StrEnum):
    ACCESS = "ACCESS"
    PURCHASE = "PURCHASE"


class Status(StrEnum):
    """What a code shows; EXPIRED and NOT_YET_VALID come from the clock and are never stored."""

    READY = "READY"
    ACTIVATED = "ACTIVATED"
    REVOKED = "REVOKED"
    HELD = "HELD"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT YET VALID"


class Access(StrEnum):
    """How an entitlement stands; from the clock and its activation, never stored."""

    ACTIVE = "ACTIVE"
    NOT_STARTED = "NOT STARTED"
    ENDED = "ENDED"
    UNDONE = "UNDONE"


class InvitationState(StrEnum):
    """How one that was not accepted stands; never stored. STOPPED: who sent it may not any more."""

    OPEN = "OPEN"
    EXPIRED = "EXPIRED"
    STOPPED = "STOPPED"


class AgreementState(StrEnum):
    """How an agreement stands; from the clock and what is left, never stored."""

    VALID = "VALID"
    NOT_YET_VALID = "NOT YET VALID"
    ENDED = "ENDED"
    USED_UP = "USED UP"


class EvaluationState(StrEnum):
    OPEN = "OPEN"
    CERTIFIED = "CERTIFIED"
    FAILED = "FAILED"


class StepState(StrEnum):
    WAITING = "WAITING"
    PAYMENT = "PAYMENT"
    WORK = "WORK"
    PASSED = "PASSED"
    FAILED = "FAILED"


class RefusalReason(StrEnum):
    MISTYPED = "MISTYPED"
    NOT_FOUND = "NOT FOUND"
    ALREADY_ACTIVATED = "ALREADY ACTIVATED"
    REVOKED = "REVOKED"
    HELD = "HELD"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT YET VALID"
    WRONG_KIND = "WRONG KIND"
    WRONG_WORKSPACE = "WRONG WORKSPACE"
    WRONG_ACTION = "WRONG ACTION"
    WRONG_PERSON = "WRONG PERSON"
    LIMITED = "LIMITED"


class MessageKind(StrEnum):
    """What a mail brings: a set of codes, the file of a larger set, one code, a receipt.

    The others are of the installation: a way in, a way back in, a change of an account, a head.
    """

    CODES = "CODES"
    DOWNLOAD = "DOWNLOAD"
    PERSONAL = "PERSONAL"
    CONFIRMATION = "CONFIRMATION"
    INVITATION = "INVITATION"
    RESET = "RESET"
    WARNING = "WARNING"
    HEAD = "HEAD"


class AccountChange(StrEnum):
    """What a mail of kind WARNING is about: how somebody signs in was changed, or is in danger."""

    PASSWORD = "PASSWORD"  # noqa: S105 - a name, not a secret
    APP_ADDED = "APP ADDED"
    APP_REMOVED = "APP REMOVED"
    RECOVERY_RENEWED = "RECOVERY RENEWED"
    RECOVERY_USED = "RECOVERY USED"
    FACTORS_REMOVED = "FACTORS REMOVED"
    PASSKEY_ADDED = "PASSKEY ADDED"
    PASSKEY_REMOVED = "PASSKEY REMOVED"
    PASSKEY_COPIED = "PASSKEY COPIED"
    PASSWORD_KNOWN = "PASSWORD KNOWN"  # noqa: S105 - a name, not a secret


class MessageState(StrEnum):
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    RETRYING = "RETRYING"
    SENT = "SENT"
    FAILED = "FAILED"


class NotificationKind(StrEnum):
    BATCH_READY = "BATCH READY"
    BATCH_FAILED = "BATCH FAILED"
    MAIL_FAILED = "MAIL FAILED"
    MAIL_PAUSED = "MAIL PAUSED"
    GUESSING = "GUESSING"
    AGREEMENT_USED = "AGREEMENT USED"
    AGREEMENT_ENDS = "AGREEMENT ENDS"
    EXPORT_READY = "EXPORT READY"
    EXPORT_FAILED = "EXPORT FAILED"
    BACKUP_FAILED = "BACKUP FAILED"
    CODES_HELD = "CODES HELD"


class AuditAction(StrEnum):
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    ARCHIVE = "ARCHIVE"
    RESTORE = "RESTORE"
    ACTIVATE = "ACTIVATE"
    UNDO = "UNDO"
    COMPLETE = "COMPLETE"
    CANCEL = "CANCEL"
    RETRY = "RETRY"
    REVOKE = "REVOKE"
    SEND = "SEND"
    PAUSE = "PAUSE"
    SHOW = "SHOW"
    COPY = "COPY"
    EXPORT = "EXPORT"
    FAIL = "FAIL"
    REACH = "REACH"
    EXPIRE = "EXPIRE"
    REFUSE = "REFUSE"
    DECIDE = "DECIDE"
    REOPEN = "REOPEN"
    ADD = "ADD"
    REMOVE = "REMOVE"
    INVITE = "INVITE"
    ACCEPT = "ACCEPT"
    WITHDRAW = "WITHDRAW"
    RESET = "RESET"
    DISABLE = "DISABLE"
    ENABLE = "ENABLE"
    ERASE = "ERASE"
    VERIFY = "VERIFY"
    LOGIN = "LOGIN"
    LOGOUT = "LOGOUT"
    GUESSING = "GUESSING"
    CONFIRM = "CONFIRM"
    HOLD = "HOLD"
    RELEASE = "RELEASE"
    ROTATE = "ROTATE"


class Resource(StrEnum):
    INSTALLATION = "INSTALLATION"
    WORKSPACE = "WORKSPACE"
    MEMBER = "MEMBER"
    USER = "USER"
    PRODUCT = "PRODUCT"
    PLAN = "PLAN"
    BATCH = "BATCH"
    CODE = "CODE"
    MESSAGE = "MESSAGE"
    ENTITLEMENT = "ENTITLEMENT"
    SCHEME = "SCHEME"
    ACTION = "ACTION"
    AGREEMENT = "AGREEMENT"
    EVALUATION = "EVALUATION"
    STEP = "STEP"
    EVIDENCE = "EVIDENCE"
    CERTIFICATE = "CERTIFICATE"
    INVITATION = "INVITATION"
    PERSON = "PERSON"
    REFUSAL = "REFUSAL"
    SESSION = "SESSION"
    AUDIT = "AUDIT"
    EXPORT = "EXPORT"
    FACTOR = "FACTOR"
    KEY = "KEY"
    BACKUP = "BACKUP"
