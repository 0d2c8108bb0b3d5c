"""A new key takes over: into the key file first, then into the database; codes follow later."""

from dataclasses import dataclass

from models import Code, Key
from models.enums import AuditAction, Resource
from services import audit, installation, key_file, key_fit, key_tie, signals
from services.database import unit_of_work
from services.errors import Conflict
from services.keys import KeyRing
from services.settings import Settings
from services.signals import Changed, Topic
from services.zones import now

UNDER_WAY = (
    "Key {} is still being replaced: {:,} of {:,} codes are sealed anew. Start Tallystick, wait "
    "until keys status says that it is retired, and rotate then."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """`taken_up`: the key was in the file already, as `key_fit.waiting` says."""

    number: int
    replaced: int
    codes: int
    taken_up: bool


async def rotate(settings: Settings, *, withdraw_links: bool = False) -> Rotated:
    """Replace the newest key; with `withdraw_links` no link made until now works any more.

    Links are withdrawn because keys leaked: no key that is in the file already takes over then.
    Needs the instance lock. Raises KeyFileError, and Conflict while a key is still being replaced.
    """
    known = await key_tie.known()
    rings = key_file.load_all(settings.key_path)
    key_fit.check(settings.key_path, rings, known)
    await _refuse_under_way()
    waiting = None if withdraw_links else key_fit.waiting(rings, known)
    # A crash after this line leaves a key that nothing uses; the next rotation takes it up.
    new = waiting or key_file.append(settings.key_path)
    old = known[-1].number
    codes = await _take_over(old, new, withdraw_links=withdraw_links)
    await installation.open_key(settings)
    return Rotated(number=new.key_id, replaced=old, codes=codes, taken_up=waiting is not None)


async def _refuse_under_way() -> None:
    going = await Key.filter(replaced_at__isnull=False, retired_at=None).first()
    if going:
        raise Conflict(UNDER_WAY.format(going.number, going.resealed, going.codes))


@unit_of_work
async def _take_over(old: int, new: KeyRing, *, withdraw_links: bool) -> int:
    """How many codes are to be sealed anew."""
    at = now()
    codes = await Code.all().count()
    last = await Code.all().order_by("-id").first()
    claimed = await Key.filter(number=old, replaced_at=None).update(
        replaced_at=at, codes_until=last.id if last else 0, codes=codes
    )
    if not claimed:
        raise Conflict(f"Key {old} was replaced meanwhile.")
    if withdraw_links:
        await Key.filter(links_end_at=None).update(links_end_at=at)
    await Key.create(number=new.key_id, check_value=new.check_value)
    await audit.record(
        AuditAction.ROTATE,
        Resource.KEY,
        new.key_id,
        by=None,
        replaces=old,
        codes=codes,
        links_ended=withdraw_links,
    )
    signals.emit(Changed(None, Topic.KEYS, (old, new.key_id)))
    return codes
