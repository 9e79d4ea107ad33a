from __future__ import annotations

from bot.understanding.windows import LONGEST, windows


def test_a_short_text_is_one_piece() -> None:
    assert windows("Hallo") == ["Hallo"]
    assert windows("") == [""]
    assert windows("x" * LONGEST) == ["x" * LONGEST]


def test_pieces_overlap_and_nothing_is_left_out() -> None:
    words = [f"wort{number}" for number in range(300)]
    pieces = windows(" ".join(words))
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert all(piece.startswith("wort") for piece in pieces)
    assert set(words) <= {word for piece in pieces for word in piece.split()}
    assert pieces[0].split()[-2] in pieces[1].split()


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    assert [len(piece) for piece in windows("x" * 1_000)] == [200, 150, 150, 150, 150, 150, 150, 150, 150]
