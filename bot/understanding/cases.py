"""Evaluation sets: `tests/understanding/<language>.yml`, sentences by people who have not seen the training data.

    - text: Wo finde ich einen Hausarzt?
      intent: health.find_doctor

A file is a list of such pairs in one language (de-simple may have its own). Nothing is learned from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.core.language import LANGUAGES
from bot.core.yaml_lines import Document
from bot.errors import ConfigurationError, Fault
from bot.understanding.examples import Example, read_yaml
from bot.understanding.normalise import fold, tidy


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence of which the meaning is known; `path` and `line` say where it stands."""

    text: str
    intent: str
    language: str
    path: str = ""
    line: int = 0


def load_cases(folder: Path, intents: Iterable[str]) -> list[Case]:
    """Return the cases of every language that has a file; raise ConfigurationError with every fault."""
    known = frozenset(intents)
    cases: list[Case] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        if path.stem not in LANGUAGES:
            faults.append(Fault(str(path), 0, "is not named after a language of topics.yml"))
            continue
        try:
            document = read_yaml(path)
        except ConfigurationError as exc:
            faults.extend(exc.faults)
            continue
        cases.extend(_of_file(path, document, known, faults))
    if faults:
        raise ConfigurationError(faults)
    return cases


def _of_file(path: Path, document: Document, intents: frozenset[str], faults: list[Fault]) -> list[Case]:
    if not isinstance(document.value, list):
        faults.append(Fault(str(path), 1, "must be a list of text and intent"))
        return []
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for number, item in enumerate(document.value):
        line = document.line((number,))
        what = _fault_of(item, intents, seen)
        if what:
            faults.append(Fault(str(path), line, what))
            continue
        seen[fold(item["text"])] = line
        cases.append(Case(item["text"], item["intent"], path.stem, str(path), line))
    return cases


def _fault_of(item: object, intents: frozenset[str], seen: dict[str, int]) -> str | None:
    if not isinstance(item, dict) or set(item) != {"text", "intent"}:
        return "must hold text and intent, nothing else"
    text, intent = item["text"], item["intent"]
    if not isinstance(text, str) or not tidy(text):
        return "text must be a sentence (put numbers in quotes)"
    if intent not in intents:
        return f"{intent} is not an intent that is trained"
    if fold(text) in seen:
        return f"this sentence stands at line {seen[fold(text)]} already"
    return None


def seen_in_training(cases: Iterable[Case], examples: Iterable[Example]) -> list[Fault]:
    """Return a fault for every case that training has learned by heart, compared as folded text."""
    known = {fold(example.text): example for example in examples}
    return [
        Fault(case.path, case.line, f"is a training example ({known[fold(case.text)].path})")
        for case in cases
        if fold(case.text) in known
    ]
