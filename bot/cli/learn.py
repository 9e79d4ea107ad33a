"""`lotse train` and `lotse evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap.knowledge import Knowledge
from bot.cli.shell import AsJson, out, plain_errors, print_json, print_table, progress, run, settings_and_log
from bot.conversation.domain import load as load_domain
from bot.conversation.house import SURE
from bot.library.load import load as load_library
from bot.understanding.cases import load_cases
from bot.understanding.evaluate import Report
from bot.understanding.evaluate import evaluate as evaluate_on
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

    async def work() -> Report:
        settings = settings_and_log(quiet=True)
        subject = load_domain(settings.intents_dir / "domain.yml")
        cases = load_cases(folder, subject.intents)
        knowledge = await Knowledge.open(settings, load_library)
        return await evaluate_on(knowledge.pipeline, cases, sure=SURE)

    report = run(work)
    if as_json:
        print_json(report.to_json())
        return
    print_table("By language", report.columns, report.rows, "There are no evaluation utterances.")
