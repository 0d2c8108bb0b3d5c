"""CyberPass: schemes, agreements, purchase codes, evaluations and what pays for them."""

from datetime import timedelta

from services import (
    administered,
    agreement_claims,
    agreement_list,
    agreements,
    attention,
    dashboards,
    evaluation_detail,
    evaluation_list,
    evaluations,
    evidence,
    outcomes,
    payments,
    purchase_batches,
    purchase_code_list,
    purchase_export,
    purchased_action,
    purchases,
    reopening,
    scheme_choices,
    scheme_list,
    schemes,
)
from services.agreement_form import AgreementTerms
from services.agreement_list import AgreementFilter
from services.evaluation_list import EvaluationFilter
from services.paging import Slice
from services.purchase_code_list import PurchaseFilter
from services.zones import now
from tests.certification import asked_for
from tests.evaluating import asked
from tests.matrix.commands import ADMINS, CYBERPASS, OWNER, Reach, reads, writes

VISITOR = "192.0.2.7"


def _terms() -> AgreementTerms:
    today = now().date()
    return AgreementTerms(
        quantity="30",
        valid_from=today,
        valid_until=today + timedelta(days=30),
        reference="B-2027-01",
    )


SCHEMES = [
    reads("scheme_list.schemes", OWNER, lambda w, who: scheme_list.schemes(who), reach=Reach.ALL),
    reads(
        "scheme_choices.open_schemes",
        CYBERPASS,
        lambda w, who: scheme_choices.open_schemes(who),
        reach=Reach.ALL,
    ),
    reads(
        "scheme_choices.purchasable_actions",
        ADMINS,
        lambda w, who: scheme_choices.purchasable_actions(who),
        reach=Reach.ALL,
    ),
    reads(
        "purchased_action.to_choose",
        ADMINS,
        lambda w, who: purchased_action.to_choose(who),
        reach=Reach.ALL,
    ),
    writes("schemes.create", OWNER, lambda w, who: schemes.create(who, "ETSI"), reach=Reach.ALL),
    writes(
        "schemes.rename",
        OWNER,
        lambda w, who: schemes.rename(who, w.made.scheme.id, "ETSI"),
        reach=Reach.ALL,
    ),
    writes(
        "schemes.archive",
        OWNER,
        lambda w, who: schemes.archive(who, w.made.scheme.id),
        reach=Reach.ALL,
    ),
    writes(
        "schemes.restore",
        OWNER,
        lambda w, who: schemes.restore(who, w.former.scheme.id),
        reach=Reach.ALL,
    ),
    writes(
        "schemes.add_action",
        OWNER,
        lambda w, who: schemes.add_action(who, w.made.scheme.id, name="Audit", needs_payment=True),
        reach=Reach.ALL,
    ),
    writes(
        "schemes.change_action",
        OWNER,
        lambda w, who: schemes.change_action(who, w.made.lab.id, name="Test", needs_payment=True),
        reach=Reach.ALL,
    ),
    writes(
        "schemes.move_action",
        OWNER,
        lambda w, who: schemes.move_action(who, w.made.lab.id, up=True),
        reach=Reach.ALL,
    ),
    writes(
        "schemes.archive_action",
        OWNER,
        lambda w, who: schemes.archive_action(who, w.made.lab.id),
        reach=Reach.ALL,
    ),
    writes(
        "schemes.restore_action",
        OWNER,
        lambda w, who: schemes.restore_action(who, w.former.lab.id),
        reach=Reach.ALL,
    ),
]
AGREEMENTS = [
    writes(
        "agreements.create",
        OWNER,
        lambda w, who: agreements.create(who, w.cast.northwind.id, w.made.lab.id, _terms()),
        reach=Reach.ALL,
    ),
    writes(
        "agreements.change",
        OWNER,
        lambda w, who: agreements.change(
            who, w.agreement.id, _terms(), revision=w.agreement.revision
        ),
        reach=Reach.ALL,
    ),
    writes(
        "agreements.end",
        OWNER,
        lambda w, who: agreements.end(who, w.agreement.id),
        reach=Reach.ALL,
    ),
    reads(
        "agreement_list.page",
        ADMINS,
        lambda w, who: agreement_list.page(who, AgreementFilter(), Slice()),
        reach=Reach.PLACE,
    ),
    reads(
        "agreement_list.page",
        ADMINS,
        lambda w, who: agreement_list.page(
            who, AgreementFilter(workspace_id=w.cast.northwind.id), Slice()
        ),
        reach=Reach.PLACE,
        case="asked for another workspace",
    ),
    reads(
        "agreement_list.some",
        ADMINS,
        lambda w, who: agreement_list.some(who, (w.agreement.id,)),
        reach=Reach.PLACE,
        empty=[],
    ),
    reads(
        "agreement_list.newest",
        ADMINS,
        lambda w, who: agreement_list.newest(who),
        reach=Reach.PLACE,
        empty=0,
    ),
    reads(
        "agreement_claims.left",
        ADMINS,
        lambda w, who: agreement_claims.left(who),
        reach=Reach.RUN_LIST,
    ),
    reads(
        "agreement_claims.left",
        ADMINS,
        lambda w, who: agreement_claims.left(who, workspace_id=w.cast.northwind.id),
        reach=Reach.RUN,
        case="of one workspace",
    ),
    reads("dashboards.left", ADMINS, lambda w, who: dashboards.left(who), reach=Reach.PLACE),
    reads(
        "attention.of_agreements",
        ADMINS,
        lambda w, who: attention.of_agreements(who),
        reach=Reach.PLACE,
        empty=[],
        refused=[],
    ),
]
PURCHASES = [
    reads(
        "administered.places", ADMINS, lambda w, who: administered.places(who), reach=Reach.RUN_LIST
    ),
    reads(
        "administered.enter",
        ADMINS,
        lambda w, who: administered.enter(who, w.cast.northwind.id),
        reach=Reach.RUN,
    ),
    writes(
        "purchases.request",
        ADMINS,
        lambda w, who: purchases.request(who, asked_for(w.cast.northwind, w.made.lab, 2)),
        reach=Reach.RUN,
    ),
    *[
        writes(
            f"purchases.{use.__name__}",
            ADMINS,
            lambda w, who, use=use: use(who, w.bought.codes[0].id),
            reach=Reach.RUN,
        )
        for use in (purchases.show, purchases.copy, purchases.revoke)
    ],
    writes(
        "purchases.show",
        "",
        lambda w, who: purchases.show(who, w.batch.codes[0].id),
        case="an access code",
    ),
    reads(
        "purchase_code_list.page",
        ADMINS,
        lambda w, who: purchase_code_list.page(who, PurchaseFilter(), Slice()),
        reach=Reach.RUN_LIST,
    ),
    reads(
        "purchase_code_list.page",
        ADMINS,
        lambda w, who: purchase_code_list.page(
            who, PurchaseFilter(workspace_id=w.cast.northwind.id, search="Doorbell"), Slice()
        ),
        reach=Reach.RUN_LIST,
        case="asked for another workspace",
    ),
    reads(
        "purchase_code_list.some",
        ADMINS,
        lambda w, who: purchase_code_list.some(who, [w.bought.codes[3].id]),
        reach=Reach.RUN_LIST,
        empty=[],
    ),
    reads(
        "purchase_batches.under_way",
        ADMINS,
        lambda w, who: purchase_batches.under_way(who),
        reach=Reach.RUN_LIST,
        empty=[],
    ),
    reads(
        "purchase_batches.some",
        ADMINS,
        lambda w, who: purchase_batches.some(who, [w.bought.batch.id]),
        reach=Reach.RUN_LIST,
        empty=[],
    ),
    reads(
        "purchase_batches.newest",
        ADMINS,
        lambda w, who: purchase_batches.newest(who),
        reach=Reach.RUN_LIST,
        empty=0,
    ),
    *[
        writes(
            f"purchase_export.{make.__name__}",
            ADMINS,
            lambda w, who, make=make: make(who, w.bought.batch.id),
        )
        for make in (purchase_export.batch_csv, purchase_export.batch_xlsx)
    ],
]
EVALUATIONS = [
    writes(
        "evaluations.start",
        CYBERPASS,
        lambda w, who: evaluations.start(who, asked(w.made.scheme.id)),
        reach=Reach.PLACE,
    ),
    reads("evaluations.own", CYBERPASS, lambda w, who: evaluations.own(who, w.failed.id)),
    reads("evaluations.own_step", CYBERPASS, lambda w, who: evaluations.own_step(who, w.paid.id)),
    reads(
        "evaluation_detail.read", CYBERPASS, lambda w, who: evaluation_detail.read(who, w.failed.id)
    ),
    reads(
        "evaluation_list.page",
        CYBERPASS,
        lambda w, who: evaluation_list.page(who, EvaluationFilter(), Slice()),
        reach=Reach.PLACE,
    ),
    reads(
        "evaluation_list.some",
        CYBERPASS,
        lambda w, who: evaluation_list.some(who, (w.failed.id,)),
        reach=Reach.PLACE,
        empty=[],
    ),
    reads(
        "evaluation_list.newest",
        CYBERPASS,
        lambda w, who: evaluation_list.newest(who),
        reach=Reach.PLACE,
        empty=0,
    ),
    reads(
        "evaluation_list.count_open",
        CYBERPASS,
        lambda w, who: evaluation_list.count_open(who),
        reach=Reach.PLACE,
        empty=0,
    ),
    reads(
        "evaluation_list.product",
        CYBERPASS,
        lambda w, who: evaluation_list.product(who, w.failed.id),
        reach=Reach.PLACE,
        empty=None,
    ),
    reads(
        "evaluation_list.schemes",
        CYBERPASS,
        lambda w, who: evaluation_list.schemes(who),
        reach=Reach.PLACE,
        empty=[],
    ),
    reads(
        "dashboards.evaluations",
        CYBERPASS,
        lambda w, who: dashboards.evaluations(who),
        reach=Reach.PLACE,
    ),
    reads(
        "attention.of_evaluations",
        CYBERPASS,
        lambda w, who: attention.of_evaluations(who),
        reach=Reach.PLACE,
        empty=[],
        refused=[],
    ),
]
STEPS = [
    writes(
        "evidence.add_note", CYBERPASS, lambda w, who: evidence.add_note(who, w.paid.id, "Fine")
    ),
    writes(
        "evidence.add_file",
        CYBERPASS,
        lambda w, who: evidence.add_file(who, w.paid.id, "a.txt", b"Fine"),
    ),
    writes(
        "evidence.remove",
        CYBERPASS,
        lambda w, who: evidence.remove(who, w.note.id),
        case="a note of the evaluator's",
    ),
    writes(
        "evidence.remove",
        ADMINS,
        lambda w, who: evidence.remove(who, w.adas_note.id),
        case="a note of Ada's",
    ),
    reads("evidence.open_file", CYBERPASS, lambda w, who: evidence.open_file(who, w.file.id)),
    writes(
        "outcomes.decide",
        CYBERPASS,
        lambda w, who: outcomes.decide(who, w.paid.id, passed=True, note=""),
    ),
    writes(
        "reopening.reopen", ADMINS, lambda w, who: reopening.reopen(who, w.failed.id, "A mistake")
    ),
    writes(
        "payments.pay",
        CYBERPASS,
        lambda w, who: payments.pay(who, w.awaits.id, w.bought.texts[0], address=VISITOR),
        alone=True,
    ),
    writes("payments.undo", ADMINS, lambda w, who: payments.undo(who, w.paid.id, "A mistake")),
]
ROWS = [*SCHEMES, *AGREEMENTS, *PURCHASES, *EVALUATIONS, *STEPS]
