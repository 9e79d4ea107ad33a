"""`lotse train` and `lotse evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot import bootstrap
from bot.cli.shell import AsJson, out, print_json, print_table, progress, run, settings_and_log


def train() -> None:
    """Build the classifier from the training data in intents/nlu."""

    async def work() -> str:
        settings = settings_and_log()
        with progress("Training") as step:
            return bootstrap.train(settings, step)

    out.print(run(work), markup=False)


def evaluate(
    folder: Annotated[Path, typer.Option(help="Evaluation utterances, a file a language.")] = Path(
        "tests/understanding"
    ),
    *,
    as_json: AsJson = False,
) -> None:
    """Measure accuracy per language and intent on utterances that training has never seen."""

    async def work() -> None:
        settings = settings_and_log(quiet=True)
        report = await bootstrap.evaluate(settings, folder)
        if as_json:
            print_json(report.to_json())
            return
        print_table("By language", report.columns, report.rows, "There are no evaluation utterances.")

    run(work)
