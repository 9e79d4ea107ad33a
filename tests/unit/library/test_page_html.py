"""Markdown as HTML that is safe to show."""

from __future__ import annotations

import pytest

from bot.library.page_html import html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](http://plain.example)",
        "![x](https://tracker.example/p.png)",
        '[x](https://a.de/"onmouseover="alert(1))',
        "<img src=x onerror=alert(1)>",
    ],
)
def test_html_lets_nothing_hostile_through(hostile: str) -> None:
    shown = html(hostile, "de")
    assert not any(tag in shown for tag in ("<script", "<img", 'href="javascript', 'href="http:', '" onmouseover'))
    assert 'onmouseover="' not in shown


def test_html_links_open_apart_and_tell_nothing() -> None:
    assert html("**Siehe** [hier](https://a.de)", "de") == (
        '<p><strong>Siehe</strong> <a href="https://a.de" target="_blank" rel="noopener noreferrer">hier</a></p>\n'
    )


def test_a_link_to_another_page_is_bold_or_leads_there() -> None:
    text = "Mehr unter [Apotheke](page:integreat-103)."
    assert html(text, "de") == "<p>Mehr unter <strong>Apotheke</strong>.</p>\n"
    assert html(text, "de", lambda page: f"{page}.html") == (
        '<p>Mehr unter <a href="integreat-103.html">Apotheke</a>.</p>\n'
    )
