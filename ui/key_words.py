"""How the keys of the installation are said: on the command line, on paper and on screen."""

from collections.abc import Mapping, Sequence

from services.key_rotation import Rotated
from services.key_status import KeyState, KeyStatus, KeyView
from ui import wording

LINKS_WORK = "links made with it work"
LINKS_ENDED = "links made with it work no more"
WAITING = (
    "Key {} is in the key file, but nothing uses it: a rotation was cut short. "
    "The next keys rotate takes it up."
)
ENDED = (
    "Links made until now work no more: activation, invitation, password reset and download. "
    "Codes still work when they are typed."
)
STUCK = "The rest does not open: the program's log names the rows. Both keys stay in use for them."
READABLE = (
    "What follows are the keys. Whoever sees them can read every code in a copy of the database. "
    "Print or write them down, then clear this screen."
)
SHEET_HEAD = """\
TALLYSTICK KEY SHEET

Installation  {url}
Printed       {day}
Keys          {keys}

With these lines and a backup of the database every code can be read, shown and activated. Keep
this sheet where the backups are not. After each rotation of the keys print a new one.
"""
SHEET_FOOT = """\
To use it: type all lines that begin with a number, and the line Sum, after the command
  keys import
or into a text file that it is given. Capitals do not matter, spaces neither; O is read as 0, I and
L as 1. The last two characters check their line, the line Sum checks the sheet. A key file that is
there already is never replaced.
"""


def line(key: KeyView, zone: str) -> str:
    """One key on the command line."""
    since = wording.moment(key.since, zone)
    told = f"Key {key.number}   {key.state.value:<14} check value {short(key.check_value)}"
    return f"{told}   since {since} ({zone}); {standing(key, zone)}"


def standing(key: KeyView, zone: str) -> str:
    match key.state:
        case KeyState.IN_USE:
            return "seals what is new"
        case KeyState.REPLACED:
            return f"{progress(key)} sealed anew; {links(key)}"
        case KeyState.RETIRED:
            retired = wording.moment(key.retired_at, zone) if key.retired_at else ""
            return f"retired {retired}; {links(key)}"


def links(key: KeyView) -> str:
    return LINKS_WORK if key.links_work else LINKS_ENDED


def short(check_value: str) -> str:
    """Enough to tell keys apart; it says nothing about the key."""
    return check_value[:8]


def progress(key: KeyView) -> str:
    return f"{key.resealed:,} of {wording.count(key.codes, 'code')}"


def rotated(done: Rotated, *, links_ended: bool) -> list[str]:
    taken = " It was in the key file already." if done.taken_up else ""
    rest = "They are sealed anew while Tallystick runs; until then both keys are needed."
    codes = wording.count(done.codes, "code")
    return [
        f"Key {done.number} took over from key {done.replaced}.{taken}",
        f"{codes} were sealed with the earlier key. {rest}",
        ENDED if links_ended else "Links made until now work on.",
        "Copy the key file anew, and print a new sheet: keys export.",
    ]


def summary(status: KeyStatus) -> str:
    """One sentence on how the keys stand."""
    if status.problem:
        return f"The next start would be refused. {status.problem}"
    if key := status.replaced:
        rest = STUCK if key.is_stuck else "Both are needed."
        return f"{progress(key)} that key {key.number} had sealed are sealed anew. {rest}"
    return f"Key {status.keys[0].number} seals, finds and signs everything."


def sheet(lines: Sequence[str], checks: Mapping[int, str], *, url: str, day: str) -> str:
    """`checks` are the check values by number."""
    keys = "\n              ".join(
        f"{number}, check value {short(check)}" for number, check in checks.items()
    )
    return "\n".join((SHEET_HEAD.format(url=url, day=day, keys=keys), *lines, "", SHEET_FOOT))
