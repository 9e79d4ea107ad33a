"""BM25 over the hashed parts of words (Robertson and Zaragoza 2009), each counted once a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.features import Parts
from bot.understanding.heads import Floats

_COMMON = 0.4  # parts in more than this share of passages say nothing
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Spelling:
    """Passages by how they are written.

    `known` are the hashed parts, sorted; those of number n are in the passages `text_of[starts[n] : ends[n]]` and weigh
    `rarity[n]`. `weight` makes up for the lengths of passages.
    """

    text_of: NDArray[Any]
    known: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    ends: NDArray[np.uint32]
    rarity: Floats
    weight: Floats

    @classmethod
    def of(cls, texts: Sequence[Parts]) -> Spelling:
        """Build from the parts of each passage."""
        lengths = np.array([len(text) for text in texts], dtype=np.intp)
        # Small whole numbers: there are millions of these.
        flat = np.concatenate([np.empty(0, dtype=np.uint32), *(text.astype(np.uint32) for text in texts)])
        which = np.repeat(np.arange(len(texts), dtype=np.min_scalar_type(max(len(texts), 1))), lengths)
        text_of = which[np.argsort(flat, kind="stable")]
        known, counts = np.unique(flat, return_counts=True)
        ends = np.cumsum(counts).astype(np.uint32)
        rarity = np.log(1 + (len(texts) - counts + 0.5) / (counts + 0.5)).astype(np.float32)
        rarity[counts > max(_COMMON * len(texts), 1)] = 0
        usual = max(float(lengths.mean()), 1.0) if texts else 1.0
        weight = ((_K1 + 1) / (1 + _K1 * (1 - _B + _B * lengths / usual))).astype(np.float32)
        return cls(text_of, known, ends - counts.astype(np.uint32), ends, rarity, weight)

    def shares(self, query: Parts) -> Floats:
        """Return a score for each passage, about 1 where every part of the query fits, 0 where none does."""
        scores = np.zeros(len(self.weight), dtype=np.float32)
        asked = query.astype(self.known.dtype)
        places = np.minimum(np.searchsorted(self.known, asked), max(len(self.known) - 1, 0))
        for place in places[self.known[places] == asked] if len(self.known) else ():
            scores[self.text_of[self.starts[place] : self.ends[place]]] += self.rarity[place]
        rarest = float(np.log(1 + (len(self.weight) + 0.5) / 0.5))
        return scores * self.weight / max(len(query) * rarest, 1.0)
