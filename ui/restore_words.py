"""What a restore did, or why it did not, in sentences."""

from services.restoring import Held, OlderCopy, Restored
from ui import wording

ZONE = "UTC"
NAMED = 10  # batches


def older(refused: OlderCopy) -> list[str]:
    manifest, known = refused.manifest, refused.known
    return [
        f"This backup is older than what is known of the log. It was made "
        f"{wording.moment(manifest.made_at, ZONE)} ({ZONE}) and ends with seal {manifest.seq:,}. "
        f"Seal {known.seq:,} of {wording.moment(known.at, ZONE)} ({ZONE}) is known from "
        f"{known.source}.",
        "Codes that were used since would work again. Nothing was changed. Look for a newer "
        "backup, or restore this one with --accept-older: then codes are held.",
    ]


def restored(done: Restored) -> list[str]:
    manifest = done.manifest
    return [
        f"Restored is the backup of {wording.moment(manifest.made_at, ZONE)} ({ZONE}): "
        f"{wording.count(manifest.codes, 'code')}, the log up to seal {manifest.seq:,}.",
        *_since(done),
        *_held(done),
        *_invitations(done),
        *_gone(done),
        *_missing(done),
        *_unused_key(done),
        *([f"What was there is in {done.replaced}."] if done.replaced else []),
        "Everybody is signed out. Passwords, second factors and recovery codes are those of then, "
        "and who was disabled or removed since may sign in again: look through Users. "
        "Mails that waited then may be sent twice.",
    ]


def _since(done: Restored) -> list[str]:
    if done.known is None:
        return []
    known = done.known
    return [
        f"Given up is what happened after that, up to seal {known.seq:,} of "
        f"{wording.moment(known.at, ZONE)} ({ZONE})."
    ]


def _held(done: Restored) -> list[str]:
    if done.which is Held.NONE:
        return ["No code is held, as you said that nothing happened since."]
    number = wording.count(done.held, "code is", "codes are")
    if done.which is Held.ALL:
        told = f"{number} held: all that were ready, as nothing says what happened since."
    else:
        told = f"{number} held: those that are not ready any more, or not the same, since."
    if not done.held:
        return [told]
    return [f"{told} Held codes are refused until an admin releases them on the batch's page."]


def _gone(done: Restored) -> list[str]:
    if not done.gone:
        return []
    named = [f"batch {batch} ({codes:,})" for batch, codes in list(done.gone.items())[:NAMED]]
    if more := len(done.gone) - NAMED:
        named += [f"{wording.count(more, 'batch', 'batches')} more"] if more > 0 else []
    codes = wording.count(sum(done.gone.values()), "code")
    return [
        f"{codes} made since are not in the backup and do not work any more: {', '.join(named)}."
    ]


def _invitations(done: Restored) -> list[str]:
    if not done.invitations:
        return []
    are = wording.count(done.invitations, "invitation is", "invitations are")
    return [f"{are} withdrawn, nobody knows whether they were answered since. Invite anew."]


def _unused_key(done: Restored) -> list[str]:
    if done.unused_key is None:
        return []
    return [
        f"The backup was made before key {done.unused_key} took over, and the one before it seals "
        "again. Run keys rotate before the start; with --withdraw-links where that one leaked."
    ]


def _missing(done: Restored) -> list[str]:
    if not done.manifest.missing:
        return []
    files = wording.count(len(done.manifest.missing), "file")
    return [f"{files} of evaluations were gone already when the backup was made."]
