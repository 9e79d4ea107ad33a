"""What each part of understanding is worth: `python -m tests.understanding.ablation`.

Two tables on the evaluation sentences. First the shipped classifier with its parts: parts of words alone, the tuned
encoder alone, both. Then, with the encoder as it comes and heads fitted here, all languages, and each language as if it
had no examples of its own. Takes ten minutes on two cores, and another ten for vectors that are not kept yet.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.settings import Settings
from bot.understanding import examples
from bot.understanding.cases import Case, load_cases
from bot.understanding.encoder import Vector
from bot.understanding.features import buckets
from bot.understanding.heads import TINY, softmax
from bot.understanding.material import Material, gather
from bot.understanding.model import Model, load_model
from bot.understanding.normalise import tidy
from bot.understanding.own_letters import OwnLetters, in_own_letters
from bot.understanding.solvers import naive_bayes, rarity_of, regression, scores_of, weighed
from bot.understanding.tuned import Encoders
from bot.understanding.vectors import VectorFile

Scores = NDArray[np.float64]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cache", type=Path, default=Path("var/ablation"), help="where vectors are kept")
    cache = options.parse_args().cache
    settings = Settings()
    model = load_model(settings.model_file)
    encoders = Encoders(settings.intents_dir / "encoder.npz", settings.cache_dir)
    asked = _Asked(load_cases(Path("tests/understanding"), model.intents), OwnLetters(model.lexicon))
    _show("Parts of the shipped classifier", asked, _shipped(model, asked, asked.vectors(encoders.tuned().query)))
    plain = encoders.plain()
    kept = VectorFile(cache / "training.bin", plain.name, plain.dimension)
    material = _material(settings.intents_dir, kept, plain.query)
    vectors = asked.vectors(plain.query)
    with threadpool_limits(1), ThreadPoolExecutor(2) as pool:
        everything = np.arange(len(material.intents))
        alone = [everything[material.languages != language] for language in asked.languages]
        fitted = [pool.submit(_fitted, model, material, rows, asked, vectors) for rows in (everything, *alone)]
        whole, *without = (future.result() for future in fitted)
    unseen = np.zeros_like(whole)
    for language, scores in zip(asked.languages, without, strict=True):
        unseen[asked.of(language)] = scores[asked.of(language)]
    shown = {"with its examples": whole, "without its examples": unseen}
    _show("The encoder as it comes, all languages and one left out", asked, (tuple(np.unique(material.intents)), shown))


class _Asked:
    """The evaluation sentences."""

    def __init__(self, cases: Sequence[Case], letters: OwnLetters) -> None:
        self.cases = cases
        self.languages = sorted({case.language for case in cases})
        self.typed = [tidy(case.text) for case in cases]
        self.own = [letters.read(text, case.language) for text, case in zip(self.typed, cases, strict=True)]

    def vectors(self, encode: Callable[[str], Vector]) -> NDArray[np.float32]:
        with ThreadPoolExecutor(2) as pool:
            return np.array(list(pool.map(encode, self.own)), dtype=np.float32)

    def of(self, language: str) -> NDArray[np.bool_]:
        return np.array([case.language == language for case in self.cases])

    def parts(self) -> Material:
        nothing = np.zeros((len(self.cases), 1), np.float32)
        languages, intents = [case.language for case in self.cases], [case.intent for case in self.cases]
        return gather(self.typed, self.own, nothing, languages, intents)


def _material(intents: Path, kept: VectorFile, encode: Callable[[str], Vector]) -> Material:
    found = examples.load(intents).examples
    texts, languages = [tidy(one.text) for one in found], [one.language for one in found]
    own, _ = in_own_letters(texts, languages)
    vectors = kept.vectors(own, encode, threads=2)
    return gather(texts, own, vectors, languages, [one.intent for one in found])


def _shipped(model: Model, asked: _Asked, vectors: NDArray[np.float32]) -> tuple[tuple[str, ...], dict[str, Scores]]:
    dense = np.array([np.log(softmax(model.dense.scores(vector)) + TINY) for vector in vectors])
    both = zip(asked.typed, asked.own, strict=True)
    sparse = np.array([model.sparse.scores(buckets(typed, own)) for typed, own in both])
    fused = model.fitted.dense * dense + model.fitted.sparse * sparse
    return model.intents, {"parts of words": sparse, "encoder": dense, "both": fused}


def _fitted(
    model: Model, material: Material, rows: NDArray[np.intp], asked: _Asked, vectors: NDArray[np.float32]
) -> Scores:
    """Return the scores of heads fitted on some rows, weighed as the shipped ones are."""
    intents = material.intents[rows]
    dense = regression(material.vectors[rows], intents, strictness=0.01)
    rarity = rarity_of(material.pieces[rows])
    sparse = naive_bayes(weighed(material.pieces[rows], rarity), intents, rarity)
    likely = np.log(softmax(vectors @ dense.weights.T + dense.bias) + TINY)
    print(".", end="", flush=True)
    scores: Scores = model.fitted.dense * likely + model.fitted.sparse * scores_of(sparse, asked.parts().pieces)
    return scores


def _show(title: str, asked: _Asked, found: tuple[tuple[str, ...], dict[str, Scores]]) -> None:
    names, tables = found
    places = {name: place for place, name in enumerate(names)}
    wanted = np.array([places[case.intent] for case in asked.cases])
    print(f"\n{title}: right first / among three, in percent")
    print(f"{'':8}" + "".join(f"{name:>24}" for name in tables))
    for language in (*asked.languages, "all"):
        rows = np.ones(len(wanted), bool) if language == "all" else asked.of(language)
        cells = []
        for scores in tables.values():
            order = np.argsort(-scores[rows], axis=1)[:, :3]
            first = (order[:, 0] == wanted[rows]).mean()
            three = (order == wanted[rows][:, None]).any(axis=1).mean()
            cells.append(f"{first * 100:.1f} / {three * 100:.1f}")
        print(f"{language:8}" + "".join(f"{cell:>24}" for cell in cells))


if __name__ == "__main__":
    main()
