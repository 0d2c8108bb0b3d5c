"""Sample data of CyberPass: schemes, what was granted, codes bought, products on their way."""

from dataclasses import dataclass

RAL, CELLULAR, ETSI = "EN18031 - RAL", "EN18031 - Cellular", "ETSI EN 303 645"
SELF, LAB, CERTIFICATION = "Self Assessment", "Lab Assessment", "Certification"
SCHEMES = (RAL, CELLULAR, ETSI)
ACTIONS = {SELF: False, LAB: True, CERTIFICATION: True}  # whether it needs a purchase code


@dataclass(frozen=True, slots=True)
class AgreementStory:
    """Valid from so many days ago, up to so many days from now."""

    number: str
    scheme: str
    action: str
    quantity: int
    since: int
    until: int
    note: str = ""


AGREEMENTS = (
    AgreementStory("03", RAL, LAB, 20, 80, 120, "Invoice 1187"),
    AgreementStory("04", RAL, CERTIFICATION, 10, 80, 120),
    AgreementStory("05", ETSI, LAB, 6, 80, 22),
    AgreementStory("06", ETSI, CERTIFICATION, 6, 80, 22),
    AgreementStory("01", CELLULAR, LAB, 5, 90, -12, "Pilot"),
)


@dataclass(frozen=True, slots=True)
class PurchaseStory:
    """Made so many days ago; the first `revoked` of its codes were revoked later."""

    days_ago: int
    at: str
    scheme: str
    action: str
    codes: int
    revoked: int = 0
    expires_after: int | None = None


PURCHASES = (
    PurchaseStory(78, "09:40", RAL, LAB, 8),
    PurchaseStory(77, "11:15", RAL, CERTIFICATION, 4),
    PurchaseStory(76, "14:20", ETSI, LAB, 4, 1),
    PurchaseStory(75, "09:10", ETSI, CERTIFICATION, 3),
    PurchaseStory(62, "10:05", CELLULAR, LAB, 2, 0, 45),
    PurchaseStory(2, "14:30", RAL, LAB, 6),
)


@dataclass(frozen=True, slots=True)
class EvaluationStory:
    """`steps` says how each action stands; one that was paid used the next code of its action."""

    days_ago: int
    product: str
    model: str
    version: str
    scheme: str
    steps: tuple[str, str, str]
    note: str = ""


EVALUATIONS = (
    EvaluationStory(68, "Camera C3", "C3-OUT", "1.8.0", ETSI, ("passed", "passed", "passed")),
    EvaluationStory(61, "Smart Plug P1", "SP-16A", "3.1.2", RAL, ("passed", "passed", "passed")),
    EvaluationStory(
        47,
        "Baby Monitor B2",
        "BM-210",
        "0.9.4",
        RAL,
        ("passed", "failed", "waiting"),
        "Default password is the same on every device (5.1-1).",
    ),
    EvaluationStory(20, "Thermostat T1", "T1-EU", "2.0.3", RAL, ("passed", "passed", "work")),
    EvaluationStory(9, "Gateway G5", "G5-LTE", "5.2.0", CELLULAR, ("work", "waiting", "waiting")),
    EvaluationStory(5, "Doorbell X2", "DB-200", "2.4.1", RAL, ("passed", "payment", "waiting")),
)
