from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.alphabets import ALPHABETS, WITH_SIGNS
from bot.understanding.lexicon import Lexicon, build_lexicon
from bot.understanding.matching import mismatch
from bot.understanding.own_letters import OwnLetters, in_own_letters
from bot.understanding.sounds import sounds

SENTENCES = [
    ("نمیتونم از اینجا برم، کمک کنید", "fa"),
    ("میخوام با یک مشاور صحبت کنم", "fa"),
    ("نامه از Jobcenter اومده", "fa"),
    ("بدي موعد مع حدا يحكي عربي", "ar"),
    ("وين المدرسة، الشمس طالعة", "ar"),
    ("ابني مريض والجوب سنتر مسكر Jobcenter", "ar"),
    ("زه مرستې ته اړتیا لرم، کور نه لرم", "ps"),
    ("сосед кричит и бьёт ребёнка, что делать", "ru"),
    ("хочу записаться на приём", "ru"),
    ("п'ятниця підходить, сім'я приїде", "uk"),
    ("шукаю житло для дитини", "uk"),
    ("Çocuğum çok ağladı, şimdi uyuyor", "tr"),
    ("on yaşında, çok acil", "tr"),
    ("mêrê min dixwaze biçe, reş û spî", "kmr"),
    ("ሓገዝ የድልየኒ ኣሎ ቆጸራ ክገብር ደልየ", "ti"),
]


@pytest.fixture(scope="module")
def own() -> OwnLetters:
    return OwnLetters(build_lexicon(SENTENCES))


@pytest.mark.parametrize(
    ("typed", "language", "read"),
    [
        ("nemitunam az inja beram", "fa", "نمیتونم از اینجا برم"),
        ("mikham ba yek moshaver sohbat konam", "fa", "میخوام با یک مشاور صحبت کنم"),
        ("baddi maw3ed ma3 7ada ye7ki 3arabi", "ar", "بدي موعد مع حدا يحكي عربي"),
        ("za mraste ta artia laram", "ps", "زه مرستې ته اړتیا لرم"),
        ("sosed krichit i byot rebyonka", "ru", "сосед кричит и бьёт ребёнка"),
        ("ho4u zapisatsya na priyom", "ru", "хочу записаться на приём"),
        ("shukaju zhytlo dlia dytyny", "uk", "шукаю житло для дитини"),
        ("pyatnycia", "uk", "п'ятниця"),
        ("hagez yedlyeni alo", "ti", "ሓገዝ የድልየኒ ኣሎ"),
    ],
)
def test_typed_in_latin_letters_is_read_in_its_own(own: OwnLetters, typed: str, language: str, read: str) -> None:
    assert own.read(typed, language) == read


def test_however_it_is_typed(own: OwnLetters) -> None:
    for typed in ("baddi maw3ed", "bidi maw3id", "badi mawed", "BADDI MAW3ED"):
        assert own.read(typed, "ar") == "بدي موعد"


def test_signs_stay_where_they_are(own: OwnLetters) -> None:
    assert own.read("Sosed krichit!! (chto delat?) 15.30", "ru") == "сосед кричит!! (что делать?) 15.30"


def test_german_words_and_unknown_ones_stay(own: OwnLetters) -> None:
    assert own.read("name az Jobcenter umade, Wohnungsgeberbestätigung", "fa") == (
        "نامه از Jobcenter اومده, Wohnungsgeberbestätigung"
    )


@pytest.mark.parametrize("typed", ["el madrase", "el-madrase", "elmadrase", "l madrasa", "almadrasa"])
def test_the_arabic_article_is_typed_in_many_ways(own: OwnLetters, typed: str) -> None:
    assert own.read(f"wen {typed}", "ar") == "وين المدرسة"


def test_the_article_that_is_heard_as_the_next_letter(own: OwnLetters) -> None:
    assert own.read("eshshams tal3a", "ar") == "الشمس طالعة"


def test_the_persian_ezafe_is_not_written(own: OwnLetters) -> None:
    assert own.read("komak-e moshaver", "fa") == "کمک مشاور"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich suche eine Wohnung", "de"),
        ("xani digerim", "kmr"),
        ("нет, это по-русски privet", "ru"),
        ("nemitunam", None),
        ("", "fa"),
        ("🙂 12 ?", "ar"),
    ],
)
def test_everything_else_stays_as_it_is(own: OwnLetters, text: str, language: str | None) -> None:
    assert own.read(text, language) == text


@pytest.mark.parametrize(
    ("typed", "language", "read"),
    [
        ("cocugum cok agladi", "tr", "çocuğum çok ağladı"),
        ("ON yasinda, bankamatik", "tr", "ON yaşında, bankamatik"),
        ("mere min resh u spi", "kmr", "mêrê min reş û spî"),
        ("çocugum cok agladi", "tr", "çocugum cok agladi"),
        ("cocugum cok agladi", "de", "cocugum cok agladi"),
    ],
)
def test_signs_that_were_left_out_are_added_where_a_text_has_none(
    own: OwnLetters, typed: str, language: str, read: str
) -> None:
    assert own.read(typed, language) == read


def test_nothing_is_read_without_words_to_know() -> None:
    assert OwnLetters(Lexicon()).read("nemitunam az inja beram", "fa") == "nemitunam az inja beram"
    assert build_lexicon([]).keys.size == 0


def test_of_two_words_that_sound_alike_the_frequent_one_is_meant() -> None:
    sentences = [("قلب", "ar"), *[(f"كلب {n}", "ar") for n in range(20)]]
    assert OwnLetters(build_lexicon(sentences)).read("kalb", "ar") == "كلب"


def test_examples_in_latin_letters_are_read_by_the_words_of_the_others() -> None:
    texts, languages = ["хочу записаться", "hochu zapisatsya", "Wohnung"], ["ru", "ru", "de"]
    assert in_own_letters(texts, languages)[0] == ["хочу записаться", "хочу записаться", "Wohnung"]


def test_the_same_sentences_give_the_same_lexicon() -> None:
    one, other = build_lexicon(SENTENCES), build_lexicon(SENTENCES)
    assert one.letters.tobytes() == other.letters.tobytes()
    assert one.keys.tolist() == other.keys.tolist() == sorted(one.keys.tolist())


@pytest.mark.parametrize("language", sorted(ALPHABETS))
def test_every_letter_has_a_spelling_and_costs_nothing_in_its_likeliest(language: str) -> None:
    for letter, spellings in ALPHABETS[language].items():
        assert spellings
        assert mismatch(letter, spellings[0], language) == 0


def test_a_word_is_farther_the_less_it_is_like_it() -> None:
    exact, near, far = (mismatch("хочу", typed, "ru") for typed in ("hochu", "xo4u", "hochet"))
    assert exact < near < far
    assert mismatch("хочу", "privet", "ru", most=1) == float("inf")


def test_a_word_of_another_alphabet_is_like_nothing() -> None:
    assert mismatch("хочу", "hochu", "fa") == float("inf")


@given(st.text(max_size=60), st.sampled_from([*sorted({*ALPHABETS, *WITH_SIGNS}), "de", None]))
def test_whatever_is_typed_is_read(own: OwnLetters, text: str, language: str | None) -> None:
    assert isinstance(own.read(text, language), str)


def test_consonants_are_heard_alike_however_they_are_typed() -> None:
    assert sounds("maw3ed", "ar") == sounds("mou3id", "ar")
    assert sounds("shcho", "uk") == sounds("scho", "uk")
    assert sounds("khane", "fa") == sounds("xaneh", "fa")
