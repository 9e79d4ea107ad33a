from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.understanding.crisis_words import CrisisWords, load

WORDS = CrisisWords(
    [
        ("schlägt mich", "crisis.violence"),
        ("mein vater schlägt mich", "crisis.child"),
        ("bewusstlos*", "crisis.medical"),
        ("brauche .. krankenwagen", "crisis.medical"),
        ("لا يتنفس", "crisis.medical"),
    ],
    ["film", "schach*"],
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Er SCHLÄGT mich!", "crisis.violence"),
        ("mein Vater schlägt mich", "crisis.child"),  # the longer wording counts
        ("sie ist Bewusstlose", "crisis.medical"),
        ("ich brauche sofort einen Krankenwagen", "crisis.medical"),
        ("ich brauche Krankenwagen", "crisis.medical"),
        ("ابي لا يَتَنفَّس", "crisis.medical"),
    ],
)
def test_wordings_are_found_however_they_are_spelt(text: str, kind: str) -> None:
    assert WORDS.find(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "schlägt michael",  # a word ends where it ends
        "mich schlägt",  # order counts
        "unbewusstlos",
        "brauche ich vielleicht irgendwann mal einen Krankenwagen",  # more than three words between
        "",
    ],
)
def test_what_only_looks_alike_is_no_danger(text: str) -> None:
    assert WORDS.find(text) is None


@pytest.mark.parametrize("text", ["im Film schlägt mich keiner", "mein Vater schlägt mich im Schachspiel"])
def test_harmless_words_silence_the_wordings(text: str) -> None:
    assert WORDS.find(text.replace("Film", "Flur").replace("Schachspiel", "Zorn")) is not None
    assert WORDS.find(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("version: 2\nphrases: {}\nnot_when: {}\n", "f.yml:1: must hold version: 1, phrases and not_when"),
        ("version: 1\nphrases:\n  greet: {de: [a]}\nnot_when: {}\n", "f.yml:3: greet is not a kind of danger"),
        (
            "version: 1\nphrases:\n  crisis.x:\n    pl: [a]\nnot_when: {}\n",
            "f.yml:4: pl is not a language of topics.yml",
        ),
        ("version: 1\nphrases:\n  crisis.x:\n    de: [a, 1]\nnot_when: {}\n", "f.yml:4: must be a wording"),
        ("version: 1\nphrases:\n  crisis.x:\n    de: a\nnot_when: {}\n", "f.yml:4: must be a list of wordings"),
        ("version: 1\nphrases: []\nnot_when: {}\n", "f.yml:2: must hold keys and values"),
    ],
)
def test_faults_name_file_and_line(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "f.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    assert f"{tmp_path}/{fault}" in str(caught.value).splitlines()
