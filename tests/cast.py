"""The people, workspaces and products that the tests of services are about."""

from dataclasses import dataclass
from typing import Any

import models
from models import AuditEntry, Batch, Code, Membership, Person, Plan, Product, User, Workspace
from models.enums import AuditAction, Role
from services import batches, codes, passwords, redemptions, sessions, setup
from services.actor import Actor
from services.answers import Activated, Outcome, Refused
from services.batch_form import BatchRequest
from services.database import unit_of_work
from services.redemptions import ActivationRequest
from services.tries import Visitor

PASSWORD = "harbour lantern violet 42"
VISITOR = Visitor(address="192.0.2.7")
NOWHERE = 10**9
"""Ids of sessions from here on have no row: what is asked of one only is tested with real ones."""
GRACE = {"name": "Grace Hopper", "email": "grace@example.org"}


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody has entered Northwind, except Eve (Acme) and Mallory (Elsewhere)."""

    olga: Actor
    ada: Actor
    ada_at_acme: Actor
    sam: Actor
    eve: Actor
    mallory: Actor
    northwind: Workspace
    acme: Workspace
    elsewhere: Workspace
    welding: Product
    month: Plan
    year: Plan
    forever: Plan
    soldering: Product
    solder_month: Plan
    foreign_product: Product
    foreign_plan: Plan


@unit_of_work
async def assemble() -> Cast:
    northwind = await _workspace("northwind", "Northwind Academy", "Europe/Berlin")
    acme = await _workspace("acme", "Acme Devices", "America/New_York")
    elsewhere = await _workspace("elsewhere", "Elsewhere", "UTC")
    hashed = await passwords.hash_password(PASSWORD)
    olga = await setup.new_user("Olga Owner", "olga@example.org", hashed, is_owner=True)
    ada = await setup.new_user("Ada Admin", "ada@example.org", hashed)
    sam = await setup.new_user("Sam Sales", "sam@example.org", hashed)
    eve = await setup.new_user("Eve Evaluator", "eve@example.org", hashed)
    mallory = await setup.new_user("Mallory Outsider", "mallory@example.org", hashed)
    for workspace, user, role in (
        (northwind, ada, Role.ADMIN),
        (acme, ada, Role.ADMIN),
        (northwind, sam, Role.SALES),
        (acme, eve, Role.EVALUATOR),
        (elsewhere, mallory, Role.SALES),
    ):
        await Membership.create(workspace_id=workspace.id, user_id=user.id, role=role)
    welding = await Product.create(workspace_id=northwind.id, name="Welding basics")
    soldering = await Product.create(workspace_id=northwind.id, name="Soldering")
    foreign = await Product.create(workspace_id=elsewhere.id, name="Glass blowing")
    return Cast(
        olga=await actor_of(olga, northwind, Role.OWNER),
        ada=await actor_of(ada, northwind, Role.ADMIN),
        ada_at_acme=await actor_of(ada, acme, Role.ADMIN),
        sam=await actor_of(sam, northwind, Role.SALES),
        eve=await actor_of(eve, acme, Role.EVALUATOR),
        mallory=await actor_of(mallory, elsewhere, Role.SALES),
        northwind=northwind,
        acme=acme,
        elsewhere=elsewhere,
        welding=welding,
        month=await _plan(welding, "Month", 30),
        year=await _plan(welding, "Year", 365),
        forever=await _plan(welding, "Lifetime", None),
        soldering=soldering,
        solder_month=await _plan(soldering, "Month", 30),
        foreign_product=foreign,
        foreign_plan=await _plan(foreign, "Month", 30),
    )


async def _workspace(slug: str, name: str, zone: str) -> Workspace:
    return await Workspace.create(slug=slug, name=name, time_zone=zone)


async def _plan(product: Product, name: str, days: int | None) -> Plan:
    return await Plan.create(
        workspace_id=product.workspace_id, product_id=product.id, name=name, days=days
    )


async def actor_of(user: User, workspace: Workspace, role: Role) -> Actor:
    """As `sessions.enter` gives it, of a session that is nowhere and counts as confirmed."""
    person = await user.person
    actor = Actor(
        user_id=user.id,
        person_id=person.id,
        session_id=NOWHERE + user.id,
        name=person.name,
        email=person.email,
        is_owner=user.is_owner,
    )
    return sessions.in_workspace(actor, workspace, role)


@dataclass(frozen=True, slots=True)
class Issued:
    """A batch, its codes in order, and what is printed on the cards."""

    batch: Batch
    codes: list[Code]
    texts: list[str]

    @property
    def bodies(self) -> list[str]:
        return [text.replace("-", "")[-16:] for text in self.texts]

    @property
    def tokens(self) -> list[str]:
        return [codes.link_token(code) for code in self.codes]


_keys = iter(range(10**9))


def wanted(plan: Plan, quantity: str = "3", **more: Any) -> BatchRequest:
    """A filled-in dialog; each call is another dialog, unless `key` is given."""
    entered = {
        "product_id": plan.product_id,
        "plan_id": plan.id,
        "quantity": quantity,
        "key": f"dialog {next(_keys)}",
    }
    return BatchRequest(**entered | more)


async def issue(actor: Actor, plan: Plan, quantity: int = 3, **more: Any) -> Issued:
    batch = await batches.request(actor, wanted(plan, str(quantity), **more))
    return await printed(batch)


async def printed(batch: Batch) -> Issued:
    rows = await Code.filter(batch_id=batch.id).order_by("ordinal")
    return Issued(batch, rows, [codes.text_of(code, batch) for code in rows])


async def redeem(typed: str, *, visitor: Visitor = VISITOR, **holder: str) -> Outcome:
    request = ActivationRequest(typed=typed, visitor=visitor, **GRACE | holder)
    return await redemptions.activate(request)


async def redeem_link(token: str, *, visitor: Visitor = VISITOR, **holder: str) -> Outcome:
    request = ActivationRequest(token=token, visitor=visitor, **GRACE | holder)
    return await redemptions.activate(request)


def activated(outcome: Outcome) -> Activated:
    assert isinstance(outcome, Activated), outcome
    return outcome


def refused(outcome: Outcome) -> Refused:
    assert isinstance(outcome, Refused), outcome
    return outcome


async def entries(action: AuditAction) -> list[AuditEntry]:
    return await AuditEntry.filter(action=action.value).order_by("id")


async def every_row() -> dict[str, list[dict[str, Any]]]:
    """The whole database, for asking whether anything in it changed."""
    tables = [getattr(models, name) for name in models.__all__]
    return {
        table.__name__: await table.all().order_by(table._meta.pk_attr).values() for table in tables
    }


async def holder_of(activation_id: int) -> Person:
    activation = await models.Activation.get(id=activation_id).select_related("person")
    return activation.person
