from __future__ import annotations

import pytest

from bot.understanding.normalise import LONGEST, fold, tidy


def test_tidy_drops_what_cannot_be_seen_and_keeps_the_rest() -> None:
    assert tidy("\u200fمرحبا\u200e \u2068x\u2069\u200b\ufeff \t\n ё\u0301 \x00!") == "مرحبا x ё\u0301 !"


def test_tidy_survives_half_a_surrogate() -> None:
    assert tidy("a\ud83db").encode() == b"a b"


def test_tidy_reads_the_beginning_of_endless_texts_alone() -> None:
    assert len(tidy("a " * LONGEST)) == LONGEST - 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HİLFE IŞIK", "hilfe ışık"),  # Turkish capital and dotless i
        ("Ez î kar dixwazim", "ez i kar dixwazim"),  # Kurdish without accents
        ("Straße für Öl", "STRASSE fur ol"),
        ("علي إلى أنا مدرسةٌ", "على الى انا مدرسه"),  # Arabic y, hamza, ta marbuta, vowel signs
        ("كتاب يک", "کتاب یک"),  # Arabic and Persian k and y
        ("می‌خواهم", "میخواهم"),  # zero-width non-joiner
        ("ګواښ ۍ", "کواښ ی"),  # Pashto g and y
        ("ሐኀሓ ሠራሕ ፀሓይ ዐይኒ", "ሀሀሃ ሰራህ ጸሃይ አይኒ"),  # Ethiopic letters of one sound
        ("м’ясо ще", "м'ясо ще"),
        ("ёлка", "елка"),
        ("٤٥ ۴۵ euro", "45 45 EURO"),
        ("heeeelp!!!", "help"),
        ("ＷＧ，３", "wg 3"),
    ],
)
def test_spellings_of_the_same_fold_to_the_same(one: str, other: str) -> None:
    assert one != other
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("schaffen", "schafen"), ("1000", "10"), ("نار", "نور"), ("ሓዊ", "ሓው"), ("kar", "kir"), ("і", "и")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_punctuation_separates_and_symbols_are_words() -> None:
    assert fold("Feuer!Hilfe🔥ቤት፡ገዛ") == "feuer hilfe 🔥 ቤት ገዛ"


def test_folding_twice_changes_nothing() -> None:
    text = "Größe İstanbul كيف أنتَ می‌خواهم ሐዊ 🆘🆘 м'яч ٣"
    assert fold(fold(text)) == fold(text) != text
