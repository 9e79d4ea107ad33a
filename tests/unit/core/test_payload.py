import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import payload
from bot.core.message import Command

NAMES = st.from_regex(r"[a-z][a-z0-9_.]{0,30}", fullmatch=True)
VALUES = st.dictionaries(st.text(min_size=1, max_size=8), st.one_of(st.text(max_size=30), st.booleans()), max_size=3)


@given(NAMES, VALUES)
def test_what_was_written_is_read(intent: str, values: dict[str, object]) -> None:
    assert payload.read(payload.write(intent, values)) == Command(intent, values)


@pytest.mark.parametrize(
    "text",
    ["", "/", "hello", "/Open", '/open_page{"page"', "/open_page[1]", '/a{"x":1}x', "/a" + "b" * 2_000, "/a{" * 600],
)
def test_what_is_no_payload_reads_as_none(text: str) -> None:
    assert payload.read(text) is None


def test_intent_names_may_have_a_dot() -> None:
    assert payload.read("/housing.find_flat") == Command("housing.find_flat", {})
