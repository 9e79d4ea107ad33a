"""How well training generalises, from the training data alone: `python -m tests.understanding.cross_validation`.

Five folds, even over languages and intents. Prints the table of `lotse evaluate` for the heads as they would be
shipped, with and without the wordings of intents/crisis.yml, and the share right for each head alone. Takes about
ten minutes on two cores.

The first examples of an intent often say the same in every language; sentences of one place share a fold, so that
their translations are held out with them. Sentences by other people (tests/understanding/<language>.yml) are the
honest measure; `ablation.py` takes the parts apart.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.core.message import Understood
from bot.understanding import crisis_words, examples, fitting
from bot.understanding.cases import Case
from bot.understanding.conclude import by_wording, conclude
from bot.understanding.evaluate import Pair, Report, measure
from bot.understanding.features import buckets
from bot.understanding.language import Languages
from bot.understanding.material import gather
from bot.understanding.model import load_model
from bot.understanding.normalise import tidy
from bot.understanding.own_letters import in_own_letters
from bot.understanding.tuned import open_encoder
from bot.understanding.vectors import VectorFile

Rows = NDArray[np.intp]


class Laboratory:
    """The training data with everything that is needed to fit and to read."""

    def __init__(self, intents: Path, cache: Path) -> None:
        self.examples = examples.load(intents).examples
        encoder = open_encoder(intents / "encoder.npz", cache)
        kept = VectorFile(cache / "training.bin", encoder.name, encoder.dimension)
        texts, languages = [tidy(e.text) for e in self.examples], [e.language for e in self.examples]
        self.own, _ = in_own_letters(texts, languages)
        self.vectors = kept.vectors(self.own, encoder.query, threads=2)
        self.material = gather(
            texts,
            self.own,
            self.vectors,
            languages,
            [e.intent for e in self.examples],
        )
        self.words = crisis_words.load(intents / "crisis.yml")
        self.languages = Languages(load_model(intents / "model.npz").languages)
        self.right: dict[str, list[bool]] = defaultdict(list)

    def read(self, train: Rows, test: Rows) -> list[Pair]:
        """Fit on one part and answer the other, by the heads alone."""
        model = fitting.fit(self.material, train, encoder="", digest="")
        print(f"fitted on {len(train)}: {model.fitted}", flush=True)
        pairs = []
        for row in test:
            example, pieces = self.examples[row], buckets(self.examples[row].text, self.own[row])
            reading = model.read(self.vectors[row], pieces)
            for name, scores in (
                ("vectors alone", model.dense.scores(self.vectors[row])),
                ("parts of words alone", model.sparse.scores(pieces)),
                ("both", reading.intents),
            ):
                self.right[name].append(model.intents[int(np.argmax(scores))] == example.intent)
            answer = conclude(example.text, self.languages.guess(example.text), model, reading)
            pairs.append((Case(example.text, example.intent, example.language), answer))
        return pairs

    def with_words(self, pairs: Iterable[Pair]) -> list[Pair]:
        """Answer again, with the wordings of danger first."""
        return [(case, self._by_wording(answer)) for case, answer in pairs]

    def _by_wording(self, answer: Understood) -> Understood:
        kind = self.words.find(answer.text)
        return answer if kind is None else by_wording(answer.text, answer.language, kind)


def show(title: str, report: Report) -> None:
    print(f"\n{title}")
    for row in [report.columns, *report.rows]:
        print(" ".join(f"{cell:>12}" for cell in row))


def show_details(report: Report) -> None:
    for confusion in report.confusions[:25]:
        print(f"{confusion.times:>5} {confusion.intent} taken for {confusion.taken_for}")
    for figures in report.by_intent:
        harm = f"alarm {figures.false_alarms}  asked {figures.false_questions}"
        if figures.false_alarms is None:
            harm = f"found {figures.crisis_found}  or asked {figures.crisis_noticed}"
        print(f"{figures.name:<28} {figures.texts:>4}  first {figures.first:.2f}  of 3 {figures.offered:.2f}  {harm}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--intents", type=Path, default=Path("intents"))
    arguments.add_argument("--cache", type=Path, default=Path("var/vectors"))
    options = arguments.parse_args()

    laboratory = Laboratory(options.intents, options.cache)
    rows = np.arange(len(laboratory.examples))
    folds = laboratory.material.folds(rows, 5)
    pairs = [pair for fold in range(5) for pair in laboratory.read(rows[folds != fold], rows[folds == fold])]
    show("Five folds, heads alone", measure(pairs))
    show(
        "Five folds, with the wordings (written with these very examples in view)",
        measure(laboratory.with_words(pairs)),
    )
    print({name: round(float(np.mean(hits)), 4) for name, hits in laboratory.right.items()})
    show_details(measure(pairs))


if __name__ == "__main__":
    main()
