"""`lotse content import`: pages that are kept elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import editing
from bot.cli.shell import AsJson, out, plain_errors, print_json, progress, settings_and_log, show_faults
from bot.library.integreat.take_over import TakenOver

app = typer.Typer(add_completion=False, help="Take over pages that are kept elsewhere.", no_args_is_help=True)
_SHOWN = 10


@app.callback()
def import_pages() -> None:
    """Take over pages that are kept elsewhere."""


@app.command()
def integreat(
    files: Annotated[list[Path], typer.Argument(help="The JSON answers of the pages endpoint, one file a language.")],
    into: Annotated[Path | None, typer.Option(help="Content folder; without it the one that is served.")] = None,
    place: Annotated[str, typer.Option(help="Id of the place whose pages they are.")] = "",
    name: Annotated[str, typer.Option(help="The place's name, where the folder has no places.yml yet.")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Take over the pages of an Integreat city; again and again, whenever they have changed there."""
    with plain_errors():
        settings = settings_and_log(quiet=True)
        with progress("Importing") as step:
            done = editing.import_integreat(
                files, into or settings.content_dir, place, name or None, lambda number, _: step("pages", number)
            )
        if as_json:
            print_json({**asdict(done), "faults": [str(fault) for fault in done.faults]})
            return
        show_faults([], done.faults, as_json=False)
        _show(done)


def _show(done: TakenOver) -> None:
    for what in ("new", "changed", "unchanged", "gone"):
        ids = getattr(done, what)
        names = f": {', '.join(ids[:_SHOWN])}{' …' if len(ids) > _SHOWN else ''}" if ids and what != "unchanged" else ""
        out.print(f"{len(ids)} {what}{names}", markup=False)
    for code, number in sorted(done.other_languages.items()):
        out.print(f"{number} pages in {code} left out: Lotse does not speak it.", markup=False)
