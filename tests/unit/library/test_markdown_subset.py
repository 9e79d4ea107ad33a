from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.library.markdown_subset import _strange, checker, outside, plainly_inside


def test_the_subset_is_accepted() -> None:
    allowed = (
        "Text **fett** [Amt](https://a.de)  \nweiter\n\n## Kopf\n- a\n- b\n\n1. eins\n2. zwei\n\n3 < 5 & 7 > 2, 2*3*4?"
    )
    allowed = allowed.replace("2*3*4", "2 * 3")
    assert list(outside(checker(), allowed)) == []


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("a\n\n*b*", [(2, "italics is not allowed")]),
        ("# a", [(0, "write ## instead of #")]),
        ("a\n---", [(0, "write ## instead of -")]),
        ("* a", [(0, "write - instead of *")]),
        ("1) a", [(0, "write . instead of )")]),
        ("__a__", [(0, "write ** instead of __")]),
        (
            "**a:**b",
            [(0, "** that does not become bold: put it directly around words, with a space or a mark outside")],
        ),
        ("- a\n  - b", [(1, "a list inside a list is not allowed")]),
        ("a <b>c", [(0, "HTML is not allowed")]),
        ("<div>", [(0, "HTML is not allowed")]),
        ("![a](https://a.de)", [(0, "an image is not allowed")]),
        ("| a |\n|---|\n| b |", [(0, "a table is not allowed")]),
        ("`a`", [(0, "`code` is not allowed")]),
        ("> a", [(0, "a quotation is not allowed")]),
        ("[a](http://a.de)", [(0, "a link must start with https:// or page:, not http://a.de")]),
        ('[a](https://a.de "b")', [(0, "a link has no title")]),
        ("<https://a.de>", [(0, "write a link as [text](https://...)")]),
        ("[a][b]\n\n[b]: https://a.de", [(0, "write a link as [text](https://...), not by reference")]),
    ],
)
def test_everything_else_is_named_with_its_line(markdown: str, expected: list[tuple[int, str]]) -> None:
    assert list(outside(checker(), markdown)) == expected


PIECES = st.sampled_from(
    [
        "a",
        "b c",
        " ",
        "\n",
        "\n\n",
        "**",
        "*",
        "_",
        "- ",
        "1. ",
        "2) ",
        "## ",
        "#",
        "[",
        "](https://a.de)",
        "]",
        "(",
        ")",
        "!",
        "<b>",
        "`",
        "~~",
        "|",
        "---",
        "===",
        "> ",
        "    ",
        "\t",
        "+ ",
        "\\",
        "&lt;",
        ":",
        ".",
        "https://a.de",
        "[x](https://b.de/c_d)",
    ]
)


@given(st.lists(PIECES).map("".join))
@example("1. 2. a")
@example("- - a")
@example("**a** **b**\n\n- **c:** d\n- [e **f**](https://a.de)")
def test_what_is_called_plain_is_what_the_parser_accepts(markdown: str) -> None:
    if plainly_inside(markdown):
        slow = [what for token in checker().parse(markdown) for what in _strange([token, *(token.children or ())])]
        assert slow == []
