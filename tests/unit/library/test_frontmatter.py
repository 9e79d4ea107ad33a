from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.library.frontmatter import Parts, split


def test_the_halves_know_their_lines() -> None:
    assert split("---\na: 1\n---\n\n\nText\n---\nEnde\n") == Parts("a: 1\n", 2, "Text\n---\nEnde", 6)


def test_without_two_fences_at_the_top_there_is_nothing() -> None:
    assert [split(text) for text in ("", "---", "a\n---\n---\n", "---\na: 1\n", " ---\n---")] == [None] * 5


@given(st.lists(st.text("ab:- ").filter(lambda line: line.rstrip() != "---")), st.text("ab-\n "))
def test_nothing_is_lost(front: list[str], body: str) -> None:
    text = "\n".join(["---", *front, "---", body])
    parts = split(text)
    assert parts is not None
    assert parts.front == "\n".join(front) + "\n"
    assert parts.body == body.rstrip().lstrip("\n ") or parts.body.strip() == body.strip()
    if parts.body:
        assert text.split("\n")[parts.body_line - 1].startswith(parts.body.split("\n")[0])
