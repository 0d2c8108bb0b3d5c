"""What members of a code's workspace are told about it when it is refused."""

from models import Activation, Code
from services import purchased_action
from services.answers import Facts, Use


async def of(code_id: int) -> Facts:
    """As it is now; in a unit of work with what that has done."""
    code = await Code.get(id=code_id).select_related(
        "workspace", "batch__product", "batch__action__scheme"
    )
    batch = code.batch
    return Facts(
        workspace=code.workspace.name,
        zone=code.workspace.time_zone,
        opens=opens(code),
        use=await _use(code),
        valid_from=batch.valid_from,
        expires_at=batch.expires_at,
        revoked_at=code.revoked_at,
    )


def opens(code: Code) -> str:
    """The product or the purchased action of a code that was read with them."""
    batch = code.batch
    if batch.action:
        return purchased_action.named(batch.action)
    return batch.product.name if batch.product else ""


async def _use(code: Code) -> Use | None:
    activation = (
        await Activation.filter(code_id=code.id, undone_at=None)
        .select_related("person", "step__evaluation")
        .first()
    )
    return activation and Use(
        by=activation.person.name, at=activation.created_at, of=used_for(activation, code)
    )


def used_for(activation: Activation, code: Code) -> str:
    """`Doorbell X2, Lab Assessment`, or the product that was opened."""
    if activation.step:
        return f"{activation.step.evaluation.product}, {activation.step.name}"
    return opens(code)
