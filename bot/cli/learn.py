"""`lotse train` and `lotse evaluate`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap.knowledge import Knowledge, findable
from bot.cli.shell import AsJson, out, plain_errors, print_json, print_table, progress, run, settings_and_log
from bot.conversation.domain import load as load_domain
from bot.conversation.house import SURE
from bot.errors import ConfigurationError, Fault
from bot.library.load import load as load_library
from bot.understanding.cases import load_cases
from bot.understanding.evaluate import Report
from bot.understanding.evaluate import evaluate as evaluate_on
from bot.understanding.evaluate_search import Found, evaluate_search, misspelt
from bot.understanding.evaluation_page import page_of
from bot.understanding.train import Progress
from bot.understanding.train import train as train_model

_CONFUSIONS = 20


def train(
    *,
    encoder: Annotated[
        bool, typer.Option("--encoder", help="Tune the encoder first: an hour; needs PyTorch (pip install torch).")
    ] = False,
) -> None:
    """Build the classifier from the training data in intents/nlu."""
    with plain_errors():
        settings = settings_and_log()
        if encoder:
            with progress("Tuning the encoder") as step:
                _tune(settings.intents_dir, settings.cache_dir, step)
        with progress("Training") as step:
            trained = train_model(settings.intents_dir, settings.model_file, settings.cache_dir, step)
        out.print(str(trained), markup=False)


def _tune(intents_dir: Path, cache_dir: Path, step: Progress) -> None:
    try:
        from bot.understanding.tuning.tune import tune  # noqa: PLC0415 - PyTorch is not among the requirements
    except ModuleNotFoundError as exc:
        raise ConfigurationError([Fault("--encoder", 0, f"needs {exc.name}: pip install {exc.name}")]) from exc
    tune(intents_dir, intents_dir / "encoder.npz", cache_dir, step)


def evaluate(
    folder: Annotated[Path, typer.Option(help="Evaluation utterances, a file a language.")] = Path(
        "tests/understanding"
    ),
    html: Annotated[Path | None, typer.Option(help="Write a page with all figures and the confusion map.")] = None,
    *,
    search: Annotated[bool, typer.Option("--search", help="Measure instead how well pages are found.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure accuracy per language and intent on utterances that training has never seen."""
    if search:
        _evaluate_search(folder, as_json=as_json)
        return

    async def work() -> Report:
        settings = settings_and_log(quiet=True)
        subject = load_domain(settings.intents_dir / "domain.yml")
        cases = load_cases(folder, subject.intents)
        knowledge = await Knowledge.open(settings, load_library)
        return await evaluate_on(knowledge.pipeline, cases, sure=SURE)

    report = run(work)
    if html:
        html.write_text(page_of(report), "utf-8")
    if as_json:
        print_json(report.to_json())
        return
    print_table("By language", report.columns, report.rows, "There are no evaluation utterances.")
    confused = [[str(one.times), one.intent, one.taken_for] for one in report.confusions[:_CONFUSIONS]]
    print_table("Confused most often", ["times", "intent", "taken for"], confused, "Nothing was confused.")
    if html:
        out.print(f"{html}: everything, with the confusion map", markup=False)


def _evaluate_search(folder: Path, *, as_json: bool) -> None:
    async def work() -> dict[str, list[Found]]:
        settings = settings_and_log(quiet=True)
        cases = load_cases(folder, load_domain(settings.intents_dir / "domain.yml").intents)
        knowledge = await Knowledge.open(settings, load_library)
        # Danger is answered before anything is searched for.
        pages = {page for _, page in knowledge.library.pages if not page.startswith("crisis.")}
        await knowledge.index()
        there = await evaluate_search(knowledge.pipeline, cases, pages)
        slips = await evaluate_search(knowledge.pipeline, misspelt(findable(knowledge.library).keywords), pages)
        await knowledge.index({"de"})
        german = await evaluate_search(knowledge.pipeline, cases, pages)
        return {
            "Pages in all languages": there, "Pages in German alone": german, "Office words, misspelt": slips[:1],
        }  # fmt: skip

    for title, found in run(work).items():
        if as_json:
            print_json({"title": title, "figures": [asdict(one) for one in found]})
        else:
            print_table(title, ["", "texts", "first", "of three"], [one.row for one in found], "Nothing to look for.")
