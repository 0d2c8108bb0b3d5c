"""Mails a second into a server in another process: one line for all, and a new one for each."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.report import Figure
from services.envelopes import Post
from services.letters import Mail
from services.mail_outcome import Sent
from services.smtp import Line, Server
from tests.mail_server import in_its_own_process

MAILS = 200
MAIL = Mail(
    subject="12 access codes for Welding basics",
    text="\n".join(f"{number:02}  7KQM-3V9X-TCWR-{number + 4000}" for number in range(12)),
    html="".join(
        f"<p><a href='https://codes.example.org/a/{n:060}'>Activate</a>" for n in range(12)
    ),
    sender="Northwind Academy",
)


async def mail(rounds: int) -> Figure:
    reused: list[float] = []
    anew: list[float] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        in_its_own_process(Path(folder), keep=False) as port,
    ):
        server = Server(
            host="127.0.0.1", port=port, user="", password="", tls="none", sender="a@bench.example"
        )
        for _ in range(rounds + 1):
            reused.append(await _rate(server, [MAILS]))
            anew.append(await _rate(server, [1] * MAILS))
    return _figure(median(reused[1:]), median(anew[1:]))  # the first round warms up


async def _rate(server: Server, lines: Sequence[int]) -> float:
    """Mails in a second, so many over each line."""
    start = perf_counter()
    for mails in lines:
        line = Line(server)
        for number in range(mails):
            post = Post(
                recipient="ann@bench.example", message_id=f"<{number}@bench.example>", mail=MAIL
            )
            outcome = await line.send(post)
            assert isinstance(outcome, Sent), outcome
        await line.close()
    return sum(lines) / (perf_counter() - start)


def _figure(reused: float, anew: float) -> Figure:
    return Figure(
        name="mail, one line for all (beside: a new line for each)",
        ours=f"{reused:,.0f}/s",
        raw=f"{anew:,.0f}/s",
        ratio=f"{reused / anew:.1f} x a new line",
        target="more than 1 x",
        met=reused > anew,
    )
