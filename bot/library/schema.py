"""JSON Schemas of the content files, for completion and hints in editors' programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from bot.core.language import LANGUAGES
from bot.library.event_format import EventsFile
from bot.library.formats import FrontMatter, OfficesFile, PageFile, PlaceFile, PlacesFile
from bot.library.glossary_format import MeaningsFile, WordsFile
from bot.library.professions_format import ProfessionsFile, ProfessionTexts
from bot.library.services_format import ServicesFile, ServiceTexts

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILES: Mapping[str, type[BaseModel]] = {
    "page.yml": PageFile,
    "place.yml": PlaceFile,
    "offices.yml": OfficesFile,
    "events.yml": EventsFile,
    "places.yml": PlacesFile,
    "words.yml": WordsFile,
    "words-text.yml": MeaningsFile,
    "services.yml": ServicesFile,
    "services-text.yml": ServiceTexts,
    "professions.yml": ProfessionsFile,
    "professions-text.yml": ProfessionTexts,
    "text.md": FrontMatter,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each file by its name.

    `text.md` stands for the front matter of a <language>.md, `words-text.yml` for a <language>.yml beside words.yml,
    and so on.
    """
    return {name: {"$schema": _DIALECT, **_with_languages(model.model_json_schema())} for name, model in _FILES.items()}


def _with_languages(schema: dict[str, Any]) -> dict[str, Any]:
    """Name the languages where the schema only says text; pydantic does not see into our validators."""
    tags = list(LANGUAGES)
    for part in (schema, *schema.get("$defs", {}).values()):
        fields = part.get("properties", {})
        if "languages" in fields:
            fields["languages"]["items"] = {"enum": tags}
        if "spellings" in fields:
            fields["spellings"]["propertyNames"] = {"enum": tags}
    return schema
