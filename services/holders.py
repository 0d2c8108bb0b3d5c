"""The people codes are sent to or used by: one row for each name and address in a workspace."""

from collections.abc import Sequence

from services import database, emails
from services.tries import Candidate, Try
from services.zones import now

COLUMNS = ("created_at", "workspace_id", "name", "email", "email_key")
KNOWN = """
SELECT id, workspace_id, name, email_key FROM person
WHERE workspace_id IN (?) AND email_key IN (?) ORDER BY id DESC"""

Key = tuple[int, str, str]  # workspace, address without case, name


def key(attempt: Try, code: Candidate) -> Key:
    return code.workspace_id, emails.key(attempt.email), attempt.name


async def of(wins: Sequence[tuple[Try, Candidate]]) -> dict[Key, int]:
    """The person of each win by `key`, made where new."""
    return await known({key(attempt, code): attempt.email for attempt, code in wins})


async def hold(workspace_id: int, email_key: str) -> None:
    """Let one unit of work at a time change what this holder has."""
    await database.lock(f"holder:{workspace_id}:{email_key}")


async def known(wanted: dict[Key, str]) -> dict[Key, int]:
    """The person of each key, made with its address where new. Call inside a unit of work."""
    for workspace, email in sorted({(workspace, email) for workspace, email, _ in wanted}):
        await hold(workspace, email)  # two codes of one holder follow each other
    people = await _known(wanted)
    missing = [
        (now(), workspace, name, wanted[workspace, email_key, name], email_key)
        for workspace, email_key, name in wanted
        if (workspace, email_key, name) not in people
    ]
    if missing:
        made = await database.insert_returning("person", COLUMNS, missing)
        people |= {(row["workspace_id"], row["email_key"], row["name"]): row["id"] for row in made}
    return people


async def _known(wanted: dict[Key, str]) -> dict[Key, int]:
    workspaces = list({workspace for workspace, _, _ in wanted})
    addresses = list({email_key for _, email_key, _ in wanted})
    rows = await database.fetch(KNOWN, workspaces, addresses)
    return {(row["workspace_id"], row["email_key"], row["name"]): row["id"] for row in rows}
