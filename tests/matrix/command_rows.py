"""Every command of the services and who may run it; and what is only a part of one."""

from tests.matrix import (
    administration_rows,
    backup_rows,
    cyberpass_rows,
    edspace_rows,
    installation_rows,
    own_rows,
)
from tests.matrix.commands import Command

ROWS: list[Command] = [
    *edspace_rows.ROWS,
    *cyberpass_rows.ROWS,
    *administration_rows.ROWS,
    *installation_rows.ROWS,
    *backup_rows.ROWS,
    *own_rows.ROWS,
]

PARTS = {
    "step_up.require": "asks whether the person proved lately who they are, for a command",
    "file_limits.book": "counts a file, inside each command that gives one",
    "invitation_limits.book": "counts an invitation, inside invite and resend",
    "access_changes.record": "writes down a change of access that was allowed",
    "catalog.change_row": "changes a product or a plan for commands that have asked",
    "catalog.record": "writes down what they did",
    "agreement_claims.claim": "takes from agreements for a batch that is being written",
    "audit_files.record": "writes down an export that was allowed",
    "batch_form.check": "reads what was typed into Generate, for batches.request",
    "batches.issue": "makes what batches.request or purchases.request has found good",
    "batches.made_before": "finds one's own batch by its key, for both of them",
    "code_story.of_no_code": "puts a refusal that was found into words",
    "entitlement_rows.parts": "the rows of a file that entitlement_export has allowed",
    "messages.retry_now": "takes a message that the caller has found for this person",
    "step_up.require_for_codes": "counts codes that a command is about to hand out",
    "step_up.foresee_codes": "asks whether a command could hand out so many",
    "confirming.mark": "writes down a proof that was checked",
    "refusal_list.views": "puts refusals that were found into rows",
    "users.known": "finds a user for who owns the installation, asking as hold_owners does",
    "users.hold_owners": "lets one owner at a time change owners, and asks whether they still are",
    "undoing.undo": "undoes a use for access_changes and payments, which ask before",
}
"""Called by commands that have asked for the right; no screen may call one."""
