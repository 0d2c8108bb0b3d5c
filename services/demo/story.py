"""Sample data: who is there, what they sell, and which batches they made."""

from dataclasses import dataclass

from models.enums import Role

ZONE = "Europe/Berlin"
ACME, NORTHWIND = "acme-devices", "northwind-academy"
WORKSPACES = {ACME: "Acme Devices", NORTHWIND: "Northwind Academy"}

OWNER, ADMIN = "owner@demo.test", "admin@demo.test"
SALES, EVALUATOR = "sales@demo.test", "evaluator@demo.test"
PEOPLE = {
    OWNER: "Olga Brandt",
    ADMIN: "Marek Kowal",
    SALES: "Sara Lindqvist",
    EVALUATOR: "Iris Chen",
}
MEMBERS = (
    (ADMIN, ACME, Role.ADMIN),
    (ADMIN, NORTHWIND, Role.ADMIN),
    (SALES, NORTHWIND, Role.SALES),
    (EVALUATOR, ACME, Role.EVALUATOR),
)

STATISTICS, ANALYSIS = "Intro to Statistics", "Data Analysis Foundations"
PHARMACOLOGY, PRACTICE = "Clinical Pharmacology", "Good Clinical Practice"
METHODS, WRITING = "Research Methods", "Academic Writing"
COMPLIANCE = "Radio Equipment Compliance"

TERMS = {"30 days": 30, "90 days": 90, "1 year": 365, "Lifetime": None}
CATALOG = (
    (NORTHWIND, STATISTICS, ("30 days", "1 year", "Lifetime")),
    (NORTHWIND, ANALYSIS, ("30 days", "90 days", "1 year")),
    (NORTHWIND, PHARMACOLOGY, ("90 days", "1 year", "Lifetime")),
    (NORTHWIND, PRACTICE, ("90 days", "1 year")),
    (NORTHWIND, METHODS, ("90 days", "1 year")),
    (NORTHWIND, WRITING, ("90 days", "Lifetime")),
    (ACME, COMPLIANCE, ("30 days", "1 year")),
)
ARCHIVED, ARCHIVED_DAYS_AGO = WRITING, 24
CODES_EXPIRE_AFTER = {(PRACTICE, "90 days"): 45}


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """Days count from the day the batch was made. `withdrawn`: its unused codes were revoked.

    `sent_to` got the whole set by mail; with `to_people` each holder got the code by mail.
    """

    valid_after: int | None = None
    expires_after: int | None = None
    prefix: str = ""
    note: str = ""
    withdrawn: bool = False
    failed: bool = False
    sent_to: str = ""
    to_people: bool = False


@dataclass(frozen=True, slots=True)
class BatchStory:
    """Made so many days ago, or on the last working day before; `used` codes were activated and
    `revoked` ones revoked singly.
    """

    days_ago: int
    at: str
    by: str
    product: str
    plan: str
    codes: int
    used: int
    revoked: int = 0
    more: More = More()


BATCHES = (
    BatchStory(88, "09:20", ADMIN, STATISTICS, "Lifetime", 1, 1),
    BatchStory(87, "10:15", ADMIN, STATISTICS, "30 days", 60, 52, 1),
    BatchStory(85, "14:40", SALES, ANALYSIS, "1 year", 120, 88, 2),
    BatchStory(83, "11:05", ADMIN, COMPLIANCE, "1 year", 30, 19, 1),
    BatchStory(81, "09:50", SALES, PHARMACOLOGY, "90 days", 100, 71),
    BatchStory(80, "16:20", SALES, WRITING, "90 days", 40, 26, 0, More(expires_after=30)),
    BatchStory(77, "13:35", SALES, STATISTICS, "1 year", 480, 301, 4),
    BatchStory(74, "10:30", ADMIN, PRACTICE, "90 days", 80, 37, 1),
    BatchStory(71, "15:10", SALES, METHODS, "1 year", 25, 21),
    BatchStory(68, "09:15", SALES, PHARMACOLOGY, "1 year", 149, 83, 3),
    BatchStory(66, "11:45", ADMIN, WRITING, "Lifetime", 12, 9),
    BatchStory(63, "14:05", SALES, ANALYSIS, "30 days", 50, 34, 0, More(expires_after=28)),
    BatchStory(60, "10:10", SALES, STATISTICS, "30 days", 320, 216, 2),
    BatchStory(59, "16:45", ADMIN, PRACTICE, "1 year", 24, 15),
    BatchStory(56, "09:40", SALES, METHODS, "90 days", 75, 41, 1),
    BatchStory(53, "13:20", SALES, PHARMACOLOGY, "Lifetime", 8, 8),
    BatchStory(
        50,
        "11:25",
        SALES,
        ANALYSIS,
        "90 days",
        250,
        0,
        0,
        More(failed=True, note="Autumn intake, Polytechnic"),
    ),
    BatchStory(
        50,
        "11:40",
        SALES,
        ANALYSIS,
        "90 days",
        250,
        138,
        2,
        More(note="Autumn intake, Polytechnic"),
    ),
    BatchStory(47, "15:30", ADMIN, STATISTICS, "Lifetime", 20, 12),
    BatchStory(45, "10:55", ADMIN, COMPLIANCE, "30 days", 15, 11, 1),
    BatchStory(43, "09:05", SALES, PRACTICE, "1 year", 60, 28),
    BatchStory(
        40, "14:15", SALES, WRITING, "90 days", 30, 7, 0, More(withdrawn=True, note="Course closed")
    ),
    BatchStory(38, "12:50", SALES, PHARMACOLOGY, "90 days", 48, 30, 1),
    BatchStory(35, "10:20", SALES, METHODS, "1 year", 100, 45, 2),
    BatchStory(32, "16:05", ADMIN, ANALYSIS, "1 year", 5, 5),
    BatchStory(30, "09:30", SALES, STATISTICS, "30 days", 120, 66, 1, More(expires_after=21)),
    BatchStory(27, "13:45", SALES, PRACTICE, "90 days", 36, 13),
    BatchStory(
        25,
        "11:10",
        SALES,
        PHARMACOLOGY,
        "1 year",
        320,
        104,
        2,
        More(
            prefix="UKB26",
            note="University hospital, invoice 2214",
            sent_to="einkauf@hospital.example",
        ),
    ),
    BatchStory(22, "15:55", ADMIN, METHODS, "90 days", 10, 6),
    BatchStory(19, "10:35", SALES, STATISTICS, "Lifetime", 3, 2),
    BatchStory(17, "09:25", SALES, ANALYSIS, "90 days", 90, 38, 1),
    BatchStory(16, "15:31", ADMIN, ANALYSIS, "30 days", 75, 20, 0, More(withdrawn=True)),
    BatchStory(12, "13:03", SALES, STATISTICS, "Lifetime", 10, 8),
    BatchStory(10, "10:40", ADMIN, PHARMACOLOGY, "1 year", 1200, 541, 5),
    BatchStory(8, "17:12", SALES, STATISTICS, "1 year", 25, 4, 0, More(expires_after=5)),
    BatchStory(6, "11:15", ADMIN, COMPLIANCE, "1 year", 40, 9),
    BatchStory(
        5,
        "14:25",
        SALES,
        METHODS,
        "90 days",
        150,
        0,
        1,
        More(valid_after=30, note="Spring term, opens with enrolment"),
    ),
    BatchStory(4, "08:59", ADMIN, ANALYSIS, "90 days", 149, 149),
    BatchStory(
        2,
        "11:20",
        SALES,
        STATISTICS,
        "30 days",
        500,
        180,
        3,
        More(sent_to="registrar@uni.example"),
    ),
    BatchStory(1, "16:48", SALES, PHARMACOLOGY, "Lifetime", 40, 27, 0, More(to_people=True)),
    BatchStory(
        0,
        "09:05",
        SALES,
        PHARMACOLOGY,
        "90 days",
        120,
        22,
        2,
        More(sent_to="buyer@clinic.example"),
    ),
)
