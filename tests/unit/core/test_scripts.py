from __future__ import annotations

import pytest

from bot.core.scripts import invisible_characters, mixed_words


@pytest.mark.parametrize("word", ["Pa\u0441", "п\u0430\u0441port", "c\u043eт", "αb", "aعb", "عaع", "ሀaሀ", "сት"])
def test_a_word_of_two_scripts_is_found(word: str) -> None:
    assert list(mixed_words(f"ab {word}, cd")) == [(3, word)]


@pytest.mark.parametrize(
    "text", ["Jobcenter-у", "الـJobcenter", "ናብJobcenter", "Анмельдунг (Anmeldung)", "Müßiggang", "B2", "می‌خواهم"]
)
def test_prefixes_before_german_words_are_fine(text: str) -> None:
    assert list(mixed_words(text)) == []


def test_invisible_characters_are_found_but_not_the_persian_joiner() -> None:
    assert list(invisible_characters("a\u200e می\u200cخواهم \u00ad")) == [(1, "U+200E"), (12, "U+00AD")]
