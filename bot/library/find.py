"""Finding out which place a person means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.library.model import Place, PlaceKind
from bot.library.spelling import fold

EXACT, CERTAIN, POSSIBLE = 100.0, 88.0, 80.0
"""Similarity in percent: from `POSSIBLE` a place is offered, from `CERTAIN` it may be taken without asking."""
LEAD = 8.0
"""How far the best must be ahead of the next to be taken without asking."""
_LONGEST = 200
_SHORTEST_GUESS = 5

_KINDS: Mapping[str, PlaceKind] = {
    **dict.fromkeys(map(fold, ("Landkreis", "Kreis", "Lkr", "LK", "district", "район", "округ")), "landkreis"),
    **dict.fromkeys(map(fold, ("Stadt", "Stadtkreis", "city", "مدينة", "شهر", "місто", "город")), "stadtkreis"),
}
_CODE = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True, slots=True)
class Match:
    """A place that may be meant. `score` goes from 0 to 100; `sure` says that asking back is not needed."""

    place: Place
    score: float
    sure: bool


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """All folded names and postal codes, each with the ids of the places that bear it."""

    places: Mapping[str, Place]
    names: Mapping[str, frozenset[str]]
    codes: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, places: Iterable[Place]) -> PlaceIndex:
        """Return the index of these places."""
        names: dict[str, set[str]] = {}
        codes: dict[str, set[str]] = {}
        known = {place.id: place for place in places}
        cities = {place.name for place in known.values() if place.kind == "stadtkreis"}
        for place in known.values():
            # Who says Heidelberg does not mean the Rhein-Neckar-Kreis, although it is run from there.
            seat = place.seat if place.seat and place.seat not in cities else ""
            for name in (place.name, seat, *place.aliases):
                if key := " ".join(_without_kind(fold(name).split())):
                    names.setdefault(key, set()).add(place.id)
            for code in place.postal_codes:
                codes.setdefault(code, set()).add(place.id)
        return cls(
            known,
            {name: frozenset(found) for name, found in names.items()},
            {code: frozenset(found) for code, found in codes.items()},
        )

    def find(self, text: str, limit: int = 3) -> list[Match]:
        """Return the places that may be meant, best first.

        The first is `sure`: take it. None is sure: ask which. No match: say that the place is not known. A name
        that several districts share (Heilbronn, city and district) is never sure unless the kind is said too.
        """
        folded = fold(text[:_LONGEST])
        if by_code := self._by_code(folded):
            return self._ranked(by_code, limit)
        words = folded.split()
        kind = next((_KINDS[word] for word in words if word in _KINDS), None)
        rest = _without_kind(words)
        scores = self._exactly(rest) or self._roughly(rest)
        return self._ranked(self._of_kind(scores, kind), limit)

    def _by_code(self, folded: str) -> dict[str, float]:
        for code in _CODE.findall(folded):
            for length in range(5, 1, -1):
                if found := self.codes.get(code[:length]):
                    return dict.fromkeys(found, EXACT)
        return {}

    def _exactly(self, words: list[str]) -> dict[str, float]:
        """Return the places of the longest run of words that is a name."""
        for run in _runs(words):
            if found := self.names.get(run):
                return dict.fromkeys(found, EXACT)
        return {}

    def _roughly(self, words: list[str]) -> dict[str, float]:
        scores: dict[str, float] = {}
        for run in _runs(words):
            if len(run) < _SHORTEST_GUESS:
                continue
            for name, score, _ in process.extract(run, self.names.keys(), scorer=fuzz.ratio, score_cutoff=POSSIBLE):
                for place in self.names[name]:
                    scores[place] = max(score, scores.get(place, 0.0))
        return scores

    def _of_kind(self, scores: dict[str, float], kind: PlaceKind | None) -> dict[str, float]:
        return {place: score for place, score in scores.items() if self.places[place].kind == kind} or scores

    def _ranked(self, scores: dict[str, float], limit: int) -> list[Match]:
        matches = [Match(self.places[place], round(score, 1), sure=False) for place, score in scores.items()]
        # Of two equals the city comes first: it is the smaller step for most people.
        matches.sort(key=lambda match: (-match.score, match.place.kind != "stadtkreis", match.place.name))
        scores_after = [match.score for match in matches[1:2]] or [0.0]
        if matches and matches[0].score >= max(CERTAIN, scores_after[0] + LEAD):
            matches[0] = replace(matches[0], sure=True)
        return matches[:limit]


def _runs(words: list[str]) -> Iterator[str]:
    for length in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _without_kind(words: list[str]) -> list[str]:
    return [word for word in words if word not in _KINDS]
