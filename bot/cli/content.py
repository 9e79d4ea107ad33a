"""`lotse content`: for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import editing
from bot.cli.lazy import later
from bot.cli.shell import AsJson, out, plain_errors, progress, run, settings_and_log, show_faults
from bot.errors import Fault
from bot.library.review.by_kind import by_kind
from bot.library.schema import schemas as library_schemas

app = typer.Typer(
    add_completion=False,
    help="Check, import, export and stamp the pages.",
    no_args_is_help=True,
    cls=later(
        {
            "import": "bot.cli.content_import:app",
            "status": "bot.cli.content_show:status",
            "preview": "bot.cli.content_show:preview",
            "index": "bot.cli.content_show:index",
            "export": "bot.cli.content_show:export",
        }
    ),
)


@app.command()
def check(
    *,
    online: Annotated[bool, typer.Option("--online", help="Also ask every link whether it is still there.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Leave with 1 for warnings, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find every fault in the content folder, with file and line; warnings for what an editor should look at.

    Of what is odd in imported pages each kind is shown once; all of it with --json.
    """

    async def work() -> tuple[list[Fault], list[Fault]]:
        settings = settings_and_log(quiet=True)
        faults, warnings = editing.review_content(settings)
        if online and not faults:
            with progress("Asking") as step:
                warnings = sorted([*warnings, *await editing.ask_links(settings, lambda done, _: step("links", done))])
        return faults, warnings

    faults, warnings = run(work)
    show_faults(faults, warnings if as_json else by_kind(warnings), as_json=as_json)
    if strict and warnings:
        raise typer.Exit(1)


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
        for path in editing.new_page(settings, page, title=title, language=lang or None, place=place or None):
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
def stamp(
    page: Annotated[str, typer.Argument(help="Id of a page; empty: all.")] = "",
    lang: Annotated[str, typer.Option(help="One language; empty: all.")] = "",
) -> None:
    """Say that translations fit the German text as it is now. Do this after having compared them."""

    async def work() -> None:
        changed = editing.stamp(settings_and_log(quiet=True), page or None, lang or None)
        out.print(f"{changed} files stamped.", markup=False)

    run(work)
