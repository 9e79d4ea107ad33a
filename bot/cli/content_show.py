"""`lotse content status, preview, index, export`: what needs more of Lotse than the pages alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import editing
from bot.bootstrap.knowledge import index_content
from bot.bootstrap.preview.serve import serve_preview
from bot.bootstrap.site import export_site
from bot.cli.shell import AsJson, out, plain_errors, print_json, print_table, progress, run, settings_and_log
from bot.core.language import LANGUAGES


def status(*, as_json: AsJson = False) -> None:
    """Show for every page which languages are there, current and reviewed by a human."""

    async def work() -> None:
        rows = editing.content_status(settings_and_log(quiet=True))
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


def preview(
    place: Annotated[str, typer.Option(help="Pages as they hold at this place; empty: the common ones.")] = "",
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8090,
) -> None:
    """Show pages in a browser as Telegram and the web chat show them; what is saved is seen at once."""

    async def work() -> None:
        await serve_preview(settings_and_log(quiet=True), place=place, port=port, said=out.print)

    run(work)


def index() -> None:
    """Compute what search needs of every page, beside the pages, so that search is ready at the first start."""
    with plain_errors():
        settings = settings_and_log(quiet=True)
        with progress("Reading") as step:
            number = index_content(settings, lambda done, _: step("new passages", done))
        out.print(f"{number} passages, kept in {settings.content_dir}", markup=False)


def export(
    target: Annotated[Path, typer.Argument(help="Folder for the site; it is made if need be.")],
    place: Annotated[str, typer.Option(help="Pages as they hold at this place; empty: the common ones.")] = "",
) -> None:
    """Write all pages as a web site that needs no server: to print, to lay out, to put on any web space."""
    with plain_errors():
        settings = settings_and_log(quiet=True)
        with progress("Writing") as step:
            done = export_site(settings, target, place or None, lambda number, _: step("files", number))
        out.print(f"{done} pages in {len(LANGUAGES)} languages: {target / 'index.html'}", markup=False)
