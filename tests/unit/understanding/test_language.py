from __future__ import annotations

import pytest

from bot.understanding.language import Languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich suche eine Wohnung für meine Familie", "de"),
        ("where can I learn German in the evening", "en"),
        ("أين يمكنني أن أجد طبيبا اليوم", "ar"),
        ("وين بلاقي دكتور اليوم", "ar"),
        ("мені потрібна допомога з документами", "uk"),
        ("мне нужна помощь с документами", "ru"),
        ("çocuğumu okula kaydettirmek istiyorum", "tr"),
        ("چطور می‌توانم اقامتم را تمدید کنم", "fa"),
        ("زه د کار اجازه څنګه ترلاسه کولای شم", "ps"),
        ("ez dixwazim karekî bibînim", "kmr"),
        ("ኣበይ ሓኪም ክረክብ እኽእል", "ti"),
        ("waxaan rabaa inaan barto luqadda Jarmalka", "so"),
        ("je cherche un médecin pour mon enfant", "fr"),
    ],
)
def test_each_language_is_recognised(languages: Languages, text: str, language: str) -> None:
    assert languages.guess(text) == language


@pytest.mark.parametrize("text", ["", "12345", "🔥🔥", "Maria Schmidt", "ok", "https://example.org/wo-ist-das"])
def test_short_and_wordless_texts_are_left_open(languages: Languages, text: str) -> None:
    assert languages.guess(text) is None


def test_a_letter_that_no_other_language_has_is_enough(languages: Languages) -> None:
    assert [languages.guess(text) for text in ("ሰላም", "привіт", "мы", "څنګه")] == ["ti", "uk", "ru", "ps"]


def test_a_german_office_word_does_not_make_the_sentence_german(languages: Languages) -> None:
    assert languages.guess("what is a Wohnungsgeberbestätigung and who signs it") == "en"
    assert languages.guess("كيف اعمل Wohnungsgeberbestätigung اليوم") == "ar"


@pytest.mark.parametrize("text", ["quiero buscar trabajo en esta ciudad", "szukam mieszkania dla mojej rodziny"])
def test_languages_that_are_not_ours_are_left_open(languages: Languages, text: str) -> None:
    assert languages.guess(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("badi shouf 7akim l ebni", "ar"),
        ("kak prodlit vid na zhitelstvo", "ru"),
        ("yak prodovzhyty dozvil na prozhyvannia", "uk"),
        ("chetor mitoonam khoone peyda konam", "fa"),
    ],
)
def test_latin_letters_are_read_too(languages: Languages, text: str, language: str) -> None:
    assert languages.guess(text) == language
    assert languages.guess(text, chosen=language) == language


def test_the_chosen_language_decides_close_calls_alone(languages: Languages) -> None:
    assert [languages.guess("план на завтра", chosen=chosen) for chosen in ("uk", "ru")] == ["uk", "ru"]
    assert languages.guess("Ich suche eine Wohnung für meine Familie", chosen="ar") == "de"


def test_plain_german_is_german(languages: Languages) -> None:
    assert languages.guess("Ich suche eine Wohnung", chosen="de-simple") == "de"
