"""How fast a text is understood, alone: with the encoder and on the short cut, and how often each is right."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from bot.bootstrap.knowledge import Knowledge
from bot.library.load import load as load_library
from bot.settings import Settings
from bot.understanding.cases import Case, load_cases
from bot.understanding.features import buckets
from bot.understanding.model import load_model
from bot.understanding.normalise import tidy
from bot.understanding.own_letters import OwnLetters
from bot.understanding.windows import windows

Note = Callable[[str, str, str], None]
FOLDER = Path("tests/understanding")


def cases() -> list[Case]:
    """Return the evaluation sentences of all languages, which nothing was learned from, in a random order."""
    found = load_cases(FOLDER, load_model(Settings().model_file).intents)
    random.Random(7).shuffle(found)
    return found


async def measure(note: Note, scale: float) -> None:
    """Measure on evaluation sentences, each read once, then with repeats as people send them."""
    settings = Settings()
    began = time.perf_counter()
    knowledge = await Knowledge.open(settings, load_library)
    note("understanding and content, from nothing to ready", f"{time.perf_counter() - began:.1f} s", "<= 1 s")
    model, pipeline = load_model(settings.model_file), knowledge.pipeline
    own_letters = OwnLetters(model.lexicon)
    some = cases()[: int(3_000 * scale)]
    took: dict[bool, list[float]] = {True: [], False: []}
    right: dict[bool, int] = {True: 0, False: 0}
    for case in some:
        first = windows(tidy(case.text))[0]
        pieces = buckets(first, own_letters.read(first, case.language))
        short_cut = model.read_quickly(pieces) is not None
        began = time.perf_counter()
        answer = await pipeline.understand(case.text, chosen_language=case.language)
        took[short_cut].append((time.perf_counter() - began) * 1_000)
        right[short_cut] += answer.intent == case.intent
    for way, what, target in ((False, "with the encoder", "<= 20 ms"), (True, "on the short cut", "<= 1 ms")):
        times = sorted(took[way]) or [0.0]
        share, correct = len(took[way]) / len(some), right[way] / max(len(took[way]), 1)
        note(
            f"understanding alone {what}, p50 / p99",
            f"{times[len(times) // 2]:.1f} / {times[int(len(times) * 0.99)]:.1f} ms", target,
        )  # fmt: skip
        note(f"texts read {what}, of which right", f"{share:.0%}, {correct:.1%}", "")
    fresh = await Knowledge.open(settings, load_library)
    sent = [random.Random(n).choice(some[:100] if n % 3 else some) for n in range(int(3_000 * scale))]
    began = time.perf_counter()
    for case in sent:
        await fresh.pipeline.understand(case.text, chosen_language=case.language)
    note("texts understood, two thirds repeats", f"{len(sent) / (time.perf_counter() - began):.0f} /s", ">= 120 /s")
