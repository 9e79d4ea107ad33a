from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.message import Entity
from bot.errors import ConfigurationError
from bot.understanding.examples import Wording, load, without_marks
from tests.unit.understanding.conftest import GERMAN, WriteIntents


def block(intent: str, *lines: str, version: str = "3.1") -> str:
    examples = "".join(f"    {line}\n" for line in lines)
    return f'version: "{version}"\nnlu:\n- intent: {intent}\n  examples: |\n{examples}'


def faults(folder: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    return [f"{Path(fault.where).name}:{fault.line}: {fault.what}" for fault in caught.value.faults]


def test_examples_know_language_intent_and_line(write_intents: WriteIntents) -> None:
    found = load(write_intents({"de/all.yml": GERMAN})).examples
    assert [(e.text, e.intent, e.language, e.line) for e in found[:2]] == [
        ("Ich suche eine Wohnung", "housing.find_flat", "de", 5),
        ("Wo finde ich eine Wohnung mit zwei Zimmern", "housing.find_flat", "de", 6),
    ]
    assert len(found) == 12


def test_marks_become_entities_and_leave_the_text() -> None:
    text, entities = without_marks("vom [Jobcenter](office) in [Ulm](place) her")
    assert text == "vom Jobcenter in Ulm her"
    assert entities == (Entity("office", "Jobcenter", 4, 13), Entity("place", "Ulm", 17, 20))
    assert [text[e.start : e.end] for e in entities] == ["Jobcenter", "Ulm"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (block("flying", "- a"), "all.yml:3: flying is not among the intents of domain.yml"),
        (block("open_page", "- a"), "all.yml:3: open_page comes from buttons alone and must have no examples"),
        (block("greet"), "all.yml:3: greet has no examples"),
        (block("greet", "- a", "- "), "all.yml:6: is empty"),
        (block("greet", "- a", "b"), 'all.yml:6: must start with "- "'),
        (block("greet", "- a [b]{c}"), "all.yml:5: an entity is marked as [word](entity), nothing else"),
        (block("greet", "- a", version="2.0"), 'all.yml:1: version must be "3.1"'),
        (block("greet", "- a b", "", "- A  B"), "all.yml:7: this example stands at {path}:5 already"),
        ("nlu: [", "all.yml:2: not YAML: did not find expected node content"),
        ('version: "3.1"\nnlu:\n- lookup: x\n', None),
    ],
)
def test_faults_name_file_and_line(write_intents: WriteIntents, text: str, expected: str | None) -> None:
    folder = write_intents({"de/all.yml": text})
    expected = expected or "all.yml:3: must hold examples and one of intent, lookup, synonym"
    assert expected.format(path=folder / "nlu/de/all.yml") in faults(folder)


def test_a_text_may_not_mean_two_things_in_one_language(write_intents: WriteIntents) -> None:
    folder = write_intents({"de/a.yml": block("greet", "- Hallo"), "de/b.yml": block("housing.find_flat", "- hallo")})
    assert faults(folder) == [f"b.yml:5: this example stands under greet too ({folder / 'nlu/de/a.yml'}:5)"]


def test_the_same_word_may_be_said_in_two_languages(write_intents: WriteIntents) -> None:
    folder = write_intents({"de/a.yml": block("greet", "- Hallo"), "tr/a.yml": block("greet", "- Hallo")})
    assert [example.language for example in load(folder).examples] == ["de", "tr"]


def test_folders_that_are_no_language_are_refused(write_intents: WriteIntents) -> None:
    folder = write_intents({"de-simple/a.yml": block("greet", "- a"), "pl/a.yml": block("greet", "- a")})
    expected = "is not a language of topics.yml (plain German shares de)"
    assert faults(folder) == [f"de-simple:0: {expected}", f"pl:0: {expected}"]


def test_the_digest_follows_what_is_learned_not_how_it_is_filed(write_intents: WriteIntents, tmp_path: Path) -> None:
    before = load(write_intents({"de/a.yml": block("greet", "- Hallo", "- Servus")}))
    (tmp_path / "intents/nlu/de/a.yml").unlink()
    moved = load(write_intents({"de/b.yml": block("greet", "- [Hallo](place)", "-  Servus ")}))
    assert before.digest == moved.digest
    changed = load(write_intents({"de/b.yml": block("greet", "- Hallo!", "- Servus")}))
    assert before.digest != changed.digest


NAMES = """version: "3.1"
nlu:
- lookup: office
  examples: |
    - Jobcenter
    - Job Center
- synonym: jobcenter
  examples: |
    - Jobcenter
    - Job Center
"""


def test_lookup_tables_and_synonyms_say_what_is_meant(write_intents: WriteIntents) -> None:
    found = load(write_intents({"de/all.yml": GERMAN, "de/lookup.yml": NAMES})).wordings
    assert found == [
        Wording("office", "jobcenter", "de", "Jobcenter"), Wording("office", "jobcenter", "de", "Job Center"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    - Job Center\n- synonym", "- synonym", "lookup.yml:9: Job Center stands in no lookup table"),
        ("    - Job Center\n\n", "", None),
        ("- Job Center\n- synonym", "- Jobcenter\n- synonym", "lookup.yml:6: Jobcenter stands under office already"),
    ],
)
def test_faults_of_names_name_file_and_line(
    write_intents: WriteIntents, old: str, new: str, expected: str | None
) -> None:
    changed = NAMES.replace(old, new) if expected else NAMES.removesuffix("    - Job Center\n")
    expected = expected or "lookup.yml:6: Job Center has no synonym that says what it means"
    assert expected in faults(write_intents({"de/all.yml": GERMAN, "de/lookup.yml": changed}))
