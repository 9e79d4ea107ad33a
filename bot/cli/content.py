"""`lotse content`: for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import upkeep
from bot.bootstrap.knowledge import index_content
from bot.bootstrap.preview.serve import serve_preview
from bot.cli import content_import
from bot.cli.check import show_faults
from bot.cli.shell import AsJson, out, plain_errors, print_json, print_table, progress, run, settings_and_log
from bot.core.language import LANGUAGES
from bot.errors import Fault
from bot.library.schema import schemas as library_schemas

app = typer.Typer(help="Check, import, export and stamp the pages.", no_args_is_help=True)
app.add_typer(content_import.app, name="import")


@app.command()
def check(
    *,
    online: Annotated[bool, typer.Option("--online", help="Also ask every link whether it is still there.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Leave with 1 for warnings, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find every fault in the content folder, with file and line; warnings for what an editor should look at."""

    async def work() -> tuple[list[Fault], list[Fault]]:
        settings = settings_and_log(quiet=True)
        faults, warnings = upkeep.review_content(settings)
        if online and not faults:
            with progress("Asking") as step:
                warnings = sorted([*warnings, *await upkeep.ask_links(settings, lambda done, _: step("links", done))])
        return faults, warnings

    faults, warnings = run(work)
    show_faults(faults, warnings, as_json=as_json)
    if strict and warnings:
        raise typer.Exit(1)


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
def new(
    page: Annotated[str, typer.Argument(help="Id of the page: an area, a dot and a name, as in housing.find_flat.")],
    title: Annotated[str, typer.Option(help="German title of a new page.")] = "Neue Seite",
    lang: Annotated[str, typer.Option(help="Begin a translation of a page that is there into this language.")] = "",
    place: Annotated[str, typer.Option(help="A page of this place alone.")] = "",
) -> None:
    """Begin a page, or a translation of one: files with every field where it belongs, to be filled in."""
    with plain_errors():
        settings = settings_and_log(quiet=True)
        for path in upkeep.new_page(settings, page, title=title, language=lang or None, place=place or None):
            out.print(str(path), markup=False)


@app.command()
def schemas(
    target: Annotated[Path, typer.Argument(help="Folder for the schemas; editors' programs complete from them.")],
) -> None:
    """Write the JSON Schema of every kind of file, for completion and hints while editing."""
    for name, schema in library_schemas().items():
        path = target / f"{Path(name).stem}.schema.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        out.print(f"{name}: {path}", markup=False)


@app.command()
def preview(
    place: Annotated[str, typer.Option(help="Pages as they hold at this place; empty: the common ones.")] = "",
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8090,
) -> None:
    """Show pages in a browser as Telegram and the web chat show them; what is saved is seen at once."""

    async def work() -> None:
        await serve_preview(settings_and_log(quiet=True), place=place, port=port, said=out.print)

    run(work)


@app.command()
def index() -> None:
    """Compute what search needs of every page, beside the pages, so that search is ready at the first start."""
    with plain_errors():
        settings = settings_and_log(quiet=True)
        with progress("Reading") as step:
            number = index_content(settings, lambda done, _: step("new passages", done))
        out.print(f"{number} passages, kept in {settings.content_dir}", markup=False)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="Folder for the site; it is made if need be.")],
    place: Annotated[str, typer.Option(help="Pages as they hold at this place; empty: the common ones.")] = "",
) -> None:
    """Write all pages as a web site that needs no server: to print, to lay out, to put on any web space."""
    with plain_errors():
        settings = settings_and_log(quiet=True)
        with progress("Writing") as step:
            done = upkeep.export_site(settings, target, place or None, lambda number, _: step("files", number))
        out.print(f"{done} pages in {len(LANGUAGES)} languages: {target / 'index.html'}", markup=False)


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
