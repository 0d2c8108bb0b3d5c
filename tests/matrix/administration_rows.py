"""Administration: members, messages, the log, refusals."""

from collections.abc import Awaitable, Sequence

from models.enums import Role
from services import (
    account_message_list,
    account_messages,
    audit_exports,
    audit_files,
    audit_heads,
    audit_list,
    audit_verify,
    code_story,
    dry_run,
    invitations,
    member_list,
    members,
    message_list,
    messages,
    refusal_desk,
    refusal_list,
)
from services.audit_filter import AuditFilter
from services.errors import Invalid, NotFound
from services.message_list import MessageFilter
from services.paging import Slice
from services.refusal_list import RefusalFilter
from tests.matrix.commands import ADMINS, EDSPACE, OWNER, Reach, reads, writes
from tests.matrix.world import outside

LOG = AuditFilter()
VISITOR = "192.0.2.7"
OF_SAM, OF_OWNERS = "a message of Sam's", "outside of any workspace"


async def _listed(asked: Awaitable[Sequence[object]]) -> Sequence[object]:
    """What a list has of one row, where it has it at all."""
    if not (found := await asked):
        raise NotFound("It is not in the list.")
    return found


MEMBERS = [
    reads(
        "member_list.page",
        ADMINS,
        lambda w, who: member_list.page(who, "", Slice()),
        reach=Reach.PLACE,
    ),
    reads(
        "member_list.some",
        ADMINS,
        lambda w, who: member_list.some(who, [w.cast.sam.user_id]),
        reach=Reach.PLACE,
        empty=[],
    ),
    writes(
        "members.change_role",
        ADMINS,
        lambda w, who: members.change_role(who, w.cast.sam.user_id, Role.EVALUATOR),
    ),
    writes("members.remove", ADMINS, lambda w, who: members.remove(who, w.cast.sam.user_id)),
    writes(
        "invitations.invite",
        ADMINS,
        lambda w, who: invitations.invite(who, email="new@example.org", role=Role.SALES),
        reach=Reach.PLACE,
    ),
    writes(
        "invitations.invite_owner",
        OWNER,
        lambda w, who: invitations.invite_owner(who, email="new@example.org"),
        reach=Reach.ALL,
    ),
    writes("invitations.resend", ADMINS, lambda w, who: invitations.resend(who, w.invitation.id)),
    writes(
        "invitations.resend",
        OWNER,
        lambda w, who: invitations.resend(outside(who), w.owners_invitation.id),
        reach=Reach.ALL,
        case=OF_OWNERS,
    ),
    writes(
        "invitations.withdraw", ADMINS, lambda w, who: invitations.withdraw(who, w.invitation.id)
    ),
    writes(
        "invitations.withdraw",
        OWNER,
        lambda w, who: invitations.withdraw(outside(who), w.owners_invitation.id),
        reach=Reach.ALL,
        case=OF_OWNERS,
    ),
    reads(
        "invitations.page", ADMINS, lambda w, who: invitations.page(who, Slice()), reach=Reach.PLACE
    ),
    reads(
        "invitations.page",
        OWNER,
        lambda w, who: invitations.page(outside(who), Slice()),
        reach=Reach.ALL,
        case=OF_OWNERS,
    ),
    reads(
        "invitations.are_brought",
        ADMINS,
        lambda w, who: invitations.are_brought(who, [w.invitation.id], by=[w.account_message.id]),
        reach=Reach.PLACE,
        empty=False,
    ),
]
MESSAGES = [
    reads("messages.own", ADMINS, lambda w, who: messages.own(who, w.personal.id)),
    reads(
        "messages.own", EDSPACE, lambda w, who: messages.own(who, w.sams_personal.id), case=OF_SAM
    ),
    reads("messages.detail", ADMINS, lambda w, who: messages.detail(who, w.personal.id)),
    reads(
        "messages.detail",
        EDSPACE,
        lambda w, who: messages.detail(who, w.sams_personal.id),
        case=OF_SAM,
    ),
    reads("messages.preview", ADMINS, lambda w, who: messages.preview(who, w.personal.id)),
    reads(
        "messages.preview",
        EDSPACE,
        lambda w, who: messages.preview(who, w.sams_personal.id),
        case=OF_SAM,
    ),
    writes("messages.show", ADMINS, lambda w, who: messages.show(who, w.personal.id)),
    writes(
        "messages.show",
        EDSPACE,
        lambda w, who: messages.show(who, w.sams_personal.id),
        case=OF_SAM,
    ),
    reads("messages.in_full", ADMINS, lambda w, who: messages.in_full(who, w.personal.id)),
    reads(
        "messages.in_full",
        EDSPACE,
        lambda w, who: messages.in_full(who, w.sams_personal.id),
        case=OF_SAM,
    ),
    writes("messages.retry", ADMINS, lambda w, who: messages.retry(who, w.personal.id)),
    writes(
        "messages.retry",
        EDSPACE,
        lambda w, who: messages.retry(who, w.sams_personal.id),
        case=OF_SAM,
    ),
    reads(
        "message_list.page",
        EDSPACE,
        lambda w, who: message_list.page(who, MessageFilter(), Slice()),
        reach=Reach.PLACE,
    ),
    *[
        reads(
            f"message_list.{ask.__name__}",
            may,
            lambda w, who, ask=ask, whose=whose: _listed(ask(who, (getattr(w, whose).id,))),
            case=f"{whose.replace('_', ' ')} message",
        )
        for ask in (message_list.some, message_list.visible)
        for whose, may in (
            ("personal", ADMINS),
            ("sams_personal", EDSPACE),
            ("account_message", ""),
        )
    ],
    reads(
        "message_list.newest",
        EDSPACE,
        lambda w, who: message_list.newest(who),
        reach=Reach.PLACE,
        empty=0,
    ),
    reads(
        "account_message_list.page",
        OWNER,
        lambda w, who: account_message_list.page(who, MessageFilter(), Slice()),
        reach=Reach.ALL,
    ),
    reads(
        "account_message_list.some",
        OWNER,
        lambda w, who: account_message_list.some(who, [w.account_message.id]),
        reach=Reach.ALL,
    ),
    reads(
        "account_message_list.visible",
        OWNER,
        lambda w, who: account_message_list.visible(who, [w.account_message.id]),
        reach=Reach.ALL,
    ),
    reads(
        "account_message_list.newest",
        OWNER,
        lambda w, who: account_message_list.newest(who),
        reach=Reach.ALL,
    ),
    reads(
        "account_messages.detail",
        OWNER,
        lambda w, who: account_messages.detail(who, w.account_message.id),
        reach=Reach.ALL,
    ),
    reads(
        "account_messages.preview",
        OWNER,
        lambda w, who: account_messages.preview(who, w.account_message.id),
        reach=Reach.ALL,
    ),
    writes(
        "account_messages.retry",
        OWNER,
        lambda w, who: account_messages.retry(who, w.account_message.id),
        reach=Reach.ALL,
    ),
]
AUDIT = [
    reads(
        "audit_list.search", ADMINS, lambda w, who: audit_list.search(who, LOG), reach=Reach.PLACE
    ),
    reads("audit_list.page", ADMINS, lambda w, who: audit_list.page(who, LOG), reach=Reach.PLACE),
    reads(
        "audit_list.page",
        ADMINS,
        lambda w, who: audit_list.page(who, AuditFilter(workspace_id=w.cast.northwind.id)),
        reach=Reach.PLACE,
        case="asked for another workspace",
    ),
    reads(
        "audit_list.page",
        OWNER,
        lambda w, who: audit_list.page(outside(who), LOG),
        reach=Reach.ALL,
        case=OF_OWNERS,
    ),
    reads("audit_list.size", ADMINS, lambda w, who: audit_list.size(who, LOG), reach=Reach.PLACE),
    reads("audit_list.newest", ADMINS, lambda w, who: audit_list.newest(who), reach=Reach.PLACE),
    reads(
        "audit_list.since", ADMINS, lambda w, who: audit_list.since(who, LOG, 1), reach=Reach.PLACE
    ),
    reads("audit_list.people", ADMINS, lambda w, who: audit_list.people(who), reach=Reach.PLACE),
    reads(
        "audit_exports.request",
        ADMINS,
        lambda w, who: audit_exports.request(who, LOG, "csv"),
        reach=Reach.PLACE,
        case="few enough to be sent at once",
    ),
    writes(
        "audit_exports.fetch_file",
        "A",
        lambda w, who: audit_exports.fetch_file(who, w.adas_export.id),
        case="of Ada's",
    ),
    writes(
        "audit_exports.fetch_file",
        OWNER,
        lambda w, who: audit_exports.fetch_file(outside(who), w.owners_export.id),
        reach=Reach.ALL,
        case=OF_OWNERS,
    ),
    writes(
        "audit_files.send",
        ADMINS,
        lambda w, who: audit_files.send(who, LOG, "csv"),
        reach=Reach.PLACE,
    ),
    writes(
        "audit_files.send",
        OWNER,
        lambda w, who: audit_files.send(outside(who), LOG, "csv"),
        reach=Reach.ALL,
        case=OF_OWNERS,
    ),
    writes(
        "audit_heads.mail_to",
        OWNER,
        lambda w, who: audit_heads.mail_to(who, "safe@example.org"),
        reach=Reach.ALL,
    ),
    writes(
        "audit_heads.download", OWNER, lambda w, who: audit_heads.download(who), reach=Reach.ALL
    ),
    reads("audit_heads.state", ADMINS, lambda w, who: audit_heads.state(who), reach=Reach.PLACE),
    writes(
        "audit_verify.verify", ADMINS, lambda w, who: audit_verify.verify(who), reach=Reach.PLACE
    ),
]
REFUSALS = [
    reads(
        "refusal_list.page",
        ADMINS,
        lambda w, who: refusal_list.page(who, RefusalFilter(), Slice()),
        reach=Reach.PLACE,
    ),
    reads(
        "refusal_list.some",
        ADMINS,
        lambda w, who: refusal_list.some(who, RefusalFilter(), (w.refusal.id, w.unhit.id)),
        reach=Reach.PLACE,
        empty=[],
    ),
    writes("refusal_desk.tell", ADMINS, lambda w, who: refusal_desk.tell(who, w.refusal.id)),
    writes(
        "refusal_desk.tell",
        OWNER,
        lambda w, who: refusal_desk.tell(who, w.unhit.id),
        reach=Reach.ALL,
        case="one that hit no code",
    ),
    writes(
        "refusal_desk.look_up",
        ADMINS,
        lambda w, who: refusal_desk.look_up(who, w.batch.texts[5], address=VISITOR),
        elsewhere=Invalid,
    ),
    writes(
        "refusal_desk.look_up",
        ADMINS,
        lambda w, who: refusal_desk.look_up(who, w.refusal.reference, address=VISITOR),
        elsewhere=Invalid,
        case="by its reference",
    ),
    reads(
        "code_story.of_code", ADMINS, lambda w, who: code_story.of_code(who, w.batch.codes[5].id)
    ),
    reads("dry_run.choices", ADMINS, lambda w, who: dry_run.choices(who), reach=Reach.RUN_LIST),
    reads(
        "dry_run.would_work",
        ADMINS,
        lambda w, who: dry_run.would_work(who, w.batch.codes[0].id),
    ),
]
ROWS = [*MEMBERS, *MESSAGES, *AUDIT, *REFUSALS]
