"""The shape of professions/professions.yml and of professions/<language>.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from bot.library.formats import Format, Slug, Text, Url
from bot.library.sheets import SheetFile


class BodyEntry(Format):
    """Who decides about recognition."""

    id: Slug
    name: Text
    website: Url | None = None


class ProfessionEntry(Format):
    """A profession in professions.yml."""

    id: Slug
    field: Slug
    regulated: Literal["yes", "title", "partly", "no"] = Field(
        description="yes: nobody may work in it without permission; title: nobody may use the title; partly: in part."
    )
    body: Slug
    first_step: Slug
    also: list[Text] = Field([], description="Other German words for it.")
    finder: Url | None = Field(None, description="The profession's official page.")


class ProfessionsFile(Format):
    """professions.yml: which professions are regulated, and who decides."""

    fields: Annotated[list[Slug], Field(min_length=1, description="Fields of work, in the order they are shown.")]
    bodies: list[BodyEntry]
    first_steps: list[Slug]
    professions: list[ProfessionEntry]


class ProfessionTexts(SheetFile):
    """<language>.yml: names of fields and professions, and the first steps, in one language."""

    fields: dict[Slug, Text]
    first_steps: dict[Slug, Annotated[str, Field(min_length=5, max_length=320)]]
    professions: dict[Slug, Text]

    def parts(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Return every text."""
        groups = {"fields": self.fields, "first_steps": self.first_steps, "professions": self.professions}
        return {(group, key): (text,) for group, texts in groups.items() for key, text in texts.items()}
