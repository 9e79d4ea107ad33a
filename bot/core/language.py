"""The thirteen languages of the assistant."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True, slots=True)
class Language:
    """A language as people choose it.

    `tag` is BCP 47, `endonym` how its speakers call it in their own script, `cldr` the locale for dates and
    numbers (CLDR names Kurmanji `ku` and knows no plain German of its own), `html` the tag for web pages.
    """

    tag: str
    endonym: str
    cldr: str
    html: str
    direction: Direction = "ltr"


LANGUAGES: MappingProxyType[str, Language] = MappingProxyType(
    {
        language.tag: language
        for language in (
            Language("de", "Deutsch", "de", "de"),
            Language("de-simple", "Deutsch (einfach)", "de", "de-simple"),
            Language("en", "English", "en_GB", "en"),
            Language("ar", "العربية", "ar", "ar", "rtl"),
            Language("uk", "Українська", "uk", "uk"),
            Language("ru", "Русский", "ru", "ru"),
            Language("tr", "Türkçe", "tr", "tr"),
            Language("fa", "فارسی / دری", "fa", "fa", "rtl"),
            Language("ps", "پښتو", "ps", "ps", "rtl"),
            Language("kmr", "Kurdî (Kurmancî)", "ku", "kmr"),
            Language("ti", "ትግርኛ", "ti", "ti"),
            Language("so", "Soomaali", "so", "so"),
            Language("fr", "Français", "fr", "fr"),
        )
    }
)

DEFAULT = "de"

# What phones and detectors say, where it differs from our tags.
_OTHER_NAMES = {"ku": "kmr", "prs": "fa", "pes": "fa", "arz": "ar", "ary": "ar", "apc": "ar", "pbu": "ps", "pst": "ps"}


def known(tag: str | None) -> str | None:
    """Return our tag for a BCP 47 tag such as `ar-SY` or `ku`, or None if the language is not among ours.

    >>> known("prs-AF"), known("de-simple"), known("pl")
    ('fa', 'de-simple', None)
    """
    if not tag:
        return None
    lowered = tag.replace("_", "-").lower()
    if lowered in LANGUAGES:
        return lowered
    primary = lowered.split("-", 1)[0]
    primary = _OTHER_NAMES.get(primary, primary)
    return primary if primary in LANGUAGES else None


def direction(tag: str) -> Direction:
    """Return the writing direction of one of our languages."""
    return LANGUAGES[tag].direction
