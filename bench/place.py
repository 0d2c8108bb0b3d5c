"""A throw-away installation to measure in, and a raw connection to a copy of its database."""

import os
import sqlite3
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from services import (
    database,
    installation,
    plan_terms,
    plans,
    products,
    sessions,
    setup,
    setup_token,
    workspaces,
)
from services.actor import Actor
from services.batch_form import BatchRequest
from services.database import PRAGMAS
from services.settings import get_settings
from services.setup import NewOwner


@dataclass(frozen=True, slots=True)
class Place:
    actor: Actor
    product_id: int
    plan_id: int
    raw: sqlite3.Connection
    folder: Path

    def order(self, codes: int, key: str) -> BatchRequest:
        return BatchRequest(
            product_id=self.product_id, plan_id=self.plan_id, quantity=str(codes), key=key
        )


@asynccontextmanager
async def place() -> AsyncGenerator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith("TALLYSTICK_")]:
            del os.environ[name]
        os.environ["TALLYSTICK_DATA_DIR"] = folder
        settings = get_settings()
        await installation.prepare(settings)
        await database.connect(settings)
        try:
            actor, product_id, plan_id = await _fill()
            with closing(_raw_copy(settings.sqlite_path)) as raw:
                yield Place(actor, product_id, plan_id, raw, Path(folder))
        finally:
            await database.disconnect()


async def _fill() -> tuple[Actor, int, int]:
    owner = NewOwner(
        token=await setup_token.issue(),
        name="Olga Bench",
        email="olga@bench.test",
        password="measured-not-guessed",
        address="127.0.0.1",
    )
    token = await setup.create_owner(owner)
    signed_in = await sessions.find(token)
    assert signed_in is not None
    await workspaces.create(signed_in, name="Bench", slug="bench", time_zone="Europe/Berlin")
    actor = await sessions.enter(token, "bench")
    product = await products.create(actor, "Course")
    plan = await plans.create(actor, product.id, plan_terms.PlanTerms(name="30 days", days=30))
    return actor, product.id, plan.id


def _raw_copy(path: Path) -> sqlite3.Connection:
    """The same schema and rows in a file beside it, with the same pragmas."""
    copy = path.with_name("raw.sqlite3")
    with closing(sqlite3.connect(path)) as source:
        source.execute("VACUUM INTO ?", (str(copy),))
    raw = sqlite3.connect(copy, isolation_level=None)
    for name, value in PRAGMAS.items():
        raw.execute(f"PRAGMA {name}={value}")
    return raw
