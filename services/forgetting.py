"""What goes with an erased person: account, mails, invitations, traces. Part of one erasure."""

from models import (
    Budget,
    GrowingWait,
    Invitation,
    Membership,
    Message,
    PasswordReset,
    Refusal,
    Session,
    User,
)
from models.enums import MessageState
from services import factor_changes, sessions, sign_in_limits, signals
from services.outbox_due import WAITING
from services.signals import Changed, Topic
from services.whole_person import Whole
from services.zones import now


async def close_account(user: User, erased_key: str) -> None:
    """The account stays as a number that nobody can sign in with."""
    await sessions.end_all_of(user.id)
    await Session.filter(user_id=user.id).update(address="", browser="")
    await factor_changes.forget(user.id)
    await PasswordReset.filter(user_id=user.id, used_at=None).update(used_at=now())
    seats = await Membership.filter(user_id=user.id)
    await Membership.filter(user_id=user.id).delete()
    await User.filter(id=user.id).update(
        email_key=erased_key, password_hash="", is_owner=False, disabled_at=now()
    )
    for seat in seats:
        signals.emit(Changed(seat.workspace_id, Topic.MEMBERS, (user.id,)))
    signals.emit(Changed(None, Topic.MEMBERS, (user.id,)))


async def messages(key: str) -> int:
    """To whom they went; what still waits does not go out any more."""
    at = now()
    mine = Message.filter(recipient_key=key)
    rows = await mine.values("id", "workspace_id")
    await mine.filter(state__in=WAITING).update(state=MessageState.FAILED, next_try_at=at)
    await mine.update(
        recipient="", recipient_key="", recipient_name="", last_answer="", forgotten_at=at
    )
    for row in rows:
        signals.emit(Changed(row["workspace_id"], Topic.MESSAGES, (row["id"],)))
    return len(rows)


async def invitations(key: str, erased_key: str) -> int:
    mine = Invitation.filter(email_key=key)
    await mine.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=now())
    return await mine.update(email=erased_key, email_key=erased_key)


async def traces(whole: Whole) -> None:
    """Tries under the address and the waits they led to; from where the person's own tries came."""
    ending = f":{sign_in_limits.fingerprint(whole.key)}"
    await Budget.filter(key__endswith=ending).delete()
    await GrowingWait.filter(key__endswith=ending).delete()
    await Refusal.filter(person_id__in=whole.ids).update(address="")
