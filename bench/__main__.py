"""`python -m bench`: every timing this project promises, in one run."""

import asyncio
import logging

from bench.activate import activate
from bench.audit_log import audit_log
from bench.bell import bell
from bench.dashboard import dashboard
from bench.generate import generate
from bench.mail import mail
from bench.meanwhile import meanwhile
from bench.place import place
from bench.report import Figure, show
from bench.resealing import reseal
from bench.sealing import seal
from bench.start import start


async def _services() -> list[Figure]:
    async with place() as here:
        return [
            *await generate(here, 149, rounds=30),
            *await generate(here, 2000, rounds=10),
            *await meanwhile(here, rounds=5),
            *await activate(here, rounds=7),
            await mail(rounds=5),
            *await seal(here, rounds=5),
            *await dashboard(here, rounds=20),
            await reseal(here),  # last: the others use one key
        ]


def main() -> None:
    logging.disable(logging.INFO)
    show(
        [
            *asyncio.run(_services()),
            *asyncio.run(audit_log(rounds=5)),
            *bell(rounds=5),
            *start(rounds=3),
        ]
    )


if __name__ == "__main__":
    main()
