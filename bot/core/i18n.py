"""The assistant's own words in the person's language: gettext for texts, CLDR (Babel) for dates and lists."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from babel.dates import format_date, format_time, get_day_names
from babel.lists import format_list

from bot.core.language import LANGUAGES
from bot.core.text import JOINED, is_rtl, isolate

TimeOfDay = time | datetime


class Words:
    """All texts in one language. Call it with an English text and values: `words("Phone: {number}", number=n)`."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        """Speak `language` with this catalogue."""
        self.language = language
        self.direction = LANGUAGES[language].direction
        self._cldr = LANGUAGES[language].cldr
        self._translations = translations

    def __call__(self, message: str, /, **values: object) -> str:
        """Return the translation with the values filled in, each isolated from the direction around it."""
        text = self._translations.gettext(message)
        return text.format(**self._safe(values)) if values else text

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return the plural form that this language uses for `number`."""
        return self._translations.ngettext(one, many, number).format(**self._safe(values))

    def day(self, day: date) -> str:
        """Return a date with its weekday."""
        return format_date(day, format="full", locale=self._cldr)

    def date(self, day: date) -> str:
        """Return a date as written in this language, in the Gregorian calendar."""
        return format_date(day, format="long", locale=self._cldr)

    def time(self, moment: TimeOfDay) -> str:
        """Return a time of day, 24 hours, as in German opening hours."""
        return format_time(moment, format="HH:mm", locale=self._cldr)

    def span(self, opens: TimeOfDay, closes: TimeOfDay) -> str:
        """Return "08:00-12:00", kept together on one line and in its order."""
        times = f"{self.time(opens)}{JOINED}-{JOINED}{self.time(closes)}"
        return isolate(times) if self.direction == "rtl" else times

    def weekday(self, index: int) -> str:
        """Return the name of a weekday; 0 is Monday."""
        # Not "stand-alone": after Pashto, Babel 2.18 gives the Pashto names to every language that it loads.
        return str(get_day_names("wide", context="format", locale=self._cldr)[index])

    def listed(self, items: Sequence[str]) -> str:
        """Return "a, b and c", each isolated from the direction of the others."""
        return str(format_list([self._isolated(item) for item in items], locale=self._cldr))

    def _safe(self, values: Mapping[str, object]) -> dict[str, object]:
        return {name: self._isolated(value) if isinstance(value, str) else value for name, value in values.items()}

    def _isolated(self, value: str) -> str:
        return isolate(value) if self.direction == "rtl" or is_rtl(value) else value


class Catalogues:
    """The words of every language, loaded at the start."""

    def __init__(self, translations: Mapping[str, gettext.NullTranslations]) -> None:
        """Make words for each language given."""
        self._words = {language: Words(language, catalogue) for language, catalogue in translations.items()}

    def __getitem__(self, language: str) -> Words:
        """Return the words of a language; it must be one of ours."""
        return self._words[language]


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a text for the catalogues that is translated where it is used."""
    return message
