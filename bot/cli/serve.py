"""`lotse serve` and `lotse actions`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap.lotse import open_lotse
from bot.cli.shell import run, settings_and_log
from bot.errors import ConfigurationError, Fault
from bot.serving import PARTS, serve_actions, serve_parts


def serve(
    only: Annotated[
        str, typer.Option(help="Parts to run here, separated by commas: web, worker, telegram. Default: all.")
    ] = "",
) -> None:
    """Run the web chat, the channels and the workers in one process, until told to stop."""

    async def work() -> None:
        settings = settings_and_log()
        parts = frozenset(part.strip() for part in only.split(",") if part.strip()) or PARTS
        if unknown := parts - PARTS:
            raise ConfigurationError(
                [Fault("--only", 0, f"knows no {', '.join(sorted(unknown))}; choose from web, worker, telegram")]
            )
        async with open_lotse(settings) as lotse:
            await serve_parts(lotse, parts)

    run(work)


def actions() -> None:
    """Serve the actions to a Rasa server, on 127.0.0.1 and with a token."""

    async def work() -> None:
        settings = settings_and_log()
        async with open_lotse(settings) as lotse:
            await serve_actions(lotse)

    run(work)
