"""What all commands share: settings, errors that say what to do, tables or JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from bot import log
from bot.errors import ConfigurationError, Fault, LotseError
from bot.settings import Settings, load

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show our errors as sentences and leave with 1."""
    try:
        yield
    except ConfigurationError as exc:
        for fault in exc.faults:
            err.print(str(fault), style="red", markup=False)
        count = len(exc.faults)
        err.print(f"{count} {'fault' if count == 1 else 'faults'}; nothing was started.", markup=False)
        raise typer.Exit(1) from exc
    except LotseError as exc:
        err.print(str(exc), style="red", markup=False)
        raise typer.Exit(1) from exc
    except KeyboardInterrupt as exc:
        raise typer.Exit(130) from exc


def settings_and_log(*, quiet: bool = False) -> Settings:
    """Return the settings, with logging set up; `quiet` shows errors alone, for commands that print results."""
    settings = load()
    log.configure("error" if quiet else settings.log_level, settings.log_format)
    return settings


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine with plain errors."""
    with plain_errors():
        return uvloop.run(work())


def print_json(value: object) -> None:
    """Print one JSON value a line, readable in every script."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Print a table, or a sentence when there is nothing to show."""
    if not rows:
        out.print(empty, markup=False)
        return
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    out.print(table)


@contextmanager
def progress(title: str) -> Iterator[Callable[..., None]]:
    """Show that something long goes on; call the result with what is done, how much of it, and of how many if known."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def step(what: str, done: int, of: int | None = None) -> None:
            bar.update(task, description=f"{title}: {what}", completed=done, total=of)

        yield step


def show_faults(faults: list[Fault], warnings: list[Fault], *, as_json: bool) -> None:
    """Print faults and warnings; leave with 1 if there is a fault."""
    (_print_json if as_json else _print_lines)(faults, warnings)
    if faults:
        raise typer.Exit(1)


def _print_json(faults: list[Fault], warnings: list[Fault]) -> None:
    for kind, found in (("fault", faults), ("warning", warnings)):
        for one in found:
            print_json({"kind": kind, "where": one.where, "line": one.line, "what": one.what})


def _print_lines(faults: list[Fault], warnings: list[Fault]) -> None:
    # All at once: rich takes a fifth of a millisecond for each call, and an imported city may have thousands.
    if warnings:
        out.print("\n".join(f"warning: {warning}" for warning in warnings), style="yellow", markup=False)
    if faults:
        err.print("\n".join(map(str, faults)), style="red", markup=False)
    out.print(f"{len(faults)} faults, {len(warnings)} warnings.", markup=False)
