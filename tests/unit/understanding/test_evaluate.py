from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.message import Guess, Understood
from bot.errors import ConfigurationError
from bot.understanding.cases import Case, load_cases, seen_in_training
from bot.understanding.evaluate import Confusion, Figures, evaluate, measure
from bot.understanding.evaluation_page import page_of
from bot.understanding.examples import Example


def answer(
    intent: str,
    confidence: float = 1.0,
    *others: str,
    crisis: str | None = None,
    near: bool = False,
    language: str | None = "de",
) -> Understood:
    guesses = (Guess(intent, confidence), *(Guess(other, 0.0) for other in others))
    return Understood("", language, intent, confidence, crisis=crisis, near_crisis=near, alternatives=guesses)


PAIRS = [
    (Case("ich suche eine Wohnung", "housing.find_flat", "de"), answer("housing.find_flat", 0.9)),
    (Case("Wohnung", "housing.find_flat", "de"), answer("greet", 0.5, "thanks", "housing.find_flat", language=None)),
    (Case("sie atmet nicht mehr", "crisis.medical", "de"), answer("crisis.medical", 0.8, crisis="crisis.medical")),
    (Case("ich kann nicht mehr", "crisis.suicide", "de"), answer("greet", 0.4, near=True)),
    (Case("tell me a joke", "out_of_scope", "en"), answer("housing.find_flat", 0.7, language="de")),
    (Case("what a lovely day", "out_of_scope", "en"), answer("out_of_scope", 0.6, near=True, language="en")),
    (Case("this kills me", "out_of_scope", "en"), answer("crisis.x", 0.6, crisis="crisis.x", language="en")),
]


def test_the_page_shows_figures_confusions_and_what_confidence_was_worth() -> None:
    page = page_of(measure([*PAIRS, (Case("<b>", "greet", "de"), answer("thanks", 0.95))]))
    assert '<td class="wrong" style="--share: 1.00" title="greet → thanks: 1 of 1">1</td>' in page
    assert '<td class="right"' in page
    assert page.count("<h2>") == 5
    assert "<td>95.0</td><td>0.0</td><td>1</td>" in page or "<td>92.5</td>" in page
    assert "<b>" not in page


def test_figures_are_counted_by_language() -> None:
    report = measure(PAIRS)
    assert report.by_language == (
        Figures("de", 4, 0.5, 0.75, 0.5, 1.0, 0.0, 0.0, None, 1.0, report.by_language[0].calibration),
        Figures("en", 3, 0.3333, 0.3333, None, None, 0.3333, 0.3333, 0.3333, 0.6667, report.by_language[1].calibration),
    )
    assert (report.whole.texts, report.whole.first, report.whole.false_alarms) == (7, 0.4286, 0.2)


def test_calibration_is_the_gap_between_confidence_and_truth() -> None:
    case = Case("a", "greet", "de")
    sure_and_right = [(case, answer("greet", 0.95))] * 19
    sure_and_wrong = [(case, answer("thanks", 0.95))]
    assert measure(sure_and_right + sure_and_wrong).whole.calibration == pytest.approx(0.0, abs=1e-3)
    assert measure(sure_and_wrong).whole.calibration == pytest.approx(0.95)


def test_off_topic_counts_only_when_it_would_be_acted_upon() -> None:
    pair = [(Case("a joke", "out_of_scope", "en"), answer("housing.find_flat", 0.6))]
    assert measure(pair, sure=0.5).whole.off_topic == 1.0
    assert measure(pair, sure=0.7).whole.off_topic == 0.0


def test_confusions_come_most_frequent_first() -> None:
    report = measure([*PAIRS, PAIRS[4]])
    assert report.confusions[0] == Confusion("out_of_scope", "housing.find_flat", 2)


def test_plain_german_counts_as_german() -> None:
    pair = [(Case("ich brauche eine Wohnung", "greet", "de-simple"), answer("greet", language="de"))]
    assert measure(pair).whole.language == 1.0


def test_the_table_has_a_cell_for_each_heading() -> None:
    report = measure(PAIRS)
    assert [len(row) for row in report.rows] == [len(report.columns)] * 3
    assert report.rows[0][:3] == ["de", "4", "50.0"]
    assert report.rows[1][4] == "-"
    assert report.to_json()["whole"]["texts"] == 7


def test_no_cases_give_an_empty_table() -> None:
    assert [row[1] for row in measure([]).rows] == ["0"]


async def test_evaluation_asks_without_telling_the_language() -> None:
    class Parrot:
        async def understand(self, text: str, *, chosen_language: str | None) -> Understood:
            assert chosen_language is None
            return answer("greet")

    report = await evaluate(Parrot(), [Case("hello my friend", "greet", "en"), Case("Hallo", "greet", "de")])
    assert (report.whole.first, report.whole.language) == (1.0, 0.0)


def written(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, "utf-8")


def test_cases_are_read_with_their_lines(tmp_path: Path) -> None:
    written(
        tmp_path,
        "de-simple.yml",
        "language: de-simple\nutterances:\n- intent: greet\n  texts:\n  - Ich grüße.\n\n  - 'Nein'\n",
    )
    assert [(case.text, case.language, case.line) for case in load_cases(tmp_path, ["greet"])] == [
        ("Ich grüße.", "de-simple", 5),
        ("Nein", "de-simple", 7),
    ]


def test_faulty_cases_are_refused_with_file_and_line(tmp_path: Path) -> None:
    written(tmp_path, "pl.yml", "[]")
    written(tmp_path, "en.yml", "text: a\n")
    written(tmp_path, "fr.yml", "[")
    written(tmp_path, "tr.yml", "language: de\nutterances: none\n")
    written(
        tmp_path,
        "de.yml",
        "language: de\nutterances:\n- intent: flying\n  texts: [a]\n- intent: greet\n  text: b\n"
        "- intent: greet\n  texts:\n  - 5\n  - Hallo\n  - HALLO!\n",
    )
    with pytest.raises(ConfigurationError) as caught:
        load_cases(tmp_path, ["greet"])
    assert [f"{Path(f.where).name}:{f.line}: {f.what}" for f in caught.value.faults] == [
        "de.yml:3: flying is not an intent that is trained",
        "de.yml:5: must hold intent and a list of texts, nothing else",
        "de.yml:9: must be a sentence (put numbers in quotes)",
        "de.yml:11: this sentence stands at line 10 already",
        "en.yml:1: must hold language and utterances, nothing else",
        "fr.yml:2: not YAML: did not find expected node content",
        "pl.yml:0: is not named after a language of topics.yml",
        "tr.yml:1: language must be tr, as the file is called",
        "tr.yml:2: must be a list of intent and texts",
    ]


def test_a_case_that_training_has_seen_is_found_however_it_is_spelt() -> None:
    examples = [Example("Guten Tag", "greet", "de", "intents/nlu/de/services.yml", 9)]
    cases = [
        Case("GUTEN TAG!", "greet", "de-simple", "de-simple.yml", 3),
        Case("Guten Abend", "greet", "de", "de.yml", 5),
        Case("Guten Tag", "greet", "tr", "tr.yml", 7),
    ]
    assert [(fault.where, fault.line, fault.what) for fault in seen_in_training(cases, examples)] == [
        ("de-simple.yml", 3, "is a training example (intents/nlu/de/services.yml:9)")
    ]
