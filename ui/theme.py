"""How states look and which files carry the style; colours themselves are in static/tokens.css."""

from nicegui import ui

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
    Theme,
)
from ui import routes

# The names of the pairs of colours in tokens.css.
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
DARK = {Theme.LIGHT: False, Theme.DARK: True, Theme.SYSTEM: None}

STYLES = (
    "tokens.css",
    "icons.css",
    "app.css",
    "controls.css",
    "table.css",
    "mail.css",
    "bell.css",
    "customers.css",
    "panel.css",
    "evaluation.css",
    "dashboard.css",
    "payment.css",
    "people.css",
    "schemes.css",
    "members.css",
    "audit.css",
    "refusals.css",
    "purchases.css",
)


def install() -> None:
    for name in STYLES:
        ui.add_head_html(f'<link rel="stylesheet" href="{routes.static(name)}">', shared=True)
    ui.add_head_html(f'<script src="{routes.static("app.js")}"></script>', shared=True)
    ui.button.default_props("no-caps unelevated no-wrap")
    ui.input.default_props("outlined dense hide-bottom-space")
    ui.select.default_props("outlined dense hide-bottom-space")
