import subprocess
import sys
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


def test_no_language_borrows_the_weekdays_of_the_one_before() -> None:
    # In a process of its own: what Babel has read stays read, and the mistake shows only in what comes after Pashto.
    script = (
        "from tests.house import our_words\n"
        "words = our_words()\n"
        "for tag in ('ps', 'de', 'ti', 'kmr', 'fr', 'so', 'uk', 'ar'): print(words[tag].weekday(1))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.split() == ["درېنۍ", "Dienstag", "ሰሉስ", "sêşem", "mardi", "Talaado", "вівторок", "الثلاثاء"]


def test_a_date_with_its_weekday_has_the_commas_of_its_language(words: Catalogues) -> None:
    day = date(2026, 12, 1)
    assert words["ar"].day(day) == "الثلاثاء، 1 ديسمبر 2026"
    assert words["ti"].day(day) == "ሰሉስ፣ 1 ታሕሳስ 2026"
    assert words["de"].day(day) == "Dienstag, 1. Dezember 2026"
