from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import FSI, PDI, without_direction_marks
from bot.library.bidi import isolate_numbers


def shown(text: str) -> str:
    return text.replace(FSI, "<").replace(PDI, ">")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("اتصل 0711 123-45 الآن", "اتصل <0711 123-45> الآن"),
        ("+49 (0)711 123 أو 116 117.", "<+49 (0)711 123> أو <116 117>."),
        ("في 2025, 2026", "في 2025, 2026"),
        ("من 08:00–12:00", "من <08:00–12:00>"),
        ("1.234,50 يورو", "<1.234,50> يورو"),
        ("اكتب a.b@c-d.de.", "اكتب <a.b@c-d.de>."),
        ("العنوان Lange Straße 5 a, 70173 Stuttgart.", "العنوان <Lange Straße 5 a, 70173 Stuttgart>."),
        ("§ 24 AufenthG", "<§ 24 AufenthG>"),
        ("رقم 5", "رقم 5"),
    ],
)
def test_numbers_and_addresses_are_isolated_in_rtl_text(text: str, expected: str) -> None:
    assert shown(isolate_numbers(text, "ar")) == expected
    assert isolate_numbers(text, "de") == text


@given(st.text(st.sampled_from(f"0123456789 +-/().:,ab@§اب{FSI}{PDI}")))
def test_isolating_changes_nothing_that_is_seen_and_not_twice(text: str) -> None:
    once = isolate_numbers(text, "ar")
    assert without_direction_marks(once) == without_direction_marks(text)
    if FSI not in text and PDI not in text:
        assert isolate_numbers(once, "ar") == once
        assert once.count(FSI) == once.count(PDI)
