"""How well pages are found: on the evaluation utterances whose intent is a page, and on misspelt office words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.ports import Searches
from bot.understanding.cases import Case

_OFFERED = 3
_LONG_ENOUGH = 6
"""Letters of a word from which a slip leaves something to recognise."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of so many questions, the share whose page came first, and was among the first three."""

    name: str
    texts: int
    first: float
    offered: float

    @property
    def row(self) -> list[str]:
        """Return a row of the table."""
        return [self.name, str(self.texts), f"{self.first:.1%}", f"{self.offered:.1%}"]


async def evaluate_search(searches: Searches, cases: Sequence[Case], pages: Iterable[str]) -> list[Found]:
    """Return the figures of each language and of all, for the cases that ask for one of these pages."""
    wanted = frozenset(pages)
    ranks: dict[str, list[int]] = {}
    for case in cases:
        if case.intent in wanted:
            hits = await searches.search(case.text, language=case.language, limit=_OFFERED)
            ranks.setdefault(case.language, []).append(_rank(case.intent, [hit.page for hit in hits]))
    found = [_found(language, some) for language, some in sorted(ranks.items())]
    return [*found, _found("all", [rank for some in ranks.values() for rank in some])]


def misspelt(keywords: Mapping[str, Sequence[str]]) -> list[Case]:
    """Return the office words of each page with a slip of the fingers: a letter left out, doubled, or two exchanged."""
    cases = []
    for page, words in sorted(keywords.items()):
        for number, word in enumerate(one for one in words if len(one) >= _LONG_ENOUGH):
            middle = len(word) // 2
            slips = (
                word[:middle] + word[middle + 1 :],
                word[:middle] + word[middle] + word[middle:],
                word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :],
            )
            cases.append(Case(slips[number % len(slips)], page, "office words"))
    return cases


def _rank(page: str, found: Sequence[str]) -> int:
    """Return the place of a page among those found, counted from 1; one more than there are places if it is not."""
    return found.index(page) + 1 if page in found else _OFFERED + 1


def _found(name: str, ranks: Sequence[int]) -> Found:
    number = max(len(ranks), 1)
    return Found(
        name, len(ranks), sum(rank == 1 for rank in ranks) / number, sum(rank <= _OFFERED for rank in ranks) / number
    )
