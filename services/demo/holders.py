"""The sample's holders, and what they got by activating."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from models import Activation, Entitlement, Person, Plan
from models.enums import AuditAction, Resource
from services import emails
from services.access_terms import term
from services.demo.batches import Codes
from services.demo.names import CLINICAL, INDUSTRY, NAMES, PLAIN, STUDIES
from services.demo.scene import Issued, Scene, awake, between
from services.demo.story import COMPLIANCE, PHARMACOLOGY, PRACTICE, ZONE

LATER_MORE_OFTEN = 1.35
COMES_BACK = 0.05  # the share of activations by somebody who had a code of the plan before
PLACES = {COMPLIANCE: INDUSTRY, PHARMACOLOGY: CLINICAL, PRACTICE: CLINICAL}


@dataclass(slots=True)
class Use:
    at: datetime
    code_id: int
    plan: Plan
    batch_id: int
    place: str  # where the holder works
    holder: Person = field(default_factory=Person)


async def activate(scene: Scene, issued: list[Issued], codes: Codes) -> None:
    uses = sorted(_uses(scene, issued, codes), key=lambda use: use.at)
    _cast(scene.dice, uses)
    await _store_holders(uses)
    activations = await _store_activations(uses)
    await _entitle(uses, activations)
    for use in uses:
        scene.record(
            use.at,
            AuditAction.ACTIVATE,
            Resource.CODE,
            use.code_id,
            person_id=use.holder.id,
            workspace_id=use.plan.workspace_id,
            batch=use.batch_id,
            activation=activations[use.code_id],
            by_link=scene.dice.random() < 0.7,
        )


def _uses(scene: Scene, issued: list[Issued], codes: Codes) -> list[Use]:
    names = {product.id: name for name, product in scene.products.items()}
    uses: list[Use] = []
    for one in issued:
        places = PLACES.get(names[one.plan.product_id], STUDIES)
        mostly = [scene.dice.choice(places)] * len(places) * 2
        for ordinal in one.used:
            at = between(scene, one.opened, one.closed, awake, LATER_MORE_OFTEN)
            code = codes[one.batch.id, ordinal]
            place = scene.dice.choice((*mostly, *places))
            uses.append(Use(at, code.id, one.plan, one.batch.id, place))
    return uses


def _cast(dice: Random, uses: list[Use]) -> None:
    """Give each use its holder: mostly somebody new."""
    known: dict[int, list[Person]] = {}
    taken: set[str] = set()
    for use in uses:
        before = known.setdefault(use.plan.id, [])
        if before and dice.random() < COMES_BACK:
            use.holder = dice.choice(before)
        else:
            use.holder = _somebody(dice, use, taken)
            before.append(use.holder)


def _somebody(dice: Random, use: Use, taken: set[str]) -> Person:
    [(_, given_names, family_names)] = dice.choices(NAMES, [group[0] for group in NAMES])
    given, family = dice.choice(given_names.split()), dice.choice(family_names.split())
    email = _address(dice, given, family, use.place, taken)
    return Person(
        workspace_id=use.plan.workspace_id,
        name=f"{given} {family}",
        email=email,
        email_key=emails.key(email),
        created_at=use.at,
    )


def _address(dice: Random, given: str, family: str, place: str, taken: set[str]) -> str:
    first, last = _plain(given), _plain(family)
    local = dice.choice((f"{first}.{last}", f"{first}.{last}", f"{first[0]}.{last}", first + last))
    email, number = f"{local}@{place}", 1
    while email in taken:
        number += 1
        email = f"{local}{number}@{place}"
    taken.add(email)
    return email


def _plain(name: str) -> str:
    """The name in the letters of an address."""
    parts = unicodedata.normalize("NFKD", name.casefold().translate(PLAIN))
    return "".join(letter for letter in parts if "a" <= letter <= "z")


async def _store_holders(uses: list[Use]) -> None:
    holders = {use.holder.email_key: use.holder for use in uses}
    await Person.bulk_create(holders.values())
    stored = await Person.exclude(workspace_id=None).values_list("email_key", "id")
    for email_key, person_id in stored:
        holders[email_key].id = person_id


async def _store_activations(uses: list[Use]) -> dict[int, int]:
    """Activations' ids by the ids of their codes."""
    await Activation.bulk_create(
        Activation(
            workspace_id=use.plan.workspace_id,
            code_id=use.code_id,
            person_id=use.holder.id,
            created_at=use.at,
        )
        for use in uses
    )
    return dict(await Activation.all().values_list("code_id", "id"))


async def _entitle(uses: list[Use], activations: dict[int, int]) -> None:
    ends: dict[tuple[int, int], datetime] = {}
    rows: list[Entitlement] = []
    for use in uses:
        starts_at, ends_at = term(
            use.plan.days, use.at, ends.get((use.plan.id, use.holder.id)), ZONE
        )
        if ends_at:
            ends[use.plan.id, use.holder.id] = ends_at
        rows.append(
            Entitlement(
                workspace_id=use.plan.workspace_id,
                activation_id=activations[use.code_id],
                person_id=use.holder.id,
                product_id=use.plan.product_id,
                plan_id=use.plan.id,
                starts_at=starts_at,
                ends_at=ends_at,
                created_at=use.at,
                changed_at=use.at,
            )
        )
    await Entitlement.bulk_create(rows)
