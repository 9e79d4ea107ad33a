from __future__ import annotations

import numpy as np

from bot.understanding.examples import Example
from bot.understanding.intent_check import LANGUAGES_WITH_EXAMPLES, doubts, faults


def example(text: str, intent: str = "greet", language: str = "de", line: int = 1) -> Example:
    return Example(text, intent, language, f"nlu/{language}/a.yml", line)


def full(intent: str, number: int) -> list[Example]:
    return [
        example(f"Satz {word} {language}", intent, language)
        for language in LANGUAGES_WITH_EXAMPLES
        for word in range(number)
    ]


def test_enough_examples_in_every_language_are_no_fault() -> None:
    assert faults(full("greet", 12), ["greet"]) == []
    assert faults(full("crisis.fire_police", 30), ["crisis.fire_police"]) == []


def test_missing_and_too_few_are_named_by_language() -> None:
    some = [one for one in full("greet", 12) if one.language != "ti" and one.text != "Satz 3 so"]
    assert [str(fault) for fault in faults(some, ["greet"])] == [
        "nlu/ti: greet has no examples", "nlu/so: greet has 11 examples; it needs 12",
    ]  # fmt: skip


def test_danger_and_what_is_out_of_scope_need_more() -> None:
    assert len(faults(full("crisis.fire_police", 29), ["crisis.fire_police"])) == len(LANGUAGES_WITH_EXAMPLES)
    assert len(faults(full("out_of_scope", 119), ["out_of_scope"])) == len(LANGUAGES_WITH_EXAMPLES)


def test_the_same_words_under_two_intents_are_named_with_both_lines() -> None:
    said = [example("Termin, bitte!", "book_appointment", line=3), example("termin bitte", "greet", line=9)]
    (fault,) = faults(said, [])
    assert str(fault) == "nlu/de/a.yml:9: says the same as an example of book_appointment (nlu/de/a.yml:3)"


def test_the_same_words_in_two_languages_are_no_fault() -> None:
    assert faults([example("ok", "affirm", "de"), example("ok", "thanks", "en")], []) == []


def test_look_alike_letters_are_named() -> None:
    (fault,) = faults([example("потрібен пaспорт", language="uk")], [])
    assert fault.what == "пaспорт mixes letters of two scripts"


def test_an_example_nearer_to_another_intent_is_doubted() -> None:
    said = [example(str(number), intent) for number, intent in enumerate(["a", "a", "a", "b", "b", "b"])]
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 1]], dtype=np.float32)
    (doubt,) = doubts(said, vectors)
    assert (doubt.example.text, doubt.nearer_to) == ("2", "b")
