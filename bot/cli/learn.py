"""`lotse train` and `lotse evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shell import AsJson, out, plain_errors, print_json, print_table, progress, run, settings_and_log
from bot.understanding.train import train as train_model


def train() -> None:
    """Build the classifier from the training data in intents/nlu."""
    with plain_errors():
        settings = settings_and_log()
        with progress("Training") as step:
            trained = train_model(settings.intents_dir, settings.model_file, settings.cache_dir, step)
        out.print(str(trained), markup=False)


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
