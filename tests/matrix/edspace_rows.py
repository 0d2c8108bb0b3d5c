"""Edspace: products, access codes, their mails and those who hold them."""

from models.enums import CodeKind
from services import (
    access_changes,
    activation_days,
    announced_files,
    attention,
    batch_detail,
    batch_jobs,
    batch_list,
    batches,
    code_list,
    codes,
    customer_codes,
    customer_search,
    customers,
    dashboards,
    deliveries,
    entitlement_export,
    exports,
    extensions,
    links,
    plans,
    product_list,
    products,
    resending,
)
from services.batch_list import BatchFilter
from services.code_list import CodeFilter
from services.errors import Invalid
from services.links import Purpose
from services.paging import Slice
from services.periods import Period
from services.plan_terms import PlanTerms
from services.recipients import Recipient
from tests.cast import wanted
from tests.matrix.commands import ADMINS, EDSPACE, Reach, reads, writes
from tests.matrix.world import World

PURCHASE = {"kind": CodeKind.PURCHASE}
TERMS = PlanTerms(name="Fortnight", days=14)
NOBODY = ""
GRACE = "grace@example.org"
PERSON = Recipient(name="Ken", email="ken@example.org")
OF_SAM, OF_PURCHASE = "a batch of Sam's", "purchase codes"


def _announced(world: World) -> str:
    return links.make(Purpose.DOWNLOAD, world.announced.id)


CATALOG = [
    reads(
        "product_list.products",
        EDSPACE,
        lambda w, who: product_list.products(who),
        reach=Reach.PLACE,
    ),
    reads(
        "product_list.count",
        EDSPACE,
        lambda w, who: product_list.count(who),
        reach=Reach.PLACE,
    ),
    writes(
        "products.create",
        ADMINS,
        lambda w, who: products.create(who, "Brazing"),
        reach=Reach.PLACE,
    ),
    writes(
        "products.rename",
        ADMINS,
        lambda w, who: products.rename(who, w.cast.welding.id, "Brazing"),
    ),
    writes(
        "products.archive",
        ADMINS,
        lambda w, who: products.archive(who, w.cast.welding.id),
    ),
    writes(
        "products.restore",
        ADMINS,
        lambda w, who: products.restore(who, w.cast.welding.id),
    ),
    writes(
        "plans.create",
        ADMINS,
        lambda w, who: plans.create(who, w.cast.welding.id, TERMS),
    ),
    writes(
        "plans.change",
        ADMINS,
        lambda w, who: plans.change(who, w.cast.solder_month.id, TERMS),
    ),
    writes("plans.archive", ADMINS, lambda w, who: plans.archive(who, w.cast.year.id)),
    writes("plans.restore", ADMINS, lambda w, who: plans.restore(who, w.cast.year.id)),
]
BATCHES = [
    writes(
        "batches.request",
        EDSPACE,
        lambda w, who: batches.request(who, wanted(w.cast.month)),
        elsewhere=Invalid,
    ),
    reads("batches.own", EDSPACE, lambda w, who: batches.own(who, w.batch.batch.id)),
    reads(
        "batches.own",
        ADMINS,
        lambda w, who: batches.own(who, w.bought.batch.id, **PURCHASE),
        case=OF_PURCHASE,
    ),
    reads(
        "batches.own",
        NOBODY,
        lambda w, who: batches.own(who, w.bought.batch.id),
        case="purchase codes as access codes",
    ),
    writes(
        "batches.revoke_unused",
        ADMINS,
        lambda w, who: batches.revoke_unused(who, w.batch.batch.id),
    ),
    writes(
        "batches.revoke_unused",
        EDSPACE,
        lambda w, who: batches.revoke_unused(who, w.sams.batch.id),
        case=OF_SAM,
    ),
    writes(
        "batches.revoke_unused",
        ADMINS,
        lambda w, who: batches.revoke_unused(who, w.bought.batch.id, **PURCHASE),
        case=OF_PURCHASE,
    ),
    writes("batch_jobs.cancel", ADMINS, lambda w, who: batch_jobs.cancel(who, w.queued.id)),
    writes(
        "batch_jobs.cancel",
        EDSPACE,
        lambda w, who: batch_jobs.cancel(who, w.sams_queued.id),
        case=OF_SAM,
    ),
    writes("batch_jobs.retry", ADMINS, lambda w, who: batch_jobs.retry(who, w.stopped.id)),
    reads(
        "batch_list.page",
        EDSPACE,
        lambda w, who: batch_list.page(who, BatchFilter(), Slice()),
        reach=Reach.PLACE,
    ),
    reads(
        "batch_list.newest",
        EDSPACE,
        lambda w, who: batch_list.newest(who),
        reach=Reach.PLACE,
        empty=0,
    ),
    reads(
        "batch_list.some",
        EDSPACE,
        lambda w, who: batch_list.some(who, (w.batch.batch.id, w.bought.batch.id)),
        reach=Reach.PLACE,
        empty=[],
    ),
    reads("batch_detail.read", EDSPACE, lambda w, who: batch_detail.read(who, w.batch.batch.id)),
    reads(
        "batch_detail.read",
        ADMINS,
        lambda w, who: batch_detail.read(who, w.bought.batch.id, **PURCHASE),
        case=OF_PURCHASE,
    ),
]
CODES = [
    reads(
        "code_list.page",
        EDSPACE,
        lambda w, who: code_list.page(who, w.batch.batch.id, CodeFilter(), Slice()),
    ),
    reads(
        "code_list.page",
        NOBODY,
        lambda w, who: code_list.page(who, w.bought.batch.id, CodeFilter(), Slice()),
        case="purchase codes as access codes",
    ),
    reads(
        "code_list.some",
        EDSPACE,
        lambda w, who: code_list.some(who, w.batch.batch.id, (w.batch.codes[0].id,)),
    ),
    writes("codes.show", EDSPACE, lambda w, who: codes.show(who, w.batch.batch.id)),
    writes(
        "codes.show",
        NOBODY,
        lambda w, who: codes.show(who, w.sams.batch.id, (w.bought.codes[0].id,)),
        case="a code of another batch",
    ),
    writes(
        "codes.show",
        ADMINS,
        lambda w, who: codes.show(who, w.bought.batch.id, **PURCHASE),
        case=OF_PURCHASE,
    ),
    writes("codes.copy", EDSPACE, lambda w, who: codes.copy(who, w.batch.batch.id)),
    writes(
        "codes.copy",
        ADMINS,
        lambda w, who: codes.copy(who, w.bought.batch.id, **PURCHASE),
        case=OF_PURCHASE,
    ),
    writes("codes.revoke", ADMINS, lambda w, who: codes.revoke(who, w.batch.codes[0].id)),
    writes(
        "codes.revoke",
        EDSPACE,
        lambda w, who: codes.revoke(who, w.sams.codes[5].id),
        case=OF_SAM,
    ),
    writes(
        "codes.revoke",
        ADMINS,
        lambda w, who: codes.revoke(who, w.bought.codes[0].id, **PURCHASE),
        case=OF_PURCHASE,
    ),
    writes(
        "codes.revoke",
        NOBODY,
        lambda w, who: codes.revoke(who, w.bought.codes[0].id),
        case="a purchase code as an access code",
    ),
    *[
        writes(
            f"exports.{make.__name__}",
            EDSPACE,
            lambda w, who, make=make: make(who, w.batch.batch.id, address="/a/"),
        )
        for make in (exports.batch_csv, exports.batch_xlsx)
    ],
    writes(
        "announced_files.set_csv",
        EDSPACE,
        lambda w, who: announced_files.set_csv(who, _announced(w), address="/a/"),
    ),
    writes("exports.begin", EDSPACE, lambda w, who: exports.begin(who, w.batch.batch.id, "csv")),
    writes(
        "exports.begin",
        ADMINS,
        lambda w, who: exports.begin(who, w.bought.batch.id, "csv", **PURCHASE),
        case=OF_PURCHASE,
    ),
    reads("exports.foresee", EDSPACE, lambda w, who: exports.foresee(who, w.batch.batch.id)),
    reads(
        "exports.foresee",
        ADMINS,
        lambda w, who: exports.foresee(who, w.bought.batch.id, **PURCHASE),
        case=OF_PURCHASE,
    ),
]
MAILS = [
    reads(
        "deliveries.look",
        EDSPACE,
        lambda w, who: deliveries.look(who, w.batch.batch.id, "ken@example.org"),
    ),
    reads(
        "deliveries.preview",
        EDSPACE,
        lambda w, who: deliveries.preview(who, w.batch.batch.id, [PERSON]),
    ),
    writes(
        "deliveries.send",
        EDSPACE,
        lambda w, who: deliveries.send(who, w.batch.batch.id, [PERSON], f"{who.user_id} sends"),
    ),
    reads("resending.counts", EDSPACE, lambda w, who: resending.counts(who, w.batch.batch.id)),
    writes(
        "resending.to_all_failed",
        EDSPACE,
        lambda w, who: resending.to_all_failed(who, w.batch.batch.id),
    ),
    writes(
        "resending.to_all_waiting",
        EDSPACE,
        lambda w, who: resending.to_all_waiting(who, w.sams.batch.id),
    ),
    writes("resending.resend", EDSPACE, lambda w, who: resending.resend(who, w.sams_sent.id)),
    writes(
        "resending.redirect",
        EDSPACE,
        lambda w, who: resending.redirect(who, w.personal.id, "ken@example.org"),
    ),
    writes("resending.retry", EDSPACE, lambda w, who: resending.retry(who, w.personal.id)),
]
CUSTOMERS = [
    reads(
        "customer_search.find",
        EDSPACE,
        lambda w, who: customer_search.find(who, "example.org"),
        reach=Reach.PLACE,
    ),
    reads("customers.people_of", EDSPACE, lambda w, who: customers.people_of(who, GRACE)),
    reads("customers.read", EDSPACE, lambda w, who: customers.read(who, GRACE)),
    reads("customer_codes.page", EDSPACE, lambda w, who: customer_codes.page(who, GRACE, Slice())),
    *[
        writes(
            f"entitlement_export.{make.__name__}",
            EDSPACE,
            lambda w, who, make=make: make(who, Period()),
            reach=Reach.PLACE,
        )
        for make in (entitlement_export.as_csv, entitlement_export.as_xlsx)
    ],
    writes(
        "extensions.extend",
        ADMINS,
        lambda w, who: extensions.extend(who, w.activation.entitlement.id, 30),
    ),
    reads(
        "access_changes.held",
        ADMINS,
        lambda w, who: access_changes.held(who, id=w.activation.entitlement.id),
    ),
    writes(
        "access_changes.end",
        ADMINS,
        lambda w, who: access_changes.end(who, w.activation.entitlement.id),
    ),
    writes(
        "access_changes.undo_activation",
        ADMINS,
        lambda w, who: access_changes.undo_activation(who, w.activation.id, "Wrong person"),
    ),
]
NUMBERS = [
    row
    for kind, may in ((CodeKind.ACCESS, EDSPACE), (CodeKind.PURCHASE, ADMINS))
    for row in (
        reads(
            "dashboards.codes",
            may,
            lambda w, who, kind=kind: dashboards.codes(who, kind),
            reach=Reach.PLACE,
            case=kind.value,
        ),
        reads(
            "activation_days.recent",
            may,
            lambda w, who, kind=kind: activation_days.recent(who, kind, 7),
            reach=Reach.PLACE,
            case=kind.value,
        ),
        reads(
            "attention.of_codes",
            may,
            lambda w, who, kind=kind: attention.of_codes(who, kind),
            reach=Reach.PLACE,
            empty=[],
            case=kind.value,
            refused=[],
        ),
    )
]
ROWS = [*CATALOG, *BATCHES, *CODES, *MAILS, *CUSTOMERS, *NUMBERS]
