"""`lotse intents check`: what is missing or doubtful in the training examples, with file and line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core.language import LANGUAGES
from bot.core.scripts import invisible_characters, mixed_words
from bot.errors import Fault
from bot.understanding.examples import Example
from bot.understanding.normalise import fold

FEWEST, FEWEST_OF_DANGER, FEWEST_OUT_OF_SCOPE = 12, 30, 120
OUT_OF_SCOPE = "out_of_scope"
_NEARER_BY = 0.03

LANGUAGES_WITH_EXAMPLES = tuple(tag for tag in LANGUAGES if tag != "de-simple")
"""Plain German shares the examples of German."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An example that lies nearer to another intent than to its own, by `margin` of cosine."""

    example: Example
    nearer_to: str
    margin: float


def faults(examples: Sequence[Example], intents: Iterable[str]) -> list[Fault]:
    """Return what must be mended: missing or too few examples, the same words under two intents, mixed scripts."""
    return [*_too_few(examples, sorted(intents)), *_under_two_intents(examples), *_slips(examples)]


def fewest(intent: str) -> int:
    """Return how many examples an intent needs in each language."""
    if intent == OUT_OF_SCOPE:
        return FEWEST_OUT_OF_SCOPE
    return FEWEST_OF_DANGER if intent.startswith("crisis.") else FEWEST


def doubts(examples: Sequence[Example], vectors: NDArray[np.float32]) -> list[Doubt]:
    """Return examples nearer to the middle of another intent than to that of their own, most doubtful first.

    The example itself is left out of its own middle. `out_of_scope` has no middle and is not looked at.
    """
    kept = [place for place, example in enumerate(examples) if example.intent != OUT_OF_SCOPE]
    names = sorted({examples[place].intent for place in kept})
    own = np.array([names.index(examples[place].intent) for place in kept])
    rows = vectors[kept]
    sums = np.zeros((len(names), rows.shape[1]), dtype=np.float32)
    np.add.at(sums, own, rows)
    likeness = rows @ _unit(sums).T
    mine = np.einsum("ij,ij->i", rows, _unit(sums[own] - rows))
    likeness[np.arange(len(kept)), own] = -1
    best = likeness.argmax(axis=1)
    margins = likeness[np.arange(len(kept)), best] - mine
    return [
        Doubt(examples[kept[place]], names[best[place]], round(float(margins[place]), 4))
        for place in np.argsort(-margins)
        if margins[place] > _NEARER_BY
    ]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _too_few(examples: Sequence[Example], intents: Sequence[str]) -> Iterator[Fault]:
    numbers = Counter((example.language, example.intent) for example in examples)
    for language in LANGUAGES_WITH_EXAMPLES:
        for intent in intents:
            there, needed = numbers[language, intent], fewest(intent)
            if there < needed:
                what = f"{intent} has {there} examples; it needs {needed}" if there else f"{intent} has no examples"
                yield Fault(f"nlu/{language}", 0, what)


def _under_two_intents(examples: Sequence[Example]) -> Iterator[Fault]:
    """Yield a fault for sentences that are the same but for spelling, in one language under two intents."""
    by_words: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        if words := fold(example.text):
            by_words[example.language, words].append(example)
    for same in by_words.values():
        for other in same[1:]:
            if other.intent != same[0].intent:
                where = f"{same[0].path}:{same[0].line}"
                yield Fault(other.path, other.line, f"says the same as an example of {same[0].intent} ({where})")


def _slips(examples: Sequence[Example]) -> Iterator[Fault]:
    for example in examples:
        for _, word in mixed_words(example.text):
            yield Fault(example.path, example.line, f"{word} mixes letters of two scripts")
        for _, code in invisible_characters(example.text):
            yield Fault(example.path, example.line, f"holds the invisible character {code}")
