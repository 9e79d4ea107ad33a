from __future__ import annotations

import hashlib
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.library.hashing import source_hash

TEXT = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]))


@given(TEXT, TEXT, TEXT)
def test_the_hash_does_not_see_what_nobody_sees(title: str, short: str, body: str) -> None:
    expected = source_hash(title, short, body)
    decomposed = [unicodedata.normalize("NFD", part) for part in (title, short, body)]
    windows = [part.replace("\n", " \t\r\n") + " \n" for part in (title, short, body)]
    assert source_hash(*decomposed) == expected
    assert source_hash(*windows) == expected
    assert len(expected) == 16


@given(TEXT, st.sampled_from("aä.1"))
def test_every_visible_change_is_seen(body: str, added: str) -> None:
    assert source_hash("t", "s", body) != source_hash("t", "s", body + added)


def test_a_word_that_moves_to_another_part_is_seen() -> None:
    assert source_hash("a b", "", "") != source_hash("a", "b", "") != source_hash("a", "", "b")


def test_the_hash_is_that_of_the_documented_form() -> None:
    expected = hashlib.sha256(b"Wohnung\0Kurz.\0Lang.\nZwei.").hexdigest()[:16]
    assert source_hash("Wohnung", "Kurz.", "Lang. \r\nZwei.\n\n") == expected
