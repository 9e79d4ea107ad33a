"""The shape of glossary/words.yml and of glossary/<language>.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from bot.library.formats import Format, PageId, Slug, Text
from bot.library.sheets import SheetFile

LONGEST_MEANING = 260
"""Characters."""


class WordEntry(Format):
    """An office word in words.yml."""

    id: Slug
    word: Annotated[str, Field(min_length=2, max_length=80, description="As it stands on letters and doors.")]
    also: list[Text] = Field([], description="Other forms, abbreviations, frequent slips.")
    page: PageId | None = Field(None, description="The page that tells more.")


class WordsFile(Format):
    """words.yml: which office words are explained."""

    words: list[WordEntry]


class MeaningEntry(Format):
    """What a word means, in one language."""

    name: Text | None = Field(None, description="What one would call it in this language; not in German.")
    means: Annotated[str, Field(min_length=5, max_length=LONGEST_MEANING)]


class MeaningsFile(SheetFile):
    """<language>.yml: the meanings of the words in one language."""

    words: dict[Slug, MeaningEntry]

    def parts(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Return the meaning of each word; the name follows from it."""
        return {("words", word): (entry.means,) for word, entry in self.words.items()}

    def texts(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Return meanings and names."""
        return {("words", word): (entry.means, entry.name or "") for word, entry in self.words.items()}
