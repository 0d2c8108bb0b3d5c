"""How the facts of a check-up are said: on the Health page and by the doctor, in one place."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services.checkup import WORTH_KNOWING, Checkup, Matter
from services.heartbeats import Loop
from services.throttling import Throttled
from services.zones import now
from ui import wording
from ui.health_tables import BAD, GOOD, KINDS, OTHER, PULSES, WAL_BUG, WARN, Mood, Section

ALL_RUN = "Everything that runs beside the pages runs in time."


def headline(found: Checkup) -> tuple[str, Mood]:
    """The sentence on top, and its mood."""
    if not found.matters:
        return "Everything works.", GOOD
    urgent = sum(matter not in WORTH_KNOWING for matter in found.matters)
    rest = len(found.matters) - urgent
    to_know = f" {wording.count(rest, 'thing')} to know." if rest else ""
    if not urgent:
        return f"Everything works.{to_know}", WARN
    verb = "needs" if urgent == 1 else "need"
    return f"{wording.count(urgent, 'thing')} {verb} you.{to_know}", BAD


def sections(found: Checkup, zone: str) -> list[Section]:
    """All that a check-up found, in the order of the page; times are of the zone."""
    made: tuple[Callable[[Checkup, str], Section], ...] = (
        _loops,
        _work,
        _throttling,
        _backup,
        _log,
        _disk,
        _database,
        _clock,
        _version,
    )
    return [each(found, zone) for each in made]


def _loops(found: Checkup, _: str) -> Section:
    if found.loops is None:
        return Section(
            title="Background work", word="NOT RUNNING", mood=OTHER, sentence="No server runs."
        )
    if not found.loops:
        return Section(title="Background work", word="RUNS", mood=GOOD, sentence=ALL_RUN)
    ill = [loop for loop in found.loops if not loop.pulse.is_well]
    return Section(
        title="Background work",
        word="STUCK" if ill else "RUNS",
        mood=BAD if ill else GOOD,
        facts=tuple((loop.name, _pulse(loop)) for loop in found.loops),
    )


def _pulse(loop: Loop) -> str:
    ran = "" if loop.since is None else f", last run {ago(loop.since)}"
    return f"{PULSES[loop.pulse]}{ran}"


def _work(found: Checkup, _: str) -> Section:
    slow = {Matter.JOBS_SLOW, Matter.MAIL_SLOW} & set(found.matters)
    work, mail = found.work, found.mail
    return Section(
        title="Waiting work",
        word="SLOW" if slow else "IN TIME",
        mood=WARN if slow else GOOD,
        facts=(
            ("Mails", _waiting(mail.queued + mail.retrying, mail.oldest)),
            ("Batches", _waiting(work.batches, work.oldest_batch)),
            ("Files of the log", _waiting(work.files, work.oldest_file)),
        ),
    )


def _waiting(number: int, oldest: datetime | None) -> str:
    if not number or oldest is None:
        return "None waits"
    return f"{number:,}, the oldest for {length(now() - oldest)}"


def _throttling(found: Checkup, zone: str) -> Section:
    state = found.throttling
    word, mood = ("GUESSING", WARN) if state.is_guessing else ("QUIET", GOOD)
    if not state.is_guessing and state.refused:
        word, mood = "REFUSING", OTHER
    return Section(
        title="Throttling",
        word=word,
        mood=mood,
        sentence=_slowed(found),
        facts=(
            (
                "Wrong codes",
                f"{state.wrong_codes:,} in an hour; slowed down from {state.codes_most:,}",
            ),
            (
                "Failed sign-ins",
                f"{state.failed_sign_ins:,} in an hour; you are told from {state.sign_ins_most:,}",
            ),
            *((f"{KINDS[each.kind]} refused", _refused(each, zone)) for each in state.refused),
        ),
    )


def _slowed(found: Checkup) -> str:
    state = found.throttling
    if state.all_slowed:
        return "Typed codes wait in line for their turn, everywhere."
    if state.slowed:
        where = wording.count(state.slowed, "workspace")
        return f"Typed codes wait in line for their turn in {where}."
    return "" if state.refused or state.is_guessing else "No try was refused within the last hour."


def _refused(each: Throttled, zone: str) -> str:
    tries = wording.count(each.refused, "try", "tries")
    return f"{tries} since {_when(each.since, zone)}"


def _backup(found: Checkup, zone: str) -> Section:
    backup = found.backup
    if not backup.is_ours:
        return Section(
            title="Backup",
            word="PG_DUMP",
            mood=OTHER,
            sentence="PostgreSQL is backed up with pg_dump; docs/operations.md says how.",
        )
    word, mood = ("MADE", GOOD) if backup.made_at else ("NONE YET", WARN)
    if backup.problem:
        word, mood = "FAILED", BAD
    elif backup.is_late:
        word, mood = "LATE", BAD
    return Section(
        title="Backup",
        word=word,
        mood=mood,
        sentence=backup.problem,
        facts=(
            ("Last made", _when(backup.made_at, zone)),
            ("Last tried", _when(backup.tried_at, zone)),
        ),
    )


def _log(found: Checkup, zone: str) -> Section:
    log = found.log
    word, mood = ("LATE", WARN) if log.is_late else ("SEALED", GOOD)
    if log.findings:
        word, mood = "CHANGED", BAD
    checked = "Never"
    if log.verified_at:
        result = wording.count(log.findings, "finding") if log.findings else "nothing was changed"
        checked = f"{_when(log.verified_at, zone)}, {result}"
    signed = f"Seal {log.signed_to:,}, {_when(log.signed_at, zone)}" if log.signed_at else "Not yet"
    return Section(
        title="Audit log",
        word=word,
        mood=mood,
        facts=(
            ("Sealed", wording.count(log.sealed, "entry", "entries")),
            ("Not sealed yet", f"{log.unsealed:,}"),
            ("Newest head", signed),
            ("Last Verify", checked),
        ),
    )


def _disk(found: Checkup, _: str) -> Section:
    disk = found.disk
    is_low = Matter.DISK in found.matters
    share = round(100 * disk.free / max(1, disk.total))
    return Section(
        title="Disk",
        word="NEARLY FULL" if is_low else "ROOM",
        mood=BAD if is_low else GOOD,
        facts=(
            ("Free", f"{large(disk.free)} of {large(disk.total)} ({share} %)"),
            ("Data folder", disk.folder),
        ),
    )


def _database(found: Checkup, _: str) -> Section:
    state = found.database
    facts = [("Kind", state.kind), ("Size", large(state.size))]
    if state.journal:
        facts += [
            ("Write-ahead log", large(state.log_size)),
            ("Journal", state.journal),
            ("Synchronous", state.synchronous),
            ("Foreign keys", "Checked" if state.foreign_keys else "Not checked"),
        ]
    return Section(title="Database", word="ANSWERS", mood=GOOD, facts=tuple(facts))


def _clock(found: Checkup, zone: str) -> Section:
    clock = found.clock
    sentence = f"The newest entry of the log lies {length(clock.back)} ahead of it."
    return Section(
        title="Clock",
        word="SET BACK" if clock.went_back else "RIGHT",
        mood=BAD if clock.went_back else GOOD,
        sentence=sentence if clock.went_back else "",
        facts=(
            ("This machine", wording.to_the_second(clock.now, zone)),
            ("Newest entry", _when(clock.newest_entry, zone)),
        ),
    )


def _version(found: Checkup, _: str) -> Section:
    version = found.version
    facts = [
        ("Tallystick", version.program),
        ("Python", version.python),
        ("NiceGUI", version.nicegui),
    ]
    if version.sqlite:
        facts.append(("SQLite", version.sqlite))
    return Section(
        title="Version",
        word="KNOWN FAULT" if version.has_wal_bug else "CURRENT",
        mood=WARN if version.has_wal_bug else GOOD,
        sentence=WAL_BUG if version.has_wal_bug else "",
        facts=tuple(facts),
    )


def _when(at: datetime | None, zone: str) -> str:
    return f"{wording.moment(at, zone)} ({zone})" if at else "Never"


def ago(since: timedelta) -> str:
    seconds = int(since.total_seconds())
    return f"{seconds} s ago" if seconds < 60 else f"{length(since)} ago"


def length(waits: timedelta) -> str:
    minutes = int(waits.total_seconds()) // 60
    if minutes < 1:
        return "under 1 min"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return wording.count(minutes // 1440, "day")


def large(number: int) -> str:
    """Of a disk or a database: 812 MB, 4.2 GB."""
    if number < 1024**3:
        return wording.size(number)
    return f"{number / 1024**3:,.1f} GB"
