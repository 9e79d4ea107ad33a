"""The shape of services/services.yml and of services/<language>.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from bot.library.formats import Audience, Format, OfficeKind, PageId, Phone, Slug, Text, Url
from bot.library.sheets import SheetFile


class ServiceEntry(Format):
    """A kind of service that exists all over the Land."""

    id: Slug
    office: OfficeKind | None = Field(None, description="The kind under which places have their own in offices.yml.")
    name: Text = Field(description="The German name, as on doors.")
    topics: Annotated[list[PageId], Field(min_length=1, description="What it helps with, what it is best at first.")]
    audience: Annotated[list[Audience], Field(min_length=1)]
    free: bool
    confidential: bool = Field(description="Keeps what it hears to itself; no authority.")
    finder: Url | None = Field(None, description="Official page on which one finds the one nearby.")
    phone: Phone | None = None


class ServicesFile(Format):
    """services.yml: the regular services."""

    services: list[ServiceEntry]


class ServiceText(Format):
    """A service in one language."""

    name: Text
    does: Annotated[str, Field(min_length=5, max_length=200, description="For whom, and what it does.")]


class ServiceTexts(SheetFile):
    """<language>.yml: the services in one language."""

    services: dict[Slug, ServiceText]

    def parts(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """Return name and description of each service."""
        return {("services", key): (entry.name, entry.does) for key, entry in self.services.items()}
