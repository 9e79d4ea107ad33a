from datetime import date, time
from pathlib import Path

import pytest

from bot import catalogues
from bot.core.i18n import Catalogues
from bot.core.language import LANGUAGES


@pytest.fixture(scope="module")
def words() -> Catalogues:
    return catalogues.load(Path("locales"))


def test_numbers_keep_their_direction_inside_arabic(words: Catalogues) -> None:
    assert "\u2068110\u2069" in words["ar"]("{number}: police", number="110")


def test_german_sentences_hold_no_invisible_marks(words: Catalogues) -> None:
    assert words["de"]("{number}: police", number="110") == "110: Polizei"


def test_arabic_names_are_isolated_inside_german(words: Catalogues) -> None:
    assert "\u2068العربية\u2069" in words["de"]("Language: {language}", language="العربية")


def test_arabic_uses_its_plural_forms(words: Catalogues) -> None:
    one, many = "{count} message, encrypted", "{count} messages, encrypted"
    forms = {words["ar"].count(one, many, n, count=n).replace(str(n), "#") for n in (0, 1, 2, 5, 11, 100)}
    assert len(forms) >= 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_writes_dates_and_times(words: Catalogues, language: str) -> None:
    spoken = words[language]
    assert "2026" in spoken.date(date(2026, 11, 22))
    assert spoken.time(time(8, 5)) == "08:05"
    assert len({spoken.weekday(day) for day in range(7)}) == 7
