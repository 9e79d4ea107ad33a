"""`lotse train`: from intents/nlu to the classifier's file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.errors import ConfigurationError, Fault
from bot.understanding import examples
from bot.understanding.encoder import Encoder
from bot.understanding.known_words import vocabulary
from bot.understanding.model import Model, load_model, save
from bot.understanding.normalise import tidy
from bot.understanding.own_letters import in_own_letters
from bot.understanding.scrub import read_names
from bot.understanding.tuned import open_encoder
from bot.understanding.vectors import VectorFile

Progress = Callable[[str, int], None]
"""Called with what is being done and how much of it is done."""

_THREADS = 2
_FEWEST_HARMLESS = 2


@dataclass(frozen=True, slots=True)
class Trained:
    """What was learned from how much."""

    examples: int
    languages: tuple[str, ...]
    intents: tuple[str, ...]
    path: Path
    size: int

    def __str__(self) -> str:
        """Return one line for the terminal."""
        return (
            f"{self.path}: {len(self.intents)} intents from {self.examples} examples in "
            f"{len(self.languages)} languages ({', '.join(self.languages)}), {self.size / 1e6:.1f} MB"
        )


def train(
    intents_dir: Path,
    target: Path,
    cache_dir: Path,
    progress: Progress | None = None,
    *,
    encoder: Encoder | None = None,
) -> Trained:
    """Build the classifier and write it to `target`; raise ConfigurationError with every fault of the examples.

    Vectors of texts seen before are kept in `cache_dir`. Needs scikit-learn, which serving does not.
    """
    from bot.understanding import fitting  # noqa: PLC0415 - scikit-learn is for training alone
    from bot.understanding.material import KeptParts, gather  # noqa: PLC0415

    training = examples.load(intents_dir)
    found = training.examples
    _check(found, intents_dir, fewest=fitting.FOLDS)
    encoder = encoder or open_encoder(intents_dir / "encoder.npz", cache_dir)
    texts = [tidy(example.text) for example in found]
    languages = [example.language for example in found]
    own, lexicon = in_own_letters(texts, languages)
    kept = VectorFile(cache_dir / "training.bin", encoder.name, encoder.dimension)
    say = progress or _say_nothing
    vectors = kept.vectors(own, encoder.query, threads=_THREADS, progress=lambda done, _: say("new texts read", done))
    held_out = [examples.is_held_out(example.text) for example in found]
    parts = KeptParts(cache_dir)
    intents = [example.intent for example in found]
    material = gather(texts, own, vectors, languages, intents, held_out, parts_of=parts)
    parts.save()
    rows = np.arange(len(found))
    say("examples learned", len(found))
    model = fitting.fit(material, rows, encoder=encoder.name, digest=training.digest)
    words = vocabulary(texts, read_names(intents_dir / "names.txt"))
    save(replace(model, names=tuple(training.wordings), words=words, lexicon=lexicon), target)
    return Trained(len(found), tuple(sorted(set(languages))), model.intents, target, target.stat().st_size)


def _check(found: list[examples.Example], intents_dir: Path, *, fewest: int) -> None:
    """Raise ConfigurationError if there is too little to learn from."""
    numbers = Counter((example.intent, example.language) for example in found)
    most: dict[str, int] = {}
    for (intent, _), number in numbers.items():
        most[intent] = max(number, most.get(intent, 0))
    where = str(intents_dir / "nlu")
    faults = [
        Fault(where, 0, f"{intent} has no language with at least {fewest} examples")
        for intent, number in most.items()
        if number < fewest
    ]
    danger = sum(intent.startswith("crisis.") for intent in most)
    if not danger or len(most) - danger < _FEWEST_HARMLESS:
        faults.append(Fault(where, 0, "needs examples of danger and of at least two other intents"))
    if faults:
        raise ConfigurationError(faults)


def _say_nothing(what: str, done: int) -> None:
    del what, done


def stale(model: Model, intents_dir: Path) -> bool:
    """Return whether the training data has changed since the model was built."""
    return examples.load(intents_dir).digest != model.digest


__all__ = ["Progress", "Trained", "load_model", "stale", "train"]
