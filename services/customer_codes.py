"""The codes that were sent to an address or activated by it: two facts, both shown."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models import Activation, Code, Message
from models.enums import BatchState, CodeKind, Status
from services import code_alphabet, message_states
from services.actor import Actor
from services.code_list import MailView, mail_of, status_of
from services.customers import Undone, people_of, undone_of
from services.database import reader
from services.paging import Page, Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One activation, whoever made it."""

    activation_id: int
    name: str
    email: str
    at: datetime
    undone: Undone | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCode:
    """`mail` is the newest message that brought this code to `sent_to`.

    `use` is the activation that stands, `undone` those that were, oldest first.
    """

    id: int
    batch_id: int
    masked: str
    product: str
    plan: str
    status: Status
    sent_to: str
    mail: MailView | None
    use: Use | None
    undone: tuple[Use, ...]


async def page(actor: Actor, email: str, part: Slice) -> Page[CustomerCode]:
    """One page of them, newest first. Raises NotFound for an address nobody here has."""
    people = [person.id for person in await people_of(actor, email)]
    sent = (
        await Code.filter(
            sent_to_id__in=people, batch__state=BatchState.DONE, batch__kind=CodeKind.ACCESS
        )
        .using_db(reader())
        .values_list("id", flat=True)
    )
    used = (
        await Activation.filter(person_id__in=people, code__batch__kind=CodeKind.ACCESS)
        .using_db(reader())
        .values_list("code_id", flat=True)
    )
    ids = sorted({int(str(each)) for each in (*sent, *used)}, reverse=True)
    start = part.offset(len(ids))
    return Page(await _views(actor, ids[start : start + part.rows]), len(ids))


async def _views(actor: Actor, ids: Sequence[int]) -> list[CustomerCode]:
    if not ids:
        return []
    codes = (
        await Code.filter(id__in=ids)
        .using_db(reader())
        .select_related("batch__product", "batch__plan", "sent_to")
        .order_by("-id")
    )
    uses = await _uses(ids)
    mails = await message_states.newest("code_id", ids)
    return [_view(actor, code, uses.get(code.id, ()), mails) for code in codes]


async def _uses(ids: Sequence[int]) -> dict[int, list[Use]]:
    activations = (
        await Activation.filter(code_id__in=ids)
        .using_db(reader())
        .select_related("person", "undone_by")
        .order_by("id")
    )
    uses: dict[int, list[Use]] = defaultdict(list)
    for activation in activations:
        uses[activation.code_id].append(
            Use(
                activation_id=activation.id,
                name=activation.person.name,
                email=activation.person.email,
                at=activation.created_at,
                undone=undone_of(activation),
            )
        )
    return uses


def _view(
    actor: Actor, code: Code, uses: Sequence[Use], mails: Mapping[int, Message]
) -> CustomerCode:
    batch, mail = code.batch, mails.get(code.id)
    assert batch.product and batch.plan, "an access code batch has a product and a plan"
    return CustomerCode(
        id=code.id,
        batch_id=code.batch_id,
        masked=code_alphabet.masked(code.ending),
        product=batch.product.name,
        plan=batch.plan.name,
        status=status_of(code, batch),
        sent_to=code.sent_to.email if code.sent_to else "",
        mail=mail_of(actor, code, mail) if mail else None,
        use=next((use for use in uses if use.undone is None), None),
        undone=tuple(use for use in uses if use.undone),
    )
