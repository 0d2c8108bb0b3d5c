"""The words that rows and screens share."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    SALES = "SALES"
    EVALUATOR = "EVALUATOR"


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


class RefusalReason(StrEnum):
    MISTYPED = "MISTYPED"
    NOT_FOUND = "NOT FOUND"
    ALREADY_ACTIVATED = "ALREADY ACTIVATED"
    REVOKED = "REVOKED"
    HELD = "HELD"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT YET VALID"
    WRONG_KIND = "WRONG KIND"
    WRONG_PERSON = "WRONG PERSON"
    LIMITED = "LIMITED"


class MessageKind(StrEnum):
    """What a mail brings: a set of codes, the file of a larger set, one code, a receipt."""

    CODES = "CODES"
    DOWNLOAD = "DOWNLOAD"
    PERSONAL = "PERSONAL"
    CONFIRMATION = "CONFIRMATION"


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
    LOGIN = "LOGIN"
    LOGOUT = "LOGOUT"
    GUESSING = "GUESSING"


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
