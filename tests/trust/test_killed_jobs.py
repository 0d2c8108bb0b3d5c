"""T05: whoever makes a large batch is killed at every point; the next start makes it whole."""

import asyncio
import subprocess
import sys

import pytest

from models import Batch, Code, Message
from models.enums import AuditAction, BatchState, Status
from services import batch_jobs, batches, codes
from services.errors import NotFound
from tests import recount
from tests.cast import Cast, entries, wanted
from tests.trust.conftest import Size
from tests.trust.figures import held

KILLED = """
import asyncio, os, signal, sys
from services import batch_jobs, database, key_file, keys
from services.settings import get_settings

POINT, NUMBER, batch_jobs.CHUNK = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
calls = 0

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def due():
    global calls
    calls += 1
    return calls == NUMBER

def between_chunks(do):
    def made(*args):
        if due():
            die()
        return do(*args)
    return made

def before_the_commit(do):
    async def stored(*args):
        await do(*args)
        if due():
            die()
    return stored

after_the_commit = before_the_commit
NAMES = {"between_chunks": "rows_of", "before_the_commit": "insert_many",
    "after_the_commit": "_store", "taking_up": "_take"}
NAME = NAMES[POINT]
wrap = {"between_chunks": between_chunks}.get(POINT, before_the_commit)
setattr(batch_jobs, NAME, wrap(getattr(batch_jobs, NAME)))

async def main():
    await database.connect(get_settings())
    keys.use(key_file.load_all(get_settings().key_path)[-1])
    await batch_jobs.free()
    await batch_jobs.work()
    print("done", flush=True)

asyncio.run(main())
"""


def points(chunks: int) -> list[tuple[str, int]]:
    """Every point of a batch of that many chunks; after its last commit it is done."""
    return [
        ("taking_up", 1),
        *(("between_chunks", number) for number in range(1, chunks + 1)),
        *(("before_the_commit", number) for number in range(1, chunks + 1)),
        *(("after_the_commit", number) for number in range(1, chunks)),
    ]


SIX = [
    ("taking_up", 1),
    ("before_the_commit", 1),
    ("after_the_commit", 1),
    ("between_chunks", 2),
    ("after_the_commit", 3),
    ("before_the_commit", 4),
]


async def test_a_killed_process_leaves_a_batch_that_the_next_start_finishes(
    cast: Cast, size: Size
) -> None:
    quantity, chunk = size(quick=900, whole=2_000), size(quick=250, whole=100)
    kills = points(quantity // chunk) if size(quick=0, whole=1) else SIX
    await batch_jobs.free()
    for point, number in kills:
        batch = await batches.request(
            cast.ada, wanted(cast.month, str(quantity), notify="buyer@clinic.example")
        )
        await killed(cast, batch, point, str(number), str(chunk))
        await batch_jobs.free()
        await batch_jobs.work()
        await whole(batch)
    mails, completed = await Message.all().count(), len(await entries(AuditAction.COMPLETE))
    digests = set(await Code.all().values_list("digest", flat=True))
    wrong = await recount.wrong()
    held(
        test="T05",
        figure=(
            f"{len(kills)} kills: {len(digests):,} codes of {len(kills) * quantity:,}, "
            f"{mails} mails, {completed} finished, {len(wrong)} counters wrong"
        ),
        target="all codes once, a mail and an end for each kill, 0",
        holds=not wrong
        and len(digests) == len(kills) * quantity
        and mails == completed == len(kills),
        why=str(wrong[:3]),
    )


async def killed(cast: Cast, batch: Batch, *where: str) -> None:
    mails = await Message.all().count()
    child = [sys.executable, "-c", KILLED, *where]
    done = await asyncio.to_thread(subprocess.run, child, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
    between = await Batch.get(id=batch.id)
    assert between.state is BatchState.RUNNING
    made = await Code.filter(batch_id=batch.id).count()
    assert between.made == made, "progress and codes are one commit"
    assert await Message.all().count() == mails
    with pytest.raises(NotFound):
        await codes.show(cast.ada, batch.id)


async def whole(batch: Batch) -> None:
    done = await Batch.get(id=batch.id)
    assert (done.state, done.ready) == (BatchState.DONE, batch.quantity)
    rows = Code.filter(batch_id=batch.id, status=Status.READY)
    ordinals = await rows.order_by("ordinal").values_list("ordinal", flat=True)
    assert list(ordinals) == list(range(1, batch.quantity + 1))
