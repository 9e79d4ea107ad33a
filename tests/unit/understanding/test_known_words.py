"""Words of several sentences are known, however they are spelt; names are not."""

from __future__ import annotations

from bot.understanding.known_words import KnownWords, vocabulary

KNOWN = KnownWords(vocabulary(["Ich suche Amira", "ich wohne", "wohne suche Amira", "Xaver wohne wohne"], ["amira"]))


def test_a_word_of_several_sentences_is_known() -> None:
    assert KNOWN.all_of("ICH suche, wohne!")
    assert not KNOWN.all_of("ich Xaver")
    assert not KNOWN.any_of("Xaver Amira xyz")
    assert KNOWN.any_of("Xaver sucheee")


def test_nothing_is_known_of_nothing() -> None:
    assert KNOWN.any_of("")
    assert KNOWN.all_of("?!")
    assert not KnownWords(vocabulary([])).any_of("ich")
