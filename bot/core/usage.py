"""How often pages are read and whether they help: counts that belong to nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

PageUse = tuple[str, str]
"""Id of a page, and the language it was read in."""


@dataclass(frozen=True, slots=True)
class PageFigures:
    """How often a page was shown since counting began, and how many said that it helped, and that it did not."""

    page: str
    shown: int
    helped: int
    not_helped: int


class Tally:
    """Counts in memory: a row in the database for every page shown would make each answer slower.

    What was counted since the last `take` is lost with the process.
    """

    def __init__(self) -> None:
        """Begin at nothing."""
        self._counts: Counter[PageUse] = Counter()

    def shown(self, page: str, language: str) -> None:
        """Count that a page was shown."""
        self._counts[page, language] += 1

    def take(self) -> Mapping[PageUse, int]:
        """Return what was counted, and begin anew."""
        counts, self._counts = self._counts, Counter()
        return counts

    def give_back(self, counts: Mapping[PageUse, int]) -> None:
        """Take back what could not be stored."""
        self._counts.update(counts)
