"""The trained classifier: everything that `lotse train` learns, and the file that it is kept in.

The file is a NumPy archive without pickled objects. `about` is JSON: format, encoder, SHA-256 of the training data,
intents and the fitted numbers. Buckets' weights are whole numbers from -127 to 127 with a factor for each class.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigurationError, Fault
from bot.understanding.encoder import Vector
from bot.understanding.examples import Wording
from bot.understanding.features import BUCKETS, Buckets
from bot.understanding.heads import TINY, DenseHead, Floats, LanguageHead, SparseHead, log_odds, softmax
from bot.understanding.known_words import Vocabulary
from bot.understanding.lexicon import Lexicon

FORMAT = 4
# What zipfile, zlib and NumPy raise for files that are not what they should be.
_DAMAGE = (
    OSError, ValueError, KeyError, EOFError, RuntimeError, TypeError, AttributeError, MemoryError, struct.error,
    zlib.error, zipfile.BadZipFile,
)  # fmt: skip
_REBUILD = "run `lotse train` to build it"
_LEXICON = tuple(one.name for one in fields(Lexicon))
_ARRAYS = (
    "about", "dense_weights", "dense_bias", "rarity", "sparse_weights", "sparse_scale", "sparse_bias",
    "danger_dense_weights", "danger_dense_bias", "danger_sparse_weights", "danger_sparse_scale", "danger_sparse_bias",
    "language_weights", "language_scale", "language_bias", "words",
    *(f"own_{part}" for part in _LEXICON),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quick:
    """When parts of words alone are enough, and the encoder need not be asked.

    `sharpness` makes probabilities of the sparse head's scores; one of `sure` or more is taken, unless the crisis
    intents have more than `danger` together.
    """

    sharpness: float
    sure: float
    danger: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Numbers fitted on texts that the heads had not seen.

    An intent's score is `dense` times the logarithm of the dense head's probability plus `sparse` times the sparse
    head's score. The odds of danger come from the two heads of its own and the crisis intents' share, weighed by
    `danger`, with a constant at the end. From `near` a text is asked about, from `sure` it is answered as danger.
    """

    dense: float
    sparse: float
    danger: tuple[float, float, float, float]
    near: float
    sure: float
    quick: Quick = Quick(1.0, 2.0, 0.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the heads say about a text: a probability for each intent, and of danger."""

    intents: Floats
    danger: float


@dataclass(frozen=True, slots=True)
class Model:
    """The heads with their intents. `digest` is the SHA-256 of the training data, `encoder` names whose vectors."""

    intents: tuple[str, ...]
    encoder: str
    digest: str
    fitted: Fitted
    dense: DenseHead
    sparse: SparseHead
    danger_dense: DenseHead
    danger_sparse: SparseHead
    languages: LanguageHead
    names: tuple[Wording, ...] = ()
    """What offices and languages are called: not learned, but kept with what was."""
    words: Vocabulary = field(default_factory=lambda: np.empty(0, np.uint32))
    """The words of the examples, by which a question is scrubbed."""
    lexicon: Lexicon = field(default_factory=Lexicon)
    """The words in their own letters that what is typed in Latin ones is read as."""

    def read(self, vector: Vector, buckets: Buckets) -> Reading:
        """Return the probabilities for a text of which vector and buckets are given."""
        fitted = self.fitted
        dense = np.log(softmax(self.dense.scores(vector)) + TINY)
        intents = softmax(fitted.dense * dense + fitted.sparse * self.sparse.scores(buckets))
        parts = (
            float(self.danger_dense.scores(vector)[0]),
            float(self.danger_sparse.scores(buckets)[0]),
            log_odds(float(intents[self.crisis_places()].sum())),
            1.0,
        )
        odds = sum(weight * part for weight, part in zip(fitted.danger, parts, strict=True))
        return Reading(intents, 1 / (1 + float(np.exp(-odds))))

    def read_quickly(self, buckets: Buckets) -> Reading | None:
        """Return what parts of words say beyond doubt, None where the encoder must be asked."""
        quick = self.fitted.quick
        if not buckets.size:
            return None
        intents = softmax(quick.sharpness * self.sparse.scores(buckets))
        if intents.max() < quick.sure or intents[self.crisis_places()].sum() > quick.danger:
            return None
        return Reading(intents, 0.0)

    def crisis_places(self) -> NDArray[np.intp]:
        """Return where the crisis intents stand among the intents."""
        return np.array([number for number, name in enumerate(self.intents) if name.startswith("crisis.")], np.intp)


def save(model: Model, path: Path) -> None:
    """Write the file, whole or not at all; the same model gives the same bytes."""
    about = {
        "format": FORMAT,
        "encoder": model.encoder,
        "digest": model.digest,
        "intents": list(model.intents),
        "languages": list(model.languages.names),
        "sharpness": model.languages.sharpness,
        "names": [[name.entity, name.value, name.language, name.wording] for name in model.names],
        "fitted": asdict(model.fitted),
    }
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8),
        "dense_weights": model.dense.weights.astype(np.float16),
        "dense_bias": model.dense.bias,
        "rarity": model.sparse.rarity.astype(np.float16),
        "sparse_weights": model.sparse.weights,
        "sparse_scale": model.sparse.scale,
        "sparse_bias": model.sparse.bias,
        "danger_dense_weights": model.danger_dense.weights.astype(np.float16),
        "danger_dense_bias": model.danger_dense.bias,
        "danger_sparse_weights": model.danger_sparse.weights,
        "danger_sparse_scale": model.danger_sparse.scale,
        "danger_sparse_bias": model.danger_sparse.bias,
        "language_weights": model.languages.head.weights,
        "language_scale": model.languages.head.scale,
        "language_bias": model.languages.head.bias,
        "words": model.words,
        **{f"own_{part}": getattr(model.lexicon, part) for part in _LEXICON},
    }
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(content.getvalue())
    partial.replace(path)


def load_model(path: Path) -> Model:
    """Read the file; raise ConfigurationError if it is missing, damaged or of another format."""
    if not path.exists():
        raise ConfigurationError([Fault(str(path), 0, f"the classifier is missing; {_REBUILD}")])
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            # Read whole, so that the checksum is compared before NumPy makes sense of anything, and unpacked once.
            arrays = {name: _array(archive.read(f"{name}.npy")) for name in _ARRAYS}
        about = json.loads(arrays["about"].tobytes())
    except _DAMAGE as exc:
        raise ConfigurationError([Fault(str(path), 0, f"the classifier is damaged; {_REBUILD}")]) from exc
    if not isinstance(about, dict) or about.get("format") != FORMAT or len(arrays["rarity"]) != BUCKETS:
        raise ConfigurationError([Fault(str(path), 0, f"the classifier is of another version of Lotse; {_REBUILD}")])
    return _from_arrays(about, arrays)


def _array(content: bytes) -> NDArray[Any]:
    array: NDArray[Any] = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    return array


def _from_arrays(about: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    def dense(prefix: str) -> DenseHead:
        return DenseHead(arrays[f"{prefix}_weights"].astype(np.float32), arrays[f"{prefix}_bias"])

    rarity = arrays["rarity"].astype(np.float32)

    def sparse(prefix: str) -> SparseHead:
        return SparseHead(rarity, *(arrays[f"{prefix}_{part}"] for part in ("weights", "scale", "bias")))

    fitted = about["fitted"]
    return Model(
        intents=tuple(about["intents"]),
        encoder=about["encoder"],
        digest=about["digest"],
        fitted=Fitted(**{**fitted, "danger": tuple(fitted["danger"]), "quick": Quick(**fitted["quick"])}),
        dense=dense("dense"),
        sparse=sparse("sparse"),
        danger_dense=dense("danger_dense"),
        danger_sparse=sparse("danger_sparse"),
        languages=LanguageHead(tuple(about["languages"]), sparse("language"), about["sharpness"]),
        names=tuple(Wording(*name) for name in about["names"]),
        words=arrays["words"],
        lexicon=Lexicon(**{part: arrays[f"own_{part}"] for part in _LEXICON}),
    )
