"""How the seals of the log, and what Verify found, are said: on screen and on the command line."""

from collections.abc import Callable

from services.audit_findings import Fault, Finding, Verdict
from services.audit_heads import SealState
from services.head_statement import Head
from ui import wording

HEADS = {
    "database": "A signed head in the database",
    "file": "A signed head in heads.jsonl",
    "kept": "The head you kept",
}
ONLY_HERE = (
    "This holds against anybody without the key file. Who has both the database and the key file "
    "could have written all of it anew; only a head that is kept elsewhere shows that."
)
NO_HEAD = "No head is signed yet, so an end that was cut off would not be seen."


def headline(verdict: Verdict) -> str:
    if verdict.is_clean:
        return "Nothing was changed."
    number = len(verdict.findings) + verdict.more
    return f"{wording.count(number, 'thing is', 'things are')} not as they were."


def proved(verdict: Verdict, zone: str) -> list[str]:
    """What was looked at, and how far it is a proof."""
    looked = [
        f"{wording.count(verdict.sealed, 'sealed entry', 'sealed entries')}, "
        f"{wording.count(verdict.heads, 'signed head')} and {wording.count(verdict.codes, 'code')} "
        "were checked.",
        _unsealed(verdict.unsealed),
    ]
    return [*looked, *_holds(verdict, zone)] if verdict.is_clean else looked


def _unsealed(number: int) -> str:
    if not number:
        return "Every entry is sealed."
    entries = wording.count(number, "entry is", "entries are")
    return f"{entries} not sealed yet, and not covered; sealing takes about a second."


def _holds(verdict: Verdict, zone: str) -> list[str]:
    if verdict.kept:
        return [
            f"Up to seal {verdict.kept.seq:,} it is proved by the head you kept, "
            f"{_signed(verdict.kept, zone)}: since then nobody changed, removed or added anything "
            "before it, not even with the key file."
        ]
    if verdict.signed:
        newest = f"The newest head is over seal {verdict.signed.seq:,}, "
        return [f"{newest}{_signed(verdict.signed, zone)}.", ONLY_HERE]
    return [NO_HEAD] if verdict.sealed else []


def _signed(head: Head, zone: str) -> str:
    return f"signed {wording.moment(head.at, zone)} ({zone})"


def state(seals: SealState, zone: str) -> str:
    """What stands beside Verify."""
    told = f"{wording.count(seals.sealed, 'entry is', 'entries are')} sealed"
    if seals.unsealed:
        told += f", {seals.unsealed:,} not yet"
    if seals.head_at is None:
        return f"{told}. No head is signed yet."
    told += (
        f". Newest head: seal {seals.head_seq:,}, {wording.moment(seals.head_at, zone)} ({zone})"
    )
    return f"{told}."


def mailed(seals: SealState) -> str:
    return f" Mailed daily to {seals.mailed_to}." if seals.mailed_to else ""


def finding(found: Finding) -> str:
    return SAID[found.fault](found)


def _entry(found: Finding) -> str:
    return f"Entry {found.entry_id} (seal {found.seq})"


def _head(found: Finding) -> str:
    over = "" if found.seq is None else f" over seal {found.seq:,}"
    return f"{HEADS[found.source]}{over}"


def _use(found: Finding) -> str:
    stands = "ACTIVATED" if found.here else "not ACTIVATED"
    uses = wording.count(found.told, "activation") if found.told else "no activation"
    return f"Code {found.target_id} is {stands}; the log has {uses} of it that stands."


SAID: dict[Fault, Callable[[Finding], str]] = {
    Fault.CHANGED: lambda f: f"{_entry(f)} is not as it was sealed.",
    Fault.MISSING: lambda f: f"{_entry(f)} was deleted.",
    Fault.GAP: lambda f: (
        f"From seal {f.seq} on {wording.count(f.here, 'seal is', 'seals are')} gone."
    ),
    Fault.UNLINKED: lambda f: (
        f"{_entry(f)} does not follow what stands before it: something was changed, removed or "
        "put in there."
    ),
    Fault.INSERTED: lambda f: f"Entry {f.entry_id} was put in between sealed entries.",
    Fault.BACKDATED: lambda f: (
        f"{_entry(f)} says a time before a head that was signed without it: it was added later, "
        "or the clock was turned back."
    ),
    Fault.CUT: lambda f: (
        f"{_head(f)} was signed, and the chain ends at {f.here:,}: it was cut off."
    ),
    Fault.SET_BACK: lambda f: (
        f"{_head(f)} is of a time that was given up: a restore (entry {f.entry_id}) set the log "
        f"back to seal {f.here:,}. What was sealed after that is in the data that it replaced."
    ),
    Fault.REWRITTEN: lambda f: f"{_head(f)} has another digest: what is before it was rewritten.",
    Fault.HEAD_FORGED: lambda f: f"{_head(f)} is not as it was signed.",
    Fault.HEAD_FOREIGN: lambda f: (
        f"{_head(f)} was signed by another key: it is of another installation, or the key file "
        "was replaced."
    ),
    Fault.HEAD_GONE: lambda f: f"{_head(f)} was deleted from the database.",
    Fault.CODES_MADE: lambda f: (
        f"Batch {f.target_id} has {wording.count(f.here, 'code')}; the log says {f.told:,}."
    ),
    Fault.CODES_REVOKED: lambda f: (
        f"Batch {f.target_id} has {wording.count(f.here, 'revoked code')}; the log says {f.told:,}."
    ),
    Fault.CODES_HELD: lambda f: (
        f"Batch {f.target_id} has {wording.count(f.here, 'held code')}; the log says {f.told:,}."
    ),
    Fault.CODE_USED: _use,
    Fault.UNGUARDED: lambda f: (
        f"The trigger {f.source} is gone: the database no longer refuses that change of the log."
    ),
    Fault.NOT_COMPARED: lambda _: (
        "Codes could not be compared with the log: the database cannot read one of its entries."
    ),
}
