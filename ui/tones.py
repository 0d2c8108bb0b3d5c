"""How states look: for each the name of a pair of colours in static/tokens.css."""

from models.enums import (
    Access,
    AgreementState,
    AuditAction,
    BatchState,
    EvaluationState,
    InvitationState,
    MessageState,
    RefusalReason,
    Status,
)

STATUS_TONE = {
    Status.READY: "ready",
    Status.ACTIVATED: "activated",
    Status.REVOKED: "revoked",
    Status.EXPIRED: "expired",
    Status.NOT_YET_VALID: "other",
    Status.HELD: "other",
}
ACCESS_TONE = {
    Access.ACTIVE: "activated",
    Access.NOT_STARTED: "ready",
    Access.ENDED: "expired",
    Access.UNDONE: "other",
}
AGREEMENT_TONE = {
    AgreementState.VALID: "activated",
    AgreementState.NOT_YET_VALID: "other",
    AgreementState.ENDED: "other",
    AgreementState.USED_UP: "expired",
}
STATE_TONE = {BatchState.FAILED: "revoked", BatchState.CANCELLED: "other"}
MESSAGE_TONE = {
    MessageState.QUEUED: "other",
    MessageState.SENDING: "ready",
    MessageState.RETRYING: "expired",
    MessageState.SENT: "activated",
    MessageState.FAILED: "revoked",
}
INVITATION_TONE = {
    InvitationState.OPEN: "ready",
    InvitationState.EXPIRED: "expired",
    InvitationState.STOPPED: "expired",
}
AUDIT_TONE: dict[str, str] = {
    **dict.fromkeys((AuditAction.ACTIVATE, AuditAction.COMPLETE, AuditAction.ACCEPT), "activated"),
    **dict.fromkeys(
        (AuditAction.CREATE, AuditAction.ADD, AuditAction.INVITE, AuditAction.ENABLE), "ready"
    ),
    **dict.fromkeys(
        (
            *(AuditAction.REVOKE, AuditAction.FAIL, AuditAction.REFUSE, AuditAction.GUESSING),
            *(AuditAction.REMOVE, AuditAction.DISABLE, AuditAction.ERASE),
        ),
        "revoked",
    ),
    **dict.fromkeys(
        (
            *(AuditAction.SHOW, AuditAction.COPY, AuditAction.EXPORT, AuditAction.UNDO),
            *(AuditAction.CANCEL, AuditAction.WITHDRAW, AuditAction.EXPIRE, AuditAction.PAUSE),
        ),
        "expired",
    ),
}
REASON_TONE = {
    RefusalReason.ALREADY_ACTIVATED: "activated",
    RefusalReason.REVOKED: "revoked",
    RefusalReason.EXPIRED: "expired",
    RefusalReason.WRONG_WORKSPACE: "expired",
    RefusalReason.WRONG_ACTION: "expired",
    RefusalReason.WRONG_KIND: "expired",
}
EVALUATION_TONE = {
    EvaluationState.OPEN: "ready",
    EvaluationState.CERTIFIED: "activated",
    EvaluationState.FAILED: "revoked",
}
