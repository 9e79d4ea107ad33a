from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import FSI, PDI, without_direction_marks
from bot.library.render import isolate_numbers, to_html, to_plain

MARKDOWN = """\
Rufen Sie an:
**0711 123-45**.

## Mitbringen
- Pass
- [Antrag](https://www.bamf.de/a?b=1&c=2)

3. drei
4. vier

[bamf.de](https://www.bamf.de)"""


def shown(text: str) -> str:
    return text.replace(FSI, "<").replace(PDI, ">")


def test_plain_text_keeps_the_shape() -> None:
    assert to_plain(MARKDOWN, "de") == (
        "Rufen Sie an: 0711 123-45.\n\nMitbringen\n\n• Pass\n• Antrag: https://www.bamf.de/a?b=1&c=2\n\n"
        "3. drei\n4. vier\n\nhttps://www.bamf.de"
    )


def test_html_has_links_that_tell_nothing_about_where_one_came_from() -> None:
    link = '<a href="https://www.bamf.de/a?b=1&amp;c=2" rel="noopener nofollow" target="_blank">Antrag</a>'
    assert to_html("- [Antrag](https://www.bamf.de/a?b=1&c=2)", "de") == f"<ul>\n<li>{link}</li>\n</ul>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](http://a.de)",
        "![x](https://a.de/x.png)",
        "<b>x</b>",
    ],
)
def test_html_in_a_text_is_only_text(attack: str) -> None:
    html = to_html(attack, "ar")
    for forbidden in ("<script", "<b>", "<img", 'href="javascript', 'href="http:'):
        assert forbidden not in html
    assert html.startswith("<p>")


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


def test_both_renderings_isolate() -> None:
    markdown = "اتصل **0711 123-45** [x](https://a.de)"
    assert shown(to_plain(markdown, "fa")) == "اتصل <0711 123-45> x: <https://a.de>"
    assert f"<strong>{FSI}0711 123-45{PDI}</strong>" in to_html(markdown, "fa")
    assert 'href="https://a.de"' in to_html(markdown, "fa")


@given(st.text(st.sampled_from(f"0123456789 +-/().:,ab@§اب{FSI}{PDI}")))
def test_isolating_changes_nothing_that_is_seen_and_not_twice(text: str) -> None:
    once = isolate_numbers(text, "ar")
    assert without_direction_marks(once) == without_direction_marks(text)
    if FSI not in text and PDI not in text:
        assert isolate_numbers(once, "ar") == once
        assert once.count(FSI) == once.count(PDI)
