"""Every field of text that somebody signed in can fill, and where a refusal of it is told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from models.enums import Role
from services import (
    access_changes,
    accounts,
    agreement_list,
    agreements,
    audit_filter,
    audit_heads,
    audit_list,
    batch_list,
    batches,
    certificates,
    code_list,
    customer_search,
    customers,
    deliveries,
    evaluation_list,
    evaluations,
    evidence,
    invitations,
    member_list,
    message_list,
    outcomes,
    password_resets,
    payments,
    plans,
    products,
    purchase_code_list,
    purchases,
    refusal_desk,
    reopening,
    resending,
    schemes,
    user_list,
    workspace_settings,
    workspaces,
)
from services.agreement_form import AgreementTerms
from services.agreement_list import AgreementFilter
from services.batch_list import BatchFilter
from services.code_list import CodeFilter
from services.evaluation_list import EvaluationFilter
from services.message_list import MessageFilter
from services.paging import Slice
from services.plan_terms import PlanTerms
from services.purchase_code_list import PurchaseFilter
from services.user_list import UserFilter
from services.zones import now
from tests.cast import wanted
from tests.certification import asked_for
from tests.evaluating import asked
from tests.matrix.world import World

VISITOR = "192.0.2.7"


@dataclass(frozen=True, slots=True)
class Field:
    """`told` is where a refusal of it stands; empty where a search takes anything.

    `alone` commits from a task of its own, so that nothing can undo it.
    """

    name: str
    act: Callable[[World, str], Awaitable[object]]
    told: tuple[str, ...] = ()
    alone: bool = False

    def __str__(self) -> str:
        return self.name


def _terms(**typed: str) -> AgreementTerms:
    today = now().date()
    entered = {"quantity": "30", "reference": "B-2027-01"} | typed
    return AgreementTerms(valid_from=today, valid_until=today + timedelta(days=30), **entered)


async def _settings(world: World, **typed: str) -> object:
    ada = world.here["A"]
    shown = await workspace_settings.read(ada)
    return await workspace_settings.change(ada, replace(shown, **typed), shown=shown)


def _granted(world: World, **typed: str) -> Awaitable[object]:
    owner = world.here["O"]
    return agreements.create(owner, world.cast.northwind.id, world.made.lab.id, _terms(**typed))


def _started(world: World, **typed: str) -> Awaitable[object]:
    return evaluations.start(world.here["E"], asked(world.made.scheme.id, **typed))


def _issued(world: World, **typed: str) -> Awaitable[object]:
    entered = {"quantity": "1"} | typed
    return batches.request(world.here["A"], wanted(world.cast.month, **entered))


EDSPACE = [
    Field("product", lambda w, t: products.create(w.here["A"], t), ("name",)),
    Field("plan", lambda w, t: _plan(w, t), ("name",)),
    Field("number of codes", lambda w, t: _issued(w, quantity=t), ("quantity",)),
    Field("note of a batch", lambda w, t: _issued(w, note=t), ("note",)),
    Field("prefix", lambda w, t: _issued(w, prefix=t), ("prefix",)),
    Field("notify", lambda w, t: _issued(w, notify=t), ("notify",)),
    Field("recipients", lambda w, t: _look(w, t), ("recipients",)),
    Field("another address", lambda w, t: _redirect(w, t), ("email",)),
    Field("reason to undo", lambda w, t: _undo(w, t), ("reason",)),
    Field("search customers", lambda w, t: customer_search.find(w.here["S"], t)),
    Field("customer", lambda w, t: customers.read(w.here["S"], t)),
    Field("search codes", lambda w, t: _codes(w, t)),
    Field("search batches", lambda w, t: _batches(w, t)),
]


def _plan(world: World, text: str) -> Awaitable[object]:
    return plans.create(world.here["A"], world.cast.welding.id, PlanTerms(name=text, days=9))


def _look(world: World, text: str) -> Awaitable[object]:
    return deliveries.look(world.here["A"], world.batch.batch.id, text)


def _redirect(world: World, text: str) -> Awaitable[object]:
    return resending.redirect(world.here["A"], world.personal.id, text)


def _undo(world: World, text: str) -> Awaitable[object]:
    return access_changes.undo_activation(world.here["A"], world.activation.id, text)


def _codes(world: World, text: str) -> Awaitable[object]:
    return code_list.page(world.here["S"], world.batch.batch.id, CodeFilter(search=text), Slice())


def _batches(world: World, text: str) -> Awaitable[object]:
    return batch_list.page(world.here["S"], BatchFilter(search=text), Slice())


CYBERPASS = [
    Field("evaluated product", lambda w, t: _started(w, product=t), ("product",)),
    Field("model", lambda w, t: _started(w, model=t), ("model",)),
    Field("version", lambda w, t: _started(w, version=t), ("version",)),
    Field("note", lambda w, t: evidence.add_note(w.here["E"], w.paid.id, t), ("note",)),
    Field("file name", lambda w, t: _file(w, t), ("file",)),
    Field("note of an outcome", lambda w, t: _decide(w, t), ("note",)),
    Field("code to pay", lambda w, t: _pay(w, t), ("code",), alone=True),
    Field("reason to reopen", lambda w, t: _reopen(w, t), ("reason",)),
    Field("reason to give back", lambda w, t: _give_back(w, t), ("reason",)),
    Field("number of purchase codes", lambda w, t: _purchase(w, t), ("quantity",)),
    Field("scheme", lambda w, t: schemes.create(w.here["O"], t), ("name",)),
    Field("action", lambda w, t: _action(w, t), ("name",)),
    Field("reference", lambda w, t: _granted(w, reference=t), ("reference",)),
    Field("note of an agreement", lambda w, t: _granted(w, note=t), ("note", "reference")),
    Field("granted", lambda w, t: _granted(w, quantity=t), ("quantity", "reference")),
    Field("certificate", lambda w, t: _certificate(t), ("number",)),
    Field("search evaluations", lambda w, t: _evaluations(w, t)),
    Field("search agreements", lambda w, t: _agreements(w, t)),
    Field("search purchase codes", lambda w, t: _purchase_codes(w, t)),
]


def _file(world: World, text: str) -> Awaitable[object]:
    return evidence.add_file(world.here["E"], world.paid.id, text, b"x")


def _decide(world: World, text: str) -> Awaitable[object]:
    return outcomes.decide(world.here["E"], world.paid.id, passed=False, note=text)


def _pay(world: World, text: str) -> Awaitable[object]:
    return payments.pay(world.here["E"], world.awaits.id, text, address=VISITOR)


def _reopen(world: World, text: str) -> Awaitable[object]:
    return reopening.reopen(world.here["A"], world.failed.id, text)


def _give_back(world: World, text: str) -> Awaitable[object]:
    return payments.undo(world.here["A"], world.paid.id, text)


def _purchase(world: World, text: str) -> Awaitable[object]:
    from_lab = asked_for(world.cast.northwind, world.made.lab, text)
    return purchases.request(world.here["A"], from_lab)


def _action(world: World, text: str) -> Awaitable[object]:
    scheme = world.made.scheme.id
    return schemes.add_action(world.here["O"], scheme, name=text, needs_payment=False)


def _certificate(text: str) -> Awaitable[object]:
    return certificates.look_up(text, address=VISITOR)


def _evaluations(world: World, text: str) -> Awaitable[object]:
    return evaluation_list.page(world.here["E"], EvaluationFilter(search=text), Slice())


def _agreements(world: World, text: str) -> Awaitable[object]:
    return agreement_list.page(world.here["A"], AgreementFilter(search=text), Slice())


def _purchase_codes(world: World, text: str) -> Awaitable[object]:
    return purchase_code_list.page(world.here["A"], PurchaseFilter(search=text), Slice())


PEOPLE = [
    Field("name of a workspace", lambda w, t: _workspace(w, name=t), ("name", "slug")),
    Field("slug", lambda w, t: _workspace(w, slug=t), ("slug",)),
    Field("renamed workspace", lambda w, t: _settings(w, name=t), ("name",)),
    Field("time zone", lambda w, t: _settings(w, time_zone=t), ("time_zone",)),
    Field("reply to", lambda w, t: _settings(w, reply_to=t), ("reply_to",)),
    Field("ask for codes", lambda w, t: _settings(w, ask_for_codes=t), ("ask_for_codes",)),
    Field("own name", lambda w, t: accounts.rename(w.here["S"], t), ("name",)),
    Field("new password", lambda w, t: _password(w, t), ("current", "password")),
    Field("invite", lambda w, t: _invite(w, t), ("email",)),
    Field("where heads go", lambda w, t: audit_heads.mail_to(w.here["O"], t), ("email",)),
    Field("reset", lambda w, t: password_resets.ask(t, address=VISITOR), ("email",)),
    Field("whose code", lambda w, t: _whose(w, t), ("code",)),
    Field("search members", lambda w, t: member_list.page(w.here["A"], t, Slice())),
    Field("search messages", lambda w, t: _messages(w, t)),
    Field("search the log", lambda w, t: _log(w, search=t)),
    Field("user in the log", lambda w, t: _log(w, user=t), ("user",)),
    Field("number in the log", lambda w, t: _log(w, target=t), ("target",)),
    Field("day in the log", lambda w, t: _log(w, **{"from": t}), ("from",)),
    Field("search users", lambda w, t: _users(w, t)),
]


def _workspace(world: World, **typed: str) -> Awaitable[object]:
    entered = {"name": "New", "slug": "new-one", "time_zone": "UTC"} | typed
    return workspaces.create(world.here["O"], **entered)


def _password(world: World, text: str) -> Awaitable[object]:
    return accounts.change_password(world.here["S"], current=text, password=text)


def _invite(world: World, text: str) -> Awaitable[object]:
    return invitations.invite(world.here["A"], email=text, role=Role.SALES)


def _whose(world: World, text: str) -> Awaitable[object]:
    return refusal_desk.look_up(world.here["A"], text, address=VISITOR)


def _messages(world: World, text: str) -> Awaitable[object]:
    return message_list.page(world.here["S"], MessageFilter(search=text), Slice())


async def _log(world: World, **asked: str) -> object:
    return await audit_list.page(world.here["A"], audit_filter.read(asked))


def _users(world: World, text: str) -> Awaitable[object]:
    return user_list.page(world.here["O"], UserFilter(search=text), Slice())


FIELDS = [*EDSPACE, *CYBERPASS, *PEOPLE]


def named(name: str) -> Field:
    [found] = [field for field in FIELDS if field.name == name]
    return found
