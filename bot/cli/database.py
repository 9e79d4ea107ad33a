"""`lotse db` and `lotse messages`: storage, backups and what was set aside."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import upkeep
from bot.cli.shell import AsJson, out, print_json, print_table, progress, run, settings_and_log

app = typer.Typer(
    add_completion=False, help="The database: upgrade, backup, restore, purge, keys.", no_args_is_help=True
)
messages = typer.Typer(add_completion=False, help="Messages that could not be processed.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the database to this version."""

    async def work() -> None:
        revision = await upkeep.upgrade(settings_and_log(quiet=True))
        out.print(f"The database is at revision {revision}.", markup=False)

    run(work)


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="File to write; encrypted with the key file.")]) -> None:
    """Write everything to one file while the service goes on. Keep the key file apart from it."""

    async def work() -> None:
        with progress("Backup") as step:
            rows = await upkeep.backup(settings_and_log(quiet=True), target, step)
        out.print(f"{rows} rows are in {target}. It can be read only with the key file.", markup=False)

    run(work)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file written by `lotse db backup`.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Replace everything by a backup. A damaged, foreign or newer file is refused and nothing changes."""
    if not yes:
        typer.confirm(
            "This replaces everything in the database. Is the service stopped, and shall it be done?", abort=True
        )

    async def work() -> None:
        with progress("Restore") as step:
            rows = await upkeep.restore(settings_and_log(quiet=True), source, step)
        out.print(f"{rows} rows restored; people erased since then stay erased.", markup=False)

    run(work)


@app.command()
def purge(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be deleted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete what has been kept for its time. The service does this every day by itself."""

    async def work() -> None:
        purged = await upkeep.purge(settings_and_log(quiet=True), dry_run=dry_run)
        if as_json:
            for one in purged:
                print_json({"table": one.table, "rows": one.rows, "why": one.why})
            return
        title = "Would be deleted" if dry_run else "Deleted"
        print_table(title, ("table", "rows", "why"), [(p.table, p.rows, p.why) for p in purged], "Nothing is due.")

    run(work)


@app.command("rotate-key")
def rotate_key() -> None:
    """Seal everything under a new key. Stop the service before; it can be interrupted and started again."""

    async def work() -> None:
        with progress("New key") as step:
            values = await upkeep.rotate_key(settings_and_log(quiet=True), step)
        out.print(
            f"{values} values are sealed under the new key. Copy the key file to its safe place now.", markup=False
        )

    run(work)


@app.command()
def record(*, as_json: AsJson = False) -> None:
    """Print the record of processing (Art. 30 GDPR), made from the schema."""

    async def work() -> None:
        out.print(upkeep.record_of_processing(as_json=as_json), markup=False)

    run(work)


@messages.command("list")
def list_quarantined(*, as_json: AsJson = False) -> None:
    """List messages that were set aside: ids, times and reasons, no content."""

    async def work() -> None:
        rows = await upkeep.quarantined(settings_and_log(quiet=True))
        if as_json:
            for row in rows:
                print_json(asdict(row))
            return
        print_table("Set aside", ("id", "bot", "received", "reason", "attempts"),
                    [(r.id, r.bot, f"{r.received_at:%Y-%m-%d %H:%M}", r.reason, r.attempts) for r in rows],
                    "No message is set aside.")  # fmt: skip

    run(work)


@messages.command()
def retry(ids: Annotated[list[int], typer.Argument(help="Ids from `lotse messages list`.")]) -> None:
    """Put messages back into the inbox."""

    async def work() -> None:
        count = await upkeep.retry_quarantined(settings_and_log(quiet=True), ids)
        out.print(f"{count} of {len(ids)} messages are in the inbox again.", markup=False)

    run(work)
