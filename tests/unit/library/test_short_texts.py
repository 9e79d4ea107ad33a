"""Glossary, services and professions: a file that holds for every language, and one a language beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.library.load import load
from bot.library.stamping import stamp

if TYPE_CHECKING:
    from tests.unit.library.conftest import Tree

WORDS = """\
words:
  - id: duldung
    word: Duldung
    also: [geduldet]
    page: housing.find_flat
  - id: bescheid
    word: Bescheid
"""
GERMAN = """\
method: machine
reviewer:
words:
  duldung:
    means: Sie dürfen vorerst bleiben.
  bescheid:
    means: Ein Brief, in dem ein Amt entscheidet.
"""
ARABIC = """\
method: machine
reviewer:
words:
  duldung:
    name: إقامة مؤقتة
    means: يمكنكم البقاء مؤقتاً.
"""
SERVICES = """\
services:
  - id: beratung
    office: buergeramt
    name: Beratungsstelle
    topics: [housing.find_flat]
    audience: [all]
    free: true
    confidential: true
    finder: https://www.example.org
    phone: "0800 111 0 111"
"""
SERVICE_TEXTS = "method: machine\nservices:\n  beratung:\n    name: Beratungsstelle\n    does: Hilft bei allem.\n"
PROFESSIONS = """\
fields: [health]
bodies:
  - id: rps
    name: Regierungspräsidium
    website: https://rp.example.org
first_steps: [apply]
professions:
  - id: nurse
    field: health
    regulated: "yes"
    body: rps
    first_step: apply
    also: [Krankenpfleger]
"""
PROFESSION_TEXTS = """\
method: machine
fields: {health: Gesundheit}
first_steps: {apply: Stellen Sie einen Antrag.}
professions: {nurse: Pflegefachfrau}
"""


@pytest.fixture
def full(tree: Tree) -> Tree:
    tree.write("glossary/words.yml", WORDS)
    tree.write("glossary/de.yml", GERMAN)
    tree.write("glossary/ar.yml", ARABIC)
    tree.write("services/services.yml", SERVICES)
    tree.write("services/de.yml", SERVICE_TEXTS)
    tree.write("professions/professions.yml", PROFESSIONS)
    tree.write("professions/de.yml", PROFESSION_TEXTS)
    return tree


def test_what_is_there_is_read(full: Tree) -> None:
    library = load(full.root)
    word = library.glossary.words["duldung"]
    assert (word.word, word.page, word.names["ar"]) == ("Duldung", "housing.find_flat", "إقامة مؤقتة")
    assert (word.meaning("ar").text, word.meaning("ar").current) == ("يمكنكم البقاء مؤقتاً.", False)
    assert word.meaning("fr").language == "de"
    (service,) = library.services.for_topic("housing.find_flat")
    assert (service.name("ar"), service.phone, service.confidential) == ("Beratungsstelle", "0800 111 0 111", True)
    profession = library.recognition.professions["nurse"]
    assert (profession.body.name, profession.name("fa")) == ("Regierungspräsidium", "Pflegefachfrau")
    assert dict(library.names_of_words()["word"]) == {
        "Duldung": "duldung",
        "geduldet": "duldung",
        "Bescheid": "bescheid",
    }


def test_without_these_folders_there_is_nothing(tree: Tree) -> None:
    library = load(tree.root)
    assert (library.glossary.words, library.services.by_id, library.recognition.professions) == ({}, {}, {})


def test_gaps_and_stale_texts_are_warnings(full: Tree) -> None:
    said = [str(warning).replace(f"{full.root}/", "") for warning in load(full.root).warnings]
    assert "glossary/ar.yml: missing: words.bescheid" in said
    assert "glossary/ar.yml: belong to an older German text, or were never stamped: words.duldung" in said
    assert "services/en.yml: this language is missing" in said


def test_stamping_says_what_belongs_to_which_german_text(full: Tree) -> None:
    before = full.read("glossary/ar.yml")
    assert full.root / "glossary/ar.yml" in stamp(full.root)
    assert full.read("glossary/ar.yml").startswith(before)
    assert load(full.root).glossary.words["duldung"].meaning("ar").current
    assert stamp(full.root) == []
    full.change("glossary/de.yml", "vorerst", "eine Zeit lang")
    assert not load(full.root).glossary.words["duldung"].meaning("ar").current
    stamp(full.root, "glossary", "ar")
    assert full.read("glossary/ar.yml").count("source_hashes:") == 1
    assert load(full.root).glossary.words["duldung"].meaning("ar").current


WORDS_YML, SERVICES_YML, PROFESSIONS_YML = (
    "glossary/words.yml", "services/services.yml", "professions/professions.yml",
)  # fmt: skip
ENUM = "Input should be"
SPOILT = {
    f"{WORDS_YML}:5: page: there is no page housing.gone": (WORDS_YML, "page: housing.find_flat", "page: housing.gone"),
    f"{WORDS_YML}:6: id: duldung is already the word duldung": (WORDS_YML, "id: bescheid", "id: duldung"),
    f"{WORDS_YML}:7: word: DULDUNG is already the word duldung": (WORDS_YML, "word: Bescheid", "word: DULDUNG"),
    f"{WORDS_YML}:6: bescheid: de.yml does not explain it": ("glossary/de.yml", "  bescheid:", "  bescheit:"),
    "glossary/ar.yml:4: gone: de.yml has no such entry": ("glossary/ar.yml", "  duldung:", "  gone:"),
    "glossary/ar.yml:4: duldung: Dulduнg mixes letters of different scripts": (
        "glossary/ar.yml", "name: إقامة", "name: Dulduнg إقامة"
    ),
    f"glossary/ar.yml:1: method: {ENUM} 'human', 'machine' or 'machine_reviewed'": (
        "glossary/ar.yml", "method: machine", "method: magic"
    ),
    f"{SERVICES_YML}:5: topics: there is no page gone.gone": (SERVICES_YML, "[housing.find_flat]", "[gone.gone]"),
    f"{SERVICES_YML}:2: beratung: de.yml does not describe it": ("services/de.yml", "  beratung:", "  beratunk:"),
    f"{PROFESSIONS_YML}:11: body: rpt is not listed in this file": (PROFESSIONS_YML, "body: rps", "body: rpt"),
    f"{PROFESSIONS_YML}:10: professions.0.regulated: {ENUM} 'yes', 'title', 'partly' or 'no'": (
        PROFESSIONS_YML, '"yes"', "perhaps"
    ),
    f"{PROFESSIONS_YML}: professions.nurse: de.yml has no text for it": ("professions/de.yml", "{nurse: ", "{nurze: "),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "change"), SPOILT.items())
def test_faults_are_named_with_file_and_line(full: Tree, fault: str, change: tuple[str, str, str]) -> None:
    full.change(*change)
    assert fault in full.faults()
