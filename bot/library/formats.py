"""The shape of each file, for checking and for the schemas that editors' programs complete from."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.core.language import LANGUAGES
from bot.library.model import Method, PlaceKind

SHORT, BODY, TITLE = 300, 1_800, 100
"""Characters."""
LONGEST_IMPORTED = 60_000
"""Characters of a long text that was taken over from elsewhere."""

OfficeKind = Literal[
    "buergeramt",
    "auslaenderbehoerde",
    "jobcenter",
    "agentur_fuer_arbeit",
    "integrationsmanagement",
    "volkshochschule",
    "migrationsberatung",
    "jugendmigrationsdienst",
    "schulamt",
    "jugendamt",
    "gesundheitsamt",
    "wohnungsamt",
    "welcome_center",
    "frauenberatung",
]
Audience = Literal["all", "asylum", "tolerated", "recognised", "temporary_protection", "eu", "skilled"]


def _known_language(tag: str) -> str:
    if tag not in LANGUAGES:
        raise ValueError(f"unknown language {tag}; known are {', '.join(LANGUAGES)}")
    return tag


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as exc:
        raise ValueError(f"unknown time zone {name}") from exc
    return name


def _names(value: object) -> object:
    return {"de": value} if isinstance(value, str) else value


def _with_german(names: dict[str, str]) -> dict[str, str]:
    if "de" not in names:
        raise ValueError("the German name (de) is missing")
    return names


Text = Annotated[str, Field(min_length=1, max_length=500)]
PAGE_ID = re.compile(r"^[a-z]+(\.[a-z0-9_]+)+$|^[a-z]+-[0-9]+$")
PageId = Annotated[str, Field(pattern=PAGE_ID.pattern)]
SLUG = re.compile(r"^[a-z0-9]+([-_][a-z0-9]+)*$")
Slug = Annotated[str, Field(pattern=SLUG.pattern)]
LanguageTag = Annotated[str, AfterValidator(_known_language)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s/]+\.[^\s]+$")]
Phone = Annotated[str, Field(pattern=r"^(\+|0)[0-9][0-9 /()-]{3,25}[0-9]$|^11[0-9]$|^116 ?[0-9]{3}$")]
Email = Annotated[str, Field(pattern=r"^[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}$")]
NameText = Annotated[
    dict[LanguageTag, Text],
    AfterValidator(_with_german),
    BeforeValidator(_names, json_schema_input_type=str | dict[str, str]),
]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
_SPAN = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d( appointment_only)?"
Span = Annotated[str, Field(pattern=f"^{_SPAN}$", examples=["08:00-12:00", "14:00-16:00 appointment_only"])]


class Format(BaseModel):
    """Nothing that is not named here may stand in a file."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class PageFile(Format):
    """page.yml: what holds for a page in every language."""

    id: PageId
    audience: Annotated[list[Audience], Field(min_length=1)] = Field(description="For whom the answer holds.")
    owner: Slug = Field(description="Who keeps it right.")
    source_url: Url
    source_name: Text
    reviewed_on: datetime.date
    review_by: datetime.date
    valid_until: datetime.date | None = Field(
        None, description="Set when the text has a sum, age or deadline that changes."
    )
    origin: Url | None = Field(None, description="Where an imported page comes from; the next import replaces it.")
    section: bool = Field(False, description="A heading over its related pages, without a long text.")
    keywords: list[Text] = Field([], description="German words on letters and doors that lead here.")
    notranslate: list[Text] = Field([], description="Office words that stay German in every translation.")
    offices: list[OfficeKind] = []
    related: list[PageId] = []

    @model_validator(mode="after")
    def _in_order(self) -> PageFile:
        if self.review_by < self.reviewed_on:
            raise ValueError("review_by lies before reviewed_on")
        return self


class FrontMatter(Format):
    """The head of a <language>.md."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE)]
    short: Annotated[str, Field(min_length=1, max_length=SHORT)]
    method: Method
    reviewer: Text | None = None
    source_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None

    @model_validator(mode="after")
    def _reviewed_by_someone(self) -> FrontMatter:
        if self.method == "machine_reviewed" and not self.reviewer:
            raise ValueError("method machine_reviewed needs a reviewer")
        return self


class ContactFile(Format):
    """Someone to call or write to."""

    name: NameText
    phone: Phone | None = None
    email: Email | None = None
    website: Url | None = None


class PlaceFile(Format):
    """place.yml: what a place adds to its line in places.yml."""

    languages: list[LanguageTag] = list(LANGUAGES)
    time_zone: TimeZone = "Europe/Berlin"
    contacts: list[ContactFile] = []
    emergency: list[ContactFile] = []


class PlaceEntry(Format):
    """A place in places.yml."""

    id: Slug
    key: Annotated[str, Field(pattern=r"^\d{2,12}$")] | None = Field(None, description="Official regional key.")
    name: Text
    kind: PlaceKind
    parent: Slug | None = None
    seat: Text | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    aliases: list[Text] = []
    spellings: dict[LanguageTag, list[Text]] = Field({}, description="How people write it, by language.")
    postal_codes: list[Annotated[str, Field(pattern=r"^\d{2,5}$")]] = Field([], description="Codes or prefixes.")
    fictional: bool = False


class PlacesFile(Format):
    """places.yml: every place that can be chosen."""

    places: list[PlaceEntry]


class Hours(Format):
    """Spans of local time per weekday; a day that is missing is closed."""

    monday: list[Span] = []
    tuesday: list[Span] = []
    wednesday: list[Span] = []
    thursday: list[Span] = []
    friday: list[Span] = []
    saturday: list[Span] = []
    sunday: list[Span] = []


class ExceptionEntry(Format):
    """Other hours on a date, or from a date `until` another; no hours means closed."""

    date: datetime.date
    until: datetime.date | None = None
    hours: list[Span] = []
    note: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ExceptionEntry:
        if self.until is not None and self.until < self.date:
            raise ValueError("until lies before date")
        return self


class Reachable(Format):
    """Where something is, how to reach it, and who can go there."""

    address: Text | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    phone: Phone | None = None
    email: Email | None = None
    website: Url | None = None
    languages: list[LanguageTag] = Field([], description="Languages spoken there.")
    step_free: bool | None = None
    fictional: bool = False


class OfficeEntry(Reachable):
    """An office in offices.yml."""

    id: Slug
    kind: OfficeKind
    name: NameText
    hours: Hours = Hours()
    exceptions: list[ExceptionEntry] = []


class OfficesFile(Format):
    """offices.yml: the offices of a place."""

    offices: list[OfficeEntry]


def page_over(common: Mapping[str, Any], own: object) -> object:
    """Return the page.yml of a place filled up from the common page: what it names itself comes first."""
    return {**common, **own} if isinstance(own, dict) else own


def span_parts(span: str) -> tuple[str, str, bool]:
    """Return opening time, closing time and whether by appointment only, of a checked span."""
    times, _, flag = span.partition(" ")
    opens, closes = re.split("-", times, maxsplit=1)
    return opens, closes, flag == "appointment_only"
