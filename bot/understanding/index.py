"""An index of passages that never changes: five measures of pages, joined.

Vectors of a general encoder find what means the same in any language, parts of words (BM25, Robertson and Zaragoza
2009) what is written alike, keywords an office word with its misspellings, the classifier what is about the same, and
the encoder tuned on what people write what they mean by it. Each measure is compared with what is usual for the
question (standard scores), so that one that knows nothing has no say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.core.ports import Hit
from bot.understanding.encoder import Vector
from bot.understanding.features import grams
from bot.understanding.heads import Floats
from bot.understanding.normalise import fold
from bot.understanding.passages import Findable
from bot.understanding.spelling_index import Spelling
from bot.understanding.subjects import Subject

_WEIGHT_VECTORS, _WEIGHT_PARTS, _WEIGHT_KEYWORDS, _WEIGHT_SUBJECT, _WEIGHT_MEANT = 1.0, 0.6, 2.0, 0.4, 0.5
_NOT_THERE = -5.0  # standard score of a page that a measure cannot judge
_RANK_OFFSET = 20  # how fast a lower rank counts less
_SIMILAR = 85.0  # percent; from here a word counts as a misspelt keyword
_SHORTEST_WORD, _MOST_WORDS = 4, 16
_FLAT = 1e-6  # a spread that is rounding alone
_NONE = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Index:
    """Passages, ready to be searched.

    `page_of` gives the place in `pages` of each passage, `of_language` the passages of a language, `vectors` a row for
    each passage if there are any yet; `about` and `meant` have a row for each page. `keywords` are (word, page).
    """

    pages: Sequence[str]
    page_of: NDArray[np.intp]
    of_language: Mapping[str, NDArray[np.intp]]
    keywords: Sequence[tuple[str, int]]
    spelling: Spelling
    vectors: Floats | None = None
    about: Floats | None = None
    meant: Floats | None = None

    @classmethod
    def of(cls, findable: Findable, vectors: Floats | None = None, about: Mapping[str, Subject] | None = None) -> Index:
        """Build; takes a few milliseconds per hundred passages. `about` says for each page what it is about."""
        passages = findable.passages
        pages = sorted({passage.page for passage in passages} | set(findable.keywords))
        places = {page: place for place, page in enumerate(pages)}
        return cls(
            pages=pages,
            page_of=np.array([places[passage.page] for passage in passages], dtype=np.intp),
            of_language={
                language: np.array([n for n, one in enumerate(passages) if one.language == language], dtype=np.intp)
                for language in sorted({passage.language for passage in passages})
            },
            keywords=[
                (folded, places[page])
                for page, words in sorted(findable.keywords.items())
                for folded in map(fold, words)
                if len(folded) >= 2  # a letter is no keyword
            ],
            spelling=Spelling.of([grams(passage.text) for passage in passages]),
            vectors=vectors,
            about=np.array([about[page].topics for page in pages]) if about else None,
            meant=np.array([about[page].meant for page in pages]) if about else None,
        )

    def find(
        self, text: str, vector: Vector, limit: int, language: str | None = None, about: Subject | None = None
    ) -> list[Hit]:
        """Return the best pages, best first; scores go from 0 to 1 and compare within one search.

        `language` is that of the text, if known: pages are judged by it where they have it. `about` is what the text
        is about.
        """
        if not self.pages:
            return []
        keywords = _by_rank(self._by_keyword(text))
        joined, found = _WEIGHT_KEYWORDS * keywords, keywords > 0
        if len(self.page_of):
            spelling = self._best(self.spelling.shares(grams(text)))
            joined += _WEIGHT_PARTS * _standard(spelling)
            found |= spelling > 0
        if self.vectors is not None and len(self.vectors):
            similar = self.vectors @ vector
            own = language or max(self._usual(similar).items(), key=lambda item: item[1])[0]
            joined += _WEIGHT_VECTORS * _standard(self._by_meaning(similar, own))
            found[self.page_of] = True
        if about is not None and self.about is not None and self.meant is not None:
            joined += _WEIGHT_SUBJECT * _standard(self.about @ about.topics)
            joined += _WEIGHT_MEANT * _standard(self.meant @ about.meant)
        order = np.argsort(-joined, kind="stable")
        best = order[found[order]][:limit]
        return [Hit(self.pages[place], round(float(1 / (1 + np.exp(-joined[place]))), 4)) for place in best]

    def _usual(self, similar: Floats) -> dict[str, float]:
        return {name: float(similar[rows].mean()) for name, rows in self.of_language.items()}

    def _is_in(self, language: str) -> NDArray[np.bool_]:
        """Return which pages have a passage in the language."""
        found = np.zeros(len(self.pages), dtype=bool)
        found[self.page_of[self.of_language.get(language, _NONE)]] = True
        return found

    def _by_meaning(self, similar: Floats, own: str) -> Floats:
        """Return a score for each page: its best passage in the text's own language, else in any other.

        The encoder finds texts of one language alike whatever they say. So others are judged by how far they are from
        what is usual in theirs: else a page that is only there in German would never be found from Tigrinya.
        """
        usual = self._usual(similar)
        level = usual.get(own, max(usual.values()))
        shifted = similar.copy()
        for name, rows in self.of_language.items():
            shifted[rows] += level - usual[name]
        needless = self._is_in(own)[self.page_of]  # translations of pages that are there in the text's language
        needless[self.of_language.get(own, _NONE)] = False
        shifted[needless] = -np.inf
        return self._best(shifted)

    def _best(self, scores: Floats) -> Floats:
        """Return for each page the score of its best passage."""
        best = np.full(len(self.pages), -np.inf, dtype=np.float32)
        np.maximum.at(best, self.page_of, scores)
        return best

    def _by_keyword(self, text: str) -> Floats:
        scores = np.full(len(self.pages), -np.inf, dtype=np.float32)
        known = [word for word, _ in self.keywords]
        for run in _runs(fold(text).split()[:_MOST_WORDS]):
            for _, likeness, place in process.extract_iter(run, known, scorer=fuzz.ratio, score_cutoff=_SIMILAR):
                page = self.keywords[place][1]
                # A longer run says more: "Rechnung" is in many a text, "Rechnung vom Jobcenter" is not.
                scores[page] = max(scores[page], likeness + len(run))
        return scores


def _runs(words: Sequence[str]) -> Iterator[str]:
    runs = chain.from_iterable(
        (" ".join(words[start : start + length]) for start in range(len(words) - length + 1)) for length in (1, 2, 3)
    )
    return (run for run in dict.fromkeys(runs) if len(run) >= _SHORTEST_WORD)


def _standard(scores: Floats) -> NDArray[np.float64]:
    """Return how many standard deviations each page is above what is usual."""
    there = np.isfinite(scores)
    if not there.any():
        return np.zeros(len(scores))
    usual, spread = float(scores[there].mean()), float(scores[there].std())
    standard = np.full(len(scores), _NOT_THERE)
    standard[there] = (scores[there] - usual) / spread if spread > _FLAT else 0.0
    return standard


def _by_rank(scores: Floats) -> NDArray[np.float64]:
    """Return the reciprocal rank of each page, 1 for the first, 0 for those not ranked; equals share the better."""
    ranked = np.isfinite(scores) & (scores != 0)
    descending = np.unique(-scores[ranked], return_inverse=True)[1]
    result = np.zeros(len(scores))
    result[ranked] = (_RANK_OFFSET + 1) / (_RANK_OFFSET + 1 + descending)
    return result
