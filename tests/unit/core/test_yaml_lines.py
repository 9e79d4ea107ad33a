from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.yaml_lines import NotYamlError, parse


def test_values_are_what_people_meant() -> None:
    text = "a: 10:00\nb: no\nc: 08111\nd: 2026-01-31\ne: 1.5\nf: true\ng:\nh: '5'\ni: 7\nj: 00000"
    assert parse(text).value == {
        "a": "10:00", "b": "no", "c": "08111", "d": date(2026, 1, 31), "e": 1.5, "f": True, "g": None, "h": "5", "i": 7,
        "j": "00000",
    }  # fmt: skip


def test_every_part_has_its_line() -> None:
    document = parse("a:\n  - b: 1\n    c: 2\n  - d\n", first_line=10)
    wheres: list[tuple[str | int, ...]] = [(), ("a",), ("a", 0, "c"), ("a", 1), ("a", 1, "nothing"), ("z",)]
    assert [document.line(where) for where in wheres] == [10, 10, 12, 13, 13, 10]


@pytest.mark.parametrize(
    "text",
    ["a: [", "a: &x [*x]", "? [a]\n: b", "a: 1\na: 2", "\x00", "[" * 50_000, "a: 2026-13-01", "a: !!python/name:x ]"],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(NotYamlError):
        parse(text)


@given(st.text())
def test_no_text_crashes_it(text: str) -> None:
    with suppress(NotYamlError):
        assert parse(text).line(()) == 1
