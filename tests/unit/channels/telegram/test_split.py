import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.markup import Mark, Styled, styled
from bot.channels.telegram.compose import _entities
from bot.channels.telegram.split import LONGEST, split, units
from bot.core.text import FSI, PDI

PIECES = st.sampled_from(
    [
        "Wort", "und", "متن", "سلام.", "ኣብዚ", "Привіт!", " ", " ", " ", "\n", "\n\n", "👩‍👩‍👧‍👦", "🇩🇪", "🇺🇦🇸🇾",
        "👍🏽", "é",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "क्षि", "한", "a" * 30, f"{FSI}+49 711 12{PDI}", "︎", "\u200d", "1️⃣",
    ]
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> Styled:
    text, marks = "", []
    for _ in range(draw(st.integers(1, 8))):
        words = "".join(draw(st.lists(PIECES, min_size=1, max_size=20)))
        kind = draw(st.sampled_from([None, None, "bold", "link"]))
        if kind and words.strip():
            marks.append(Mark(len(text), len(text) + len(words), "https://a.de" if kind == "link" else None))
        text += words
    return Styled(text, tuple(marks))


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(texts(), st.integers(60, 200))
def test_parts_fit_and_nothing_is_lost(whole: Styled, longest: int) -> None:
    parts = split(whole, longest)
    assert all(0 < units(part.text) <= longest for part in parts)
    assert without_space("".join(part.text for part in parts)) == without_space(whole.text)


@given(texts(), st.integers(60, 200))
def test_marks_stay_in_one_piece_when_they_fit(whole: Styled, longest: int) -> None:
    parts = split(whole, longest)
    before = [
        (without_space(whole.text[mark.start : mark.end]), mark.url)
        for mark in whole.marks
        if whole.text[mark.start : mark.end].strip()
    ]
    after = [(without_space(part.text[mark.start : mark.end]), mark.url) for part in parts for mark in part.marks]
    if all(units(whole.text[mark.start : mark.end]) <= longest for mark in whole.marks):
        assert after == before
    else:
        assert "".join(text for text, _ in after) == "".join(text for text, _ in before)


@given(texts(), st.integers(60, 200))
def test_isolated_numbers_are_never_cut(whole: Styled, longest: int) -> None:
    if any(units(whole.text[mark.start : mark.end]) > longest for mark in whole.marks):
        return
    for part in split(whole, longest):
        assert part.text.count(FSI) == part.text.count(PDI)


@given(texts(), st.integers(60, 200))
def test_entities_lie_within_the_text_in_utf16(whole: Styled, longest: int) -> None:
    for part in split(whole, longest):
        encoded = part.text.encode("utf-16-le")
        for entity, mark in zip(_entities(part), part.marks, strict=True):
            inside = encoded[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
            assert inside
            assert inside == part.text[mark.start : mark.end].rstrip()


VISIBLE = st.sampled_from(["👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "é", "1️⃣", "ሰ"])


@given(st.lists(VISIBLE, min_size=20, max_size=60), st.integers(25, 60))
def test_visible_characters_stay_whole_even_without_any_space(chars: list[str], longest: int) -> None:
    parts = [part.text for part in split(Styled("".join(chars)), longest)]
    left = list(chars)
    for part in parts:
        while part:
            assert part.startswith(left[0])
            part = part.removeprefix(left.pop(0))
    assert not left


def test_short_text_stays_one_message() -> None:
    assert split(Styled("hello")) == [Styled("hello")]
    assert split(Styled("a" * LONGEST)) == [Styled("a" * LONGEST)]
    assert split(Styled("  \n ")) == []


def test_paragraphs_are_preferred_to_sentences_and_those_to_words() -> None:
    assert [part.text for part in split(Styled("one two. three\n\nfour five. six"), 20)] == [
        "one two. three", "four five. six",
    ]  # fmt: skip
    assert [part.text for part in split(Styled("one two three. four five six"), 20)] == [
        "one two three.", "four five six",
    ]  # fmt: skip
    assert [part.text for part in split(Styled("one two three four five"), 15)] == ["one two three", "four five"]


def test_emoji_count_twice() -> None:
    parts = split(Styled("😀" * 3_000))
    assert [units(part.text) for part in parts] == [4_096, 1_904]


def test_bold_longer_than_a_message_goes_on_bold_in_the_next() -> None:
    whole = styled("**" + "wort " * 1_500 + "ende**", "de", markup=True)
    parts = split(whole)
    assert len(parts) == 2
    assert all(part.marks == (Mark(0, len(part.text)),) for part in parts)


def test_a_cut_is_quick_even_in_hostile_text() -> None:
    zalgo = "a" + "\u0301" * 20_000
    assert "".join(part.text for part in split(Styled(zalgo))) == zalgo
