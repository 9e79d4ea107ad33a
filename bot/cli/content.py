"""`lotse content`: for editors."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.bootstrap import upkeep
from bot.cli.check import show_faults
from bot.cli.shell import AsJson, out, print_json, print_table, run, settings_and_log
from bot.core.language import LANGUAGES
from bot.errors import Fault

app = typer.Typer(help="Check and stamp the pages.", no_args_is_help=True)


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """Find every fault in the content folder, with file and line; warnings for what is missing or stale."""

    async def work() -> tuple[list[Fault], list[Fault]]:
        return upkeep.check_content(settings_and_log(quiet=True))

    show_faults(*run(work), as_json=as_json)


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show for every page which languages are there, current and reviewed by a human."""

    async def work() -> None:
        rows = upkeep.content_status(settings_and_log(quiet=True))
        if as_json:
            for row in rows:
                print_json(row)
            return
        signs = {"missing": "-", "stale": "old", "machine": "ok", "machine_reviewed": "ok*", "human": "ok*"}
        print_table(
            "Pages (ok: current, ok*: reviewed by a human, old: the German text has changed since, -: missing)",
            ("page", *LANGUAGES),
            [(row["page"], *(signs[row["languages"][tag]] for tag in LANGUAGES)) for row in rows],
            "There are no pages.",
        )

    run(work)


@app.command()
def stamp(
    page: Annotated[str, typer.Argument(help="Id of a page; empty: all.")] = "",
    lang: Annotated[str, typer.Option(help="One language; empty: all.")] = "",
) -> None:
    """Say that translations fit the German text as it is now. Do this after having compared them."""

    async def work() -> None:
        changed = upkeep.stamp(settings_and_log(quiet=True), page or None, lang or None)
        out.print(f"{changed} files stamped.", markup=False)

    run(work)
