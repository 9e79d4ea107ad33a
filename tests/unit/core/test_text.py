from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import is_rtl, isolate, without_direction_marks


@given(st.text())
def test_isolating_twice_changes_nothing_more(text: str) -> None:
    assert isolate(isolate(text)) == isolate(text)


@given(st.text(alphabet="abc 123 ابت"))
def test_marks_can_be_taken_away_again(text: str) -> None:
    assert without_direction_marks(isolate(text)) == text


def test_direction_is_that_of_the_first_strong_letter() -> None:
    assert is_rtl("112 الشرطة")
    assert not is_rtl("Bürgeramt الشرطة")
    assert not is_rtl("112")
