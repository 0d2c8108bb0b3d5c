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
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


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


class AuditAction(StrEnum):
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    ARCHIVE = "ARCHIVE"
    RESTORE = "RESTORE"
    ACTIVATE = "ACTIVATE"
    REVOKE = "REVOKE"
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
