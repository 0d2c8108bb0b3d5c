"""audit: prove the log without the screens, also beside a server that runs."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from services import audit_verify, installation, kept_heads
from services.audit_findings import Verdict
from services.head_statement import Head
from services.settings import Settings, get_settings
from ui import verdict_words, wording
from ui.cli import opened, problems

commands = typer.Typer(help="The tamper-evident log.", no_args_is_help=True)
ZONE = "UTC"


@commands.callback()
def _log() -> None:
    """Keep `audit` a group even while it has one command."""


@commands.command("verify")
def verify(
    head: Annotated[
        Path | None,
        typer.Option(help="A file with heads that were kept elsewhere, one on each line."),
    ] = None,
) -> None:
    """Check the chain, the signed heads and the codes; ends with 1 where something is wrong."""
    with problems.said():
        kept = kept_heads.read(head.read_text("utf-8", errors="replace")) if head else []
        verdict = asyncio.run(_check(get_settings(), kept))
    _tell(verdict)
    sys.exit(0 if verdict.is_clean else 1)


async def _check(settings: Settings, kept: list[Head]) -> Verdict:
    async with opened.as_it_is(settings):
        await installation.open_key(settings)
        return await audit_verify.check(kept, _progress if sys.stderr.isatty() else None)


def _progress(done: int, of: int) -> None:
    end = "\n" if done >= of else ""
    print(f"\r{wording.progress(done, of)} entries", end=end, file=sys.stderr, flush=True)


def _tell(verdict: Verdict) -> None:
    print(verdict_words.headline(verdict))
    for found in verdict.findings:
        print(f"- {verdict_words.finding(found)}")
    if verdict.more:
        print(f"- and {verdict.more:,} more")
    for sentence in verdict_words.proved(verdict, ZONE):
        print(sentence)
