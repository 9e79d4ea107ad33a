"""HTML as editors and word processors write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.integreat.markdown import to_markdown
from bot.library.markdown_subset import checker, outside


def plain(html: str) -> str:
    return to_markdown(html, lambda target: target or None)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>Eins</p><p>Zwei</p>", "Eins\n\nZwei"),
        ("<h1>Groß</h1><h4>Klein</h4>", "## Groß\n\n## Klein"),
        ("<h2><strong>Fett</strong></h2>", "## Fett"),
        ("<p>Das ist <b>wichtig</b>!</p>", "Das ist **wichtig**!"),
        ("<p>Sehr<b>nah</b>dran</p>", "Sehr **nah** dran"),
        ("<p><em>schräg</em> und <u>unten</u></p>", "schräg und unten"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n- b\n- c"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a b"),
        ("<p>eins<br>zwei</p>", "eins\n\nzwei"),
        ("<a href='https://a.example/x'>dort</a>", "[dort](https://a.example/x)"),
        ("<b><a href='https://a.example'>dort</a></b>", "[dort](https://a.example)"),
        ("<table><tr><th>Tag</th><th>Zeit</th></tr><tr><td>Mo</td><td>8 Uhr</td></tr></table>", "- Mo: 8 Uhr"),
        (
            "<table><tr><th>Tag</th><th>von</th><th>bis</th></tr><tr><td>Mo</td><td>8</td><td>9</td></tr></table>",
            "- Mo: von 8, bis 9",
        ),
        ("<table><tr><td>A</td><td><ul><li>x</li><li>y</li></ul></td></tr></table>", "- A: x, y"),
        ("<img src='x.png' alt='Plan der Stadt'>", "Plan der Stadt"),
        ("<img src='x.png' alt='IMG_1.png'>", ""),
        ("<script>alert(1)</script><style>p {}</style><!-- nichts -->Text", "Text"),
        ("<p>offen <b>nicht zu", "offen **nicht zu**"),
        ("<p>Bürger*innen</p>", "Bürger:innen"),
        ("<p># kein Titel</p><p>• Punkt</p><p>1) Erstens</p><p>----</p>", "kein Titel\n\n- Punkt\n\n1. Erstens"),
        ("<p>3 &lt; 4 &amp; <code>x_y</code> _so_</p>", "3 ‹ 4 & x_y so"),
        ("<p>\u200eZeichen\u00ad\u00a0weg</p>", "Zeichen weg"),
        ("<p dir='rtl'>اتصلوا على <a href='tel:112'>112</a></p>", "اتصلوا على 112"),
        ("<a href='tel:+497111234'>0711 1234</a>, <a href='tel:0711'>Anruf</a>", "0711 1234, Anruf (0711)"),
        ("<a href='mailto:a%40b.example?subject=x'>Post</a>", "Post (a@b.example)"),
        ("", ""),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert plain(html) == markdown


_PIECES = (
    "<p>", "</p>", "<ul>", "<li>", "</li>", "</ul>", "<b>", "</b>", "<table>", "<tr>", "<td>", "<th>", "</table>",
    "<h3>", "</h3>", "<ol>", "</ol>", "<a href='https://a.example/_b_'>", "</a>", "<br>", "<pre>", "<blockquote>",
    "<hr>", "* ", "_x_", "## ", "- ", "1. ", "**", "`", "~~", "[x](y)", "<!--", "-->", "|", "&lt;", "\n", "    ",
    "Wort ", "نص", "\\", "<em>", "</em>", "+ ", "> ", "=", "---", "#",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_whatever_the_html_the_result_is_in_the_subset(html: str) -> None:
    found = to_markdown(html, lambda target: target if target.startswith("https://") else None)
    assert list(outside(checker(), found)) == [], found


@pytest.mark.parametrize(
    "html", ["<" * 5_000, "<div>" * 900 + "tief", "<b>" * 900 + "x", "&#0;&#xD800;&nope;", "a" * 100_000]
)
def test_strange_html_is_no_error(html: str) -> None:
    assert isinstance(plain(html), str)
