"""`lotse content status, preview, index, export`: what needs more of Lotse than the pages alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import editing
from bot.bootstrap.knowledge import index_content
from bot.bootstrap.preview.serve import serve_preview
from bot.bootstrap.site import export_site
from bot.bootstrap.upkeep import page_figures
from bot.cli.shell import AsJson, out, plain_errors, print_json, print_table, progress, run, settings_and_log
from bot.core.language import LANGUAGES
from bot.core.usage import PageFigures

_SHOWN = 10
_ENOUGH = 5
_SIGNS = {"missing": "-", "stale": "old", "machine": "ok", "machine_reviewed": "ok*", "human": "ok*"}


def status(*, as_json: AsJson = False) -> None:
    """Show the state of each page and language, what is due for review, what is asked for most and helps least."""

    async def work() -> None:
        settings = settings_and_log(quiet=True)
        rows, figures = editing.content_status(settings), await page_figures(settings)
        if as_json:
            for row in rows:
                known = figures.get(row["page"])
                use = {"shown": known.shown, "helped": known.helped, "not_helped": known.not_helped} if known else None
                print_json({**row, "use": use})
            return
        print_table(
            "Pages (ok: current, ok*: reviewed by a human, old: the German text has changed since, -: missing)",
            ("page", *LANGUAGES),
            [(_name(row), *(_SIGNS[row["languages"][tag]] for tag in LANGUAGES)) for row in rows],
            "There are no pages.",
        )
        due = sorted((row["review_by"], _name(row)) for row in rows if row["due"])
        print_table("Due for review", ("by", "page"), due, "No page is due for review.")
        _show_use(list(figures.values()))

    run(work)


def _name(row: dict[str, Any]) -> str:
    return f"{row['page']} ({row['place']})" if row["place"] else str(row["page"])


def _show_use(figures: list[PageFigures]) -> None:
    read = [(one.page, one.shown) for one in figures[:_SHOWN] if one.shown]
    print_table("Asked for most", ("page", "times"), read, "Nobody has read a page yet.")
    judged = [one for one in figures if one.helped + one.not_helped >= _ENOUGH]
    judged.sort(key=lambda one: one.helped / (one.helped + one.not_helped))
    rows = [(one.page, f"{one.helped / (one.helped + one.not_helped):.0%}", one.not_helped) for one in judged[:_SHOWN]]
    print_table(
        "Helps least", ("page", "helped", "did not help"), rows, f"No page was judged {_ENOUGH} times or more yet."
    )


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
