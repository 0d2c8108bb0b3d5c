"""A believable sample to look around in: made once, in one unit of work, or not at all."""

from datetime import timedelta

from models import AuditEntry
from services import passwords, setup, zones
from services.database import lock, unit_of_work
from services.demo import (
    batches,
    bells,
    catalog,
    days,
    evaluations,
    holders,
    post,
    purchases,
    refused,
    revoked,
    staff,
    visits,
)
from services.demo.hours import on_working_day
from services.demo.scene import Scene

PASSWORD = "demo-tallystick"  # noqa: S105 - public by intent, and shown on the sign-in page
BEGAN_DAYS_AGO = 96


async def fill() -> None:
    """Store the sample, unless there is an owner already. Needs the database and the key."""
    if await setup.is_open():
        await _fill(await passwords.hash_password(PASSWORD))


@unit_of_work
async def _fill(password_hash: str) -> None:
    await lock("demo")
    if not await setup.is_open():
        return
    scene = _scene()
    await staff.people(scene, password_hash)
    await staff.workspaces(scene)
    await catalog.fill(scene)
    issued = await batches.issue(scene)
    codes = await batches.codes_of(issued)
    await holders.activate(scene, issued, codes)
    revoked.revocations(scene, issued, codes)
    await post.deliver(scene, issued)
    actions = await purchases.certify(scene)
    await purchases.grant(scene, actions)
    await purchases.issue(scene, actions)
    await evaluations.evaluate(scene, actions)
    await days.count()
    await visits.sign_ins(scene)
    await refused.refusals(scene, issued, codes)
    await AuditEntry.bulk_create(sorted(scene.log, key=lambda entry: entry.at))
    await bells.ring(scene)


def _scene() -> Scene:
    moment = zones.now()
    scene = Scene(now=moment, began=moment)
    scene.began = on_working_day(scene, BEGAN_DAYS_AGO, timedelta(hours=9))
    return scene
