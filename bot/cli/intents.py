"""`lotse intents`: for whoever looks after the training examples."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.check import show_faults
from bot.cli.shell import AsJson, plain_errors, print_json, print_table, progress, settings_and_log
from bot.conversation.domain import load as load_domain
from bot.settings import Settings
from bot.understanding import examples, intent_check
from bot.understanding.normalise import tidy
from bot.understanding.tuned import open_encoder
from bot.understanding.vectors import VectorFile

app = typer.Typer(help="Look after the training examples.", no_args_is_help=True)


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
