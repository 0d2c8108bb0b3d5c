"""What stands behind a person's bell: counted, listed, marked as read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tortoise.queryset import QuerySet

from models import Agreement, AuditExport, Batch, Installation, Invitation, Message, Notification
from models.enums import CodeKind, NotificationKind
from services import agreement_list, purchased_action, signals, throttling, workspaces
from services.actor import Actor
from services.agreement_list import AgreementView
from services.database import is_id, reader, unit_of_work
from services.errors import NotFound
from services.paging import Page, Slice
from services.permissions import HANDLING, Permission, require_factor
from services.settings import get_settings
from services.signals import Changed, Topic
from services.workspaces import Membered
from services.zones import now

OF_BATCH = {NotificationKind.BATCH_READY, NotificationKind.BATCH_FAILED}
NAMED = ("product", "plan", "action__scheme")
OF_AGREEMENT = {NotificationKind.AGREEMENT_USED, NotificationKind.AGREEMENT_ENDS}
OF_EXPORT = {NotificationKind.EXPORT_READY, NotificationKind.EXPORT_FAILED}
OF_BACKUP = {NotificationKind.BACKUP_FAILED, NotificationKind.CODES_HELD}
OF_INSTALLATION = OF_BACKUP | {NotificationKind.MAIL_PAUSED}
NEWEST_FIRST = ("-at", "-id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What it is about, as it is now. `answer` is what the mail server said last.

    `problem` is why the last backup failed, if it did.
    `share` is how many percent of an agreement were used when it was told, `invited_to` the slug
    of the workspace that a mail invites to, `of_sign_ins` whether passwords are guessed, not codes.
    """

    code_kind: CodeKind = CodeKind.ACCESS
    codes: int = 0
    product: str = ""
    plan: str = ""
    action: str = ""
    failure: str = ""
    recipient: str = ""
    answer: str = ""
    invited_to: str = ""
    is_over: bool = False
    agreement: AgreementView | None = None
    share: int = 0
    entries: int = 0
    form: str = ""
    of_sign_ins: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationView:
    """One entry. Without `facts` what it is about is gone, or not for this person any more."""

    id: int
    kind: NotificationKind
    at: datetime
    is_read: bool
    slug: str | None
    workspace: str | None
    time_zone: str
    target_id: int | None
    facts: Facts | None


def _of(actor: Actor) -> QuerySet[Notification]:
    return Notification.filter(user_id=actor.user_id).using_db(reader())


async def unread(actor: Actor) -> int:
    """None for who must set up a second factor first, as of everything below."""
    if actor.factor_due:
        return 0
    return await _of(actor).filter(read_at=None).count()


async def latest(actor: Actor) -> int:
    """The id up to which everything is there now, for `mark_all_read`; 0 where there is nothing."""
    if actor.factor_due:
        return 0
    found = await _of(actor).order_by("-id").first()
    return found.id if found else 0


async def newest(actor: Actor, rows: int = 8) -> list[NotificationView]:
    """The first of them: unread before read, then newest first."""
    if actor.factor_due:
        return []
    found = await _of(actor).filter(read_at=None).order_by(*NEWEST_FIRST).limit(rows)
    if len(found) < rows:
        found += (
            await _of(actor)
            .filter(read_at__isnull=False)
            .order_by(*NEWEST_FIRST)
            .limit(rows - len(found))
        )
    return await _views(actor, found)


async def page(actor: Actor, part: Slice, *, unread_only: bool = False) -> Page[NotificationView]:
    """One page of all of them and the total, newest first. Raises FactorDue."""
    require_factor(actor)
    query = _of(actor).filter(read_at=None) if unread_only else _of(actor)
    total = await query.count()
    found = await query.order_by(*NEWEST_FIRST).offset(part.offset(total)).limit(part.rows)
    return Page(await _views(actor, found), total)


async def mark_read(actor: Actor, notification_id: int) -> NotificationView:
    """Mark an own one as read, however often, and return it. Raises NotFound for any other."""
    require_factor(actor)
    if is_id(notification_id):
        await _mark(actor, [notification_id])
    found = is_id(notification_id) and await Notification.get_or_none(
        id=notification_id, user_id=actor.user_id
    )
    if not found:
        raise NotFound("This notification does not exist any more.")
    [view] = await _views(actor, [found])
    return view


@unit_of_work
async def _mark(actor: Actor, ids: list[int]) -> None:
    own = Notification.filter(id__in=ids, user_id=actor.user_id, read_at=None)
    if await own.update(read_at=now()):
        _changed(actor)


@unit_of_work
async def mark_all_read(actor: Actor, *, up_to: int) -> int:
    """Mark everything that was there to be seen: up to that id. Returns how many."""
    require_factor(actor)
    if not is_id(up_to):
        return 0
    own = Notification.filter(user_id=actor.user_id, id__lte=up_to, read_at=None)
    marked = await own.update(read_at=now())
    if marked:
        _changed(actor)
    return marked


@unit_of_work
async def forget_read() -> int:
    """Delete what was read long enough ago; the log keeps what happened."""
    oldest = now() - get_settings().keep_read_notifications
    return await Notification.filter(read_at__lt=oldest).delete()


def _changed(actor: Actor) -> None:
    signals.emit(Changed(None, Topic.NOTIFICATIONS, (actor.user_id,)))


async def _views(actor: Actor, found: Sequence[Notification]) -> list[NotificationView]:
    if not found:
        return []
    seats = {seat.id: seat for seat in await workspaces.of(actor)}
    about = await _about(actor, found, seats)
    return [_view(row, seats.get(row.workspace_id or 0), about) for row in found]


def _view(row: Notification, seat: Membered | None, about: "_About") -> NotificationView:
    return NotificationView(
        id=row.id,
        kind=row.kind,
        at=row.at,
        is_read=row.read_at is not None,
        slug=seat and seat.slug,
        workspace=seat and seat.name,
        time_zone=seat.time_zone if seat else "UTC",
        target_id=row.target_id,
        facts=about.of(row, seat),
    )


@dataclass
class _About:
    """What the entries of one answer are about, read with one query for each kind of thing."""

    actor: Actor
    seats: dict[int, Membered]
    batches: dict[int, Batch] = field(default_factory=dict[int, Batch])
    messages: dict[int, Message] = field(default_factory=dict[int, Message])
    exports: dict[int, AuditExport] = field(default_factory=dict[int, AuditExport])
    installation: Installation | None = None
    agreements: dict[int, Agreement] = field(default_factory=dict[int, Agreement])

    def of(self, row: Notification, seat: Membered | None) -> Facts | None:
        """None unless the person may see it today, in that very workspace."""
        if row.kind in OF_BATCH:
            return self._batch(self.batches.get(row.target_id or 0), seat)
        if row.kind is NotificationKind.MAIL_FAILED:
            return self._message(self.messages.get(row.target_id or 0), seat)
        if row.kind in OF_EXPORT:
            return self._export(self.exports.get(row.target_id or 0), row, seat)
        if row.kind is NotificationKind.MAIL_PAUSED:
            return self._pause()
        if row.kind in OF_BACKUP:
            return self._backup(row)
        if row.kind in OF_AGREEMENT:
            return self._agreement(self.agreements.get(row.target_id or 0), row, seat)
        return self._guessing(row) if self._is_admin(seat, row.workspace_id) else None

    def _batch(self, batch: Batch | None, seat: Membered | None) -> Facts | None:
        if batch is None or seat is None or batch.workspace_id != seat.id:
            return None
        if not seat.may(HANDLING[batch.kind]):
            return None
        return Facts(
            code_kind=batch.kind,
            codes=batch.quantity,
            product=batch.product.name if batch.product else "",
            plan=batch.plan.name if batch.plan else "",
            action=purchased_action.named(batch.action) if batch.action else "",
            failure=batch.failure,
        )

    def _message(self, message: Message | None, seat: Membered | None) -> Facts | None:
        if message is None or message.workspace_id != (seat and seat.id):
            return None
        if message.invitation:
            return self._invitation(message, message.invitation)
        is_own = message.requested_by_id == self.actor.person_id
        wanted = Permission.READ_OWN_MESSAGES if is_own else Permission.READ_ALL_MESSAGES
        if not (seat.may(wanted) if seat else self.actor.is_owner):
            return None
        return Facts(recipient=message.recipient, answer=message.last_answer)

    def _invitation(self, message: Message, invitation: Invitation) -> Facts | None:
        seat = self.seats.get(invitation.workspace_id or 0)
        may_invite = seat is not None and seat.may(Permission.ADMINISTER_WORKSPACE)
        if not (may_invite or self.actor.is_owner):
            return None
        return Facts(
            recipient=message.recipient,
            answer=message.last_answer,
            invited_to=seat.slug if seat else "",
        )

    def _export(
        self, export: AuditExport | None, row: Notification, seat: Membered | None
    ) -> Facts | None:
        if export is None or export.workspace_id != row.workspace_id:
            return None
        if not self._is_admin(seat, export.workspace_id):
            return None
        return Facts(entries=export.made, form=export.form, failure=export.failure)

    def _pause(self) -> Facts | None:
        if self.installation is None or not self.actor.is_owner:
            return None
        is_over = self.installation.mail_paused_at is None
        return Facts(answer="" if is_over else self.installation.mail_problem, is_over=is_over)

    def _backup(self, row: Notification) -> Facts | None:
        if self.installation is None or not self.actor.is_owner:
            return None
        problem = self.installation.backup_problem
        held = int(row.detail.get("held", 0))
        return Facts(codes=held, problem=problem, is_over=not problem)

    def _agreement(
        self, agreement: Agreement | None, row: Notification, seat: Membered | None
    ) -> Facts | None:
        if agreement is None or seat is None or agreement.workspace_id != seat.id:
            return None
        if not seat.may(Permission.READ_AGREEMENTS):
            return None
        share = int(row.detail.get("share", 0))
        return Facts(agreement=agreement_list.view(agreement), share=share)

    def _guessing(self, row: Notification) -> Facts:
        return Facts(of_sign_ins=row.detail.get("budget") == throttling.SIGN_INS)

    def _is_admin(self, seat: Membered | None, workspace_id: int | None) -> bool:
        if workspace_id is None:
            return self.actor.is_owner
        return seat is not None and seat.may(Permission.ADMINISTER_WORKSPACE)


async def _about(actor: Actor, found: Sequence[Notification], seats: dict[int, Membered]) -> _About:
    about = _About(actor, seats)
    if ids := _targets(found, OF_BATCH):
        batches = Batch.filter(id__in=ids, workspace_id__in=list(seats)).using_db(reader())
        about.batches = {row.id: row for row in await batches.select_related(*NAMED)}
    if ids := _targets(found, {NotificationKind.MAIL_FAILED}):
        mails = Message.filter(id__in=ids).using_db(reader())
        messages = await mails.select_related("invitation")
        about.messages = {row.id: row for row in messages}
    if ids := _targets(found, OF_AGREEMENT):
        granted = Agreement.filter(id__in=ids, workspace_id__in=list(seats)).using_db(reader())
        about.agreements = {
            row.id: row for row in await granted.select_related(*agreement_list.ABOUT)
        }
    if ids := _targets(found, OF_EXPORT):
        exports = AuditExport.filter(id__in=ids, requested_by_id=actor.person_id)
        about.exports = {row.id: row for row in await exports.using_db(reader())}
    if any(row.kind in OF_INSTALLATION for row in found):
        about.installation = await Installation.all().using_db(reader()).first()
    return about


def _targets(found: Iterable[Notification], kinds: set[NotificationKind]) -> list[int]:
    return [row.target_id for row in found if row.kind in kinds and row.target_id is not None]
