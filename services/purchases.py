"""Purchase codes: asked for, shown, copied and revoked, in any workspace that one runs."""

from models import Batch, Code
from models.enums import BatchState, CodeKind
from services import administered, batches, codes, purchase_form
from services.actor import Actor
from services.codes import FullCode
from services.database import is_id
from services.errors import Invalid, NotFound
from services.permissions import Permission, require
from services.purchase_form import PurchaseRequest

PURCHASE = CodeKind.PURCHASE


async def request(actor: Actor, asked: PurchaseRequest) -> Batch:
    """Make a batch for that workspace, as `batches.request` does, under its agreements.

    Raises Invalid by field; NotFound for a workspace that the person does not run; QuotaExceeded;
    Conflict when the codes could not be stored.
    """
    require(actor, Permission.HANDLE_PURCHASE_CODES)
    if asked.workspace_id is None:
        raise Invalid({"workspace": "Choose a workspace."})
    there = await administered.enter(actor, asked.workspace_id)
    if made := await batches.made_before(there, asked.key):
        return made
    return await batches.issue(there, await purchase_form.check(asked))


async def show(actor: Actor, code_id: int) -> FullCode:
    """One code in full, audited as shown where it belongs. Raises NotFound."""
    code, there = await _own(actor, code_id)
    [full] = await codes.show(there, code.batch_id, (code.id,), kind=PURCHASE)
    return full


async def copy(actor: Actor, code_id: int) -> FullCode:
    """As `show`, audited as copied."""
    code, there = await _own(actor, code_id)
    [full] = await codes.copy(there, code.batch_id, (code.id,), kind=PURCHASE)
    return full


async def revoke(actor: Actor, code_id: int) -> None:
    """Revoke one unused code and give it back to its agreement. Raises NotFound, Conflict."""
    code, there = await _own(actor, code_id)
    await codes.revoke(there, code.id, kind=PURCHASE)


async def _own(actor: Actor, code_id: int) -> tuple[Code, Actor]:
    """A purchase code, and the person where it belongs."""
    require(actor, Permission.HANDLE_PURCHASE_CODES)
    code = is_id(code_id) and await Code.get_or_none(
        id=code_id, batch__kind=PURCHASE, batch__state=BatchState.DONE
    )
    try:
        if code:
            return code, await administered.enter(actor, code.workspace_id)
    except NotFound:  # in the same words: nobody learns which codes are elsewhere
        pass
    raise NotFound("This code does not exist, or not for you.")
