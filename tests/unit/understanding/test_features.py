from __future__ import annotations

import pytest

from bot.understanding.features import BITS, BUCKETS, LONGEST_PIECE, buckets
from bot.understanding.normalise import fold


def pieces_one_by_one(text: str) -> set[int]:
    """The definition, written out without NumPy."""
    padded, found = f" {fold(text)} ", set()
    for length in range(2, LONGEST_PIECE + 1):
        for start in range(len(padded) - length + 1):
            piece = padded[start : start + length]
            if " " not in piece[1:-1]:
                value = 0
                for char in piece:
                    value = (value * 1_099_511_628_211 + ord(char)) % 2**64
                found.add((value * 0x9E3779B97F4A7C15 % 2**64) >> (64 - BITS))
    return found


@pytest.mark.parametrize("text", ["a", "ab c", "Ich suche eine Wohnung", "ኣብ ገዛ", "أين أنا", "🔥 x"])
def test_pieces_are_those_of_the_definition(text: str) -> None:
    found = set(buckets(text).tolist())
    expected = pieces_one_by_one(text)
    words = len(fold(text).split())
    assert expected <= found
    assert len(found - expected) <= 2 * words - 1  # words and pairs of words


def test_buckets_are_sorted_once_each_and_in_range() -> None:
    found = buckets("Miete Miete Miete und noch eine Miete").tolist()
    assert found == sorted(set(found))
    assert 0 <= found[0] <= found[-1] < BUCKETS


def test_buckets_stay_the_same_for_ever() -> None:
    # A trained model is worth nothing when the hash changes: then BITS and FORMAT of the model must change too.
    assert buckets("ab").tolist() == [10446, 24950, 38405, 46335, 72184, 96233, 99734]


def test_the_order_of_words_and_their_spelling_count() -> None:
    assert buckets("ja nein").tolist() != buckets("nein ja").tolist()
    assert buckets("Straße").tolist() == buckets("STRASSE").tolist()


def test_a_text_without_words_has_no_buckets() -> None:
    assert buckets(" ?! ").size == 0
