"""One workspace with everything in it, its four roles, and the same roles elsewhere."""

from dataclasses import dataclass, replace
from datetime import timedelta

from models import (
    Action,
    Activation,
    Agreement,
    AuditExport,
    Batch,
    Evaluation,
    Evidence,
    Invitation,
    Membership,
    Message,
    Notification,
    PasswordReset,
    Refusal,
    Scheme,
    Session,
    Step,
    User,
    Workspace,
)
from models.enums import BatchState, MessageKind, MessageState, NotificationKind, Role
from services import (
    code_alphabet,
    deliveries,
    evidence,
    invitations,
    outbox,
    outcomes,
    passwords,
    payments,
    sessions,
    setup,
)
from services.actor import Actor
from services.database import unit_of_work
from services.invitations import Invited
from services.outbox import Draft
from services.recipients import Recipient
from services.settings import get_settings
from services.zones import now
from tests.cast import PASSWORD, Cast, Issued, activated, actor_of, issue, redeem, refused
from tests.certification import Certification, certification, granted, purchased
from tests.evaluating import begin, step

DAY = timedelta(days=1)
ROLES = {"O": Role.OWNER, "A": Role.ADMIN, "S": Role.SALES, "E": Role.EVALUATOR}
SECRETS = (
    "Welding basics",
    "Grace Hopper",
    "grace@example.org",
    "linus@example.org",
    "invited@example.org",
    "A-2026-03",
    "Doorbell X2",
    "a secret note",
)
"""What only Northwind has; none of it may come to anybody elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything named is in Northwind. `here` and `elsewhere` are actors by the letter of a role.

    `batch` is Ada's, its last code was used by Grace and a mail announced it; `sams` is Sam's. The
    evaluations are Erin's: one `awaits` a payment, one is `paid` and in work, one has `failed`.
    What is bought is unused but for the last code. `queued` is being made, `stopped` has failed.
    """

    cast: Cast
    here: dict[str, Actor]
    elsewhere: dict[str, Actor]
    batch: Issued
    sams: Issued
    queued: Batch
    sams_queued: Batch
    stopped: Batch
    announced: Message
    personal: Message
    sams_personal: Message
    sams_sent: Message
    activation: Activation
    made: Certification
    former: Certification
    agreement: Agreement
    bought: Issued
    awaits: Step
    paid: Step
    failed: Evaluation
    note: Evidence
    adas_note: Evidence
    file: Evidence
    sams_session: Session
    disabled: User
    second_owner: User
    invitation: Invitation
    owners_invitation: Invited
    welcome: Invited
    refusal: Refusal
    unhit: Refusal
    account_message: Message
    adas_export: AuditExport
    owners_export: AuditExport
    notification: Notification
    reset: PasswordReset


async def build(cast: Cast) -> World:
    here, elsewhere = await _people(cast)
    ada, sam, erin = (here[letter] for letter in "ASE")
    batch = await issue(ada, cast.month, 6, note="a secret note")
    sams = await issue(sam, cast.month, 6)
    use = activated(await redeem(batch.texts[5]))
    agreement = await granted(cast.northwind, (made := await certification()).lab)
    bought = await purchased(ada, cast.northwind, made.lab, 4)
    paid = await _paid(erin, made, bought)
    await _recorded(erin, ada, paid)
    await _refused_twice(batch)
    return World(
        cast=cast,
        here=here,
        elsewhere=elsewhere,
        batch=batch,
        sams=sams,
        queued=await _in_state(await issue(ada, cast.year, 2), BatchState.QUEUED),
        sams_queued=await _in_state(await issue(sam, cast.year, 2), BatchState.QUEUED),
        stopped=await _in_state(await issue(ada, cast.year, 2), BatchState.FAILED),
        announced=await _announce(batch),
        personal=await _personal(ada, batch, MessageState.FAILED),
        sams_personal=await _personal(sam, sams, MessageState.FAILED),
        sams_sent=await _personal(sam, sams, MessageState.SENT),
        activation=await Activation.get(id=use.activation_id).select_related("entitlement"),
        made=made,
        former=await _former(),
        agreement=agreement,
        bought=bought,
        awaits=await _awaiting(erin, made),
        paid=paid,
        failed=await _failed(erin, made),
        note=await Evidence.get(size=None, added_by_id=erin.person_id),
        adas_note=await Evidence.get(size=None, added_by_id=ada.person_id),
        file=await Evidence.filter(size__gt=0).get(),
        disabled=await _user("dora@example.org", disabled_at=now()),
        second_owner=await _user("otto@example.org", is_owner=True),
        sams_session=await _session(sam),
        invitation=await _invited(ada),
        owners_invitation=await invitations.invite_owner(here["O"], email="heir@example.org"),
        welcome=await invitations.invite(elsewhere["A"], email=sam.email, role=Role.SALES),
        refusal=await Refusal.filter(workspace_id=cast.northwind.id).get(),
        unhit=await Refusal.filter(workspace_id=None).get(),
        account_message=await _account_message(),
        adas_export=await _exported(ada),
        owners_export=await _exported(outside(here["O"])),
        notification=await _notified(ada, batch),
        reset=await PasswordReset.create(user_id=sam.user_id, expires_at=now() + DAY),
    )


async def _people(cast: Cast) -> tuple[dict[str, Actor], dict[str, Actor]]:
    """By the letter of their role; the owner is the same one everywhere."""
    erin = await _member("Erin Evaluator", "erin@example.org", cast.northwind, Role.EVALUATOR)
    adam = await _member("Adam Admin", "adam@example.org", cast.elsewhere, Role.ADMIN)
    owner = await User.get(id=cast.olga.user_id)
    away = await actor_of(owner, cast.elsewhere, Role.OWNER)
    return (
        {"O": cast.olga, "A": cast.ada, "S": cast.sam, "E": erin},
        {"O": away, "A": adam, "S": cast.mallory, "E": cast.eve},
    )


@unit_of_work
async def _member(name: str, email: str, workspace: Workspace, role: Role) -> Actor:
    user = await setup.new_user(name, email, await passwords.hash_password(PASSWORD))
    await Membership.create(workspace_id=workspace.id, user_id=user.id, role=role)
    return await actor_of(user, workspace, role)


@unit_of_work
async def _user(email: str, **values: object) -> User:
    user = await setup.new_user("Somebody", email, await passwords.hash_password(PASSWORD))
    await User.filter(id=user.id).update(**values)
    return user


@unit_of_work
async def _announce(batch: Issued) -> Message:
    where = {"workspace_id": batch.batch.workspace_id, "batch_id": batch.batch.id}
    draft = Draft(kind=MessageKind.DOWNLOAD, recipient="linus@example.org", **where)
    [message_id] = await outbox.put([draft])
    return await Message.get(id=message_id)


async def _personal(actor: Actor, batch: Issued, state: MessageState) -> Message:
    """A mail with a code to one of two people."""
    email = f"{state.value.lower()}.linus@example.org"
    await deliveries.send(
        actor, batch.batch.id, [Recipient(name="Linus", email=email)], f"{batch.batch.id} {email}"
    )
    mine = Message.filter(batch_id=batch.batch.id, recipient=email)
    await mine.update(state=state)
    return await mine.get()


async def _in_state(made: Issued, state: BatchState) -> Batch:
    await Batch.filter(id=made.batch.id).update(state=state)
    return await Batch.get(id=made.batch.id)


async def _awaiting(erin: Actor, made: Certification) -> Step:
    evaluation = await begin(erin, made)
    await outcomes.decide(erin, (await step(evaluation, 1)).id, passed=True, note="")
    return await step(evaluation, 2)


async def _paid(erin: Actor, made: Certification, bought: Issued) -> Step:
    waits = await _awaiting(erin, made)
    await payments.pay(erin, waits.id, bought.texts[3], address="192.0.2.7")
    return await Step.get(id=waits.id)


async def _recorded(erin: Actor, ada: Actor, paid: Step) -> None:
    await evidence.add_note(erin, paid.id, "a secret note")
    await evidence.add_note(ada, paid.id, "a secret note")
    await evidence.add_file(erin, paid.id, "report.pdf", b"a secret note")


async def _refused_twice(batch: Issued) -> None:
    """Of a code that is used, and of one that nobody made."""
    refused(await redeem(batch.texts[5], email="other@example.org"))
    refused(await redeem(code_alphabet.generate(1)[0]))


async def _invited(ada: Actor) -> Invitation:
    made = await invitations.invite(ada, email="invited@example.org", role=Role.SALES)
    return await Invitation.get(id=made.id)


async def _former() -> Certification:
    """Archived, and an action of it too."""
    former = await certification("ETSI EN 303 645")
    await Scheme.filter(id=former.scheme.id).update(archived_at=now())
    await Action.filter(id=former.lab.id).update(archived_at=now())
    return former


async def _failed(erin: Actor, made: Certification) -> Evaluation:
    evaluation = await begin(erin, made)
    await outcomes.decide(erin, (await step(evaluation, 1)).id, passed=False, note="Too hot")
    return evaluation


async def _session(actor: Actor) -> Session:
    await sessions.sign_in(sessions.SignIn(email=actor.email, password=PASSWORD, address="::1"))
    return await Session.filter(user_id=actor.user_id).get()


async def _account_message() -> Message:
    """Of an invitation, and failed."""
    mine = Message.filter(workspace_id=None, kind=MessageKind.INVITATION)
    first = await mine.order_by("id").first()
    assert first, "Ada's invitation was mailed"
    await Message.filter(id=first.id).update(state=MessageState.FAILED)
    return first


async def _notified(actor: Actor, batch: Issued) -> Notification:
    return await Notification.create(
        user_id=actor.user_id,
        entry_id=1,
        kind=NotificationKind.BATCH_READY,
        at=now(),
        workspace_id=batch.batch.workspace_id,
        target_id=batch.batch.id,
    )


async def _exported(actor: Actor) -> AuditExport:
    """A file that is there to be taken."""
    export = await AuditExport.create(
        workspace_id=actor.workspace_id,
        requested_by_id=actor.person_id,
        wanted={},
        form="csv",
        zone="UTC",
        state=BatchState.DONE,
    )
    folder = get_settings().data_dir / "exports"
    folder.mkdir(exist_ok=True)
    (folder / f"{export.id}.csv").write_text("a secret note", encoding="utf-8")
    return export


def outside(actor: Actor) -> Actor:
    """The same person, in no workspace."""
    return replace(actor, workspace_id=None, workspace_slug=None, workspace_name=None, role=None)
