"""`lotse intents`: for whoever looks after the training examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from bot.bootstrap.stores import Stores, open_stores
from bot.cli.shell import (
    AsJson,
    out,
    plain_errors,
    print_json,
    print_table,
    progress,
    run,
    settings_and_log,
    show_faults,
)
from bot.conversation.domain import load as load_domain
from bot.core.questions import Proposal, Question
from bot.errors import ConfigurationError, Fault
from bot.settings import Settings
from bot.understanding import examples, intent_check
from bot.understanding.example_files import add_example
from bot.understanding.normalise import tidy
from bot.understanding.scrub import MASK
from bot.understanding.tuned import open_encoder
from bot.understanding.vectors import VectorFile

app = typer.Typer(add_completion=False, help="Look after the training examples.", no_args_is_help=True)


@app.callback()
def intents() -> None:
    """Look after the training examples."""


@app.command()
def check(
    *,
    near: Annotated[
        bool, typer.Option(help="Also list examples nearer to another intent than to their own (slow the first time).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find missing intents, too few examples, the same sentence under two intents, and mixed scripts."""
    with plain_errors():
        settings = settings_and_log(quiet=True)
        found = examples.load(settings.intents_dir).examples
        if near:
            _show_doubts(_doubts(settings, found), as_json=as_json)
        subject = load_domain(settings.intents_dir / "domain.yml")
        show_faults(intent_check.faults(found, examples.trained(subject.intents)), [], as_json=as_json)


@app.command()
def suggest(
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many to show, oldest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show what people asked and Lotse did not understand: kept with their consent, without names and numbers."""

    async def work() -> Sequence[Proposal]:
        async with open_stores(settings_and_log(quiet=True)) as stores:
            return await stores.questions.proposals(limit)

    found = run(work)
    if as_json:
        for one in found:
            print_json(asdict(one))
        return
    rows = [
        [str(one.id), f"{one.asked_at:%Y-%m-%d}", one.question.language, one.question.guessed,
         one.question.meant or "-", one.question.text]
        for one in found
    ]  # fmt: skip
    empty = "Nothing waits: no question was kept since the last look."
    print_table("Not understood", ["number", "day", "language", "taken for", "meant", "question"], rows, empty)
    if rows:
        out.print("lotse intents take NUMBER [INTENT] makes it an example, lotse intents dismiss NUMBER deletes it.")


@app.command()
def take(
    number: Annotated[int, typer.Argument(help="Its number in `lotse intents suggest`.")],
    intent: Annotated[str | None, typer.Argument(help="What it means, if not what the person chose.")] = None,
    text: Annotated[str | None, typer.Option(help="The sentence in other words, with what was masked.")] = None,
) -> None:
    """Make a question an example of what it means, and forget the question."""

    async def work() -> str:
        settings = settings_and_log(quiet=True)
        async with open_stores(settings) as stores:
            chosen = await _proposal(stores, number)
            meaning = intent or chosen.meant
            if meaning is None:
                raise ConfigurationError([Fault(str(number), 0, "nobody has said what it means: name the intent")])
            sentence = text or chosen.text
            if MASK in sentence:
                what = f"something was taken out ({sentence}): say it in other words with --text"
                raise ConfigurationError([Fault(str(number), 0, what)])
            path = add_example(settings.intents_dir, language=chosen.language, intent=meaning, text=sentence)
            await stores.questions.settle(number)
        return f"{path}: added to {meaning}. Run `lotse intents check`, then `lotse train`."

    out.print(run(work), markup=False)


@app.command()
def dismiss(numbers: Annotated[list[int], typer.Argument(help="Their numbers in `lotse intents suggest`.")]) -> None:
    """Delete questions that are of no use."""

    async def work() -> int:
        async with open_stores(settings_and_log(quiet=True)) as stores:
            return sum([await stores.questions.settle(number) for number in numbers])

    gone = run(work)
    out.print(f"{gone} deleted." if gone == len(numbers) else f"{gone} deleted, {len(numbers) - gone} did not exist.")


async def _proposal(stores: Stores, number: int) -> Question:
    for one in await stores.questions.proposals(number):  # numbers rise: so many at most come before it
        if one.id == number:
            return one.question
    raise ConfigurationError([Fault(str(number), 0, "there is no such question; `lotse intents suggest` lists them")])


def _doubts(settings: Settings, found: list[examples.Example]) -> list[intent_check.Doubt]:
    encoder = open_encoder(settings.intents_dir / "encoder.npz", settings.cache_dir)
    kept = VectorFile(settings.cache_dir / "training.bin", encoder.name, encoder.dimension)
    with progress("Reading") as step:
        texts = [tidy(example.text) for example in found]
        vectors = kept.vectors(texts, encoder.query, threads=2, progress=lambda done, _: step("new texts", done))
    return intent_check.doubts(found, vectors)


def _show_doubts(found: list[intent_check.Doubt], *, as_json: bool) -> None:
    rows = [
        {
            "where": f"{doubt.example.path}:{doubt.example.line}", "intent": doubt.example.intent,
            "nearer_to": doubt.nearer_to, "margin": doubt.margin, "text": doubt.example.text,
        }
        for doubt in found
    ]  # fmt: skip
    if as_json:
        for row in rows:
            print_json(row)
        return
    print_table(
        "Nearer to another intent than to their own", ["where", "intent", "nearer to", "by", "text"],
        [list(row.values()) for row in rows], "Every example lies nearest to its own intent.",
    )  # fmt: skip
