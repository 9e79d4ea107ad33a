"""Evaluation sets: `tests/understanding/<language>.yml`, sentences by people who have not seen the training data.

    language: de
    utterances:
    - intent: health.find_doctor
      texts:
      - Wo finde ich einen Hausarzt?

A file holds one language (de-simple may have its own). Nothing is learned from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.core.language import LANGUAGES
from bot.core.yaml_lines import Where
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
            cases += _File(path, known, faults).cases()
        except ConfigurationError as exc:
            faults.extend(exc.faults)
    if faults:
        raise ConfigurationError(faults)
    return cases


class _File:
    """One walk through a file, collecting faults."""

    def __init__(self, path: Path, intents: frozenset[str], faults: list[Fault]) -> None:
        self._path = path
        self._intents = intents
        self._faults = faults
        self._document = read_yaml(path)
        self._seen: dict[str, int] = {}

    def cases(self) -> Iterator[Case]:
        whole = self._document.value
        if not isinstance(whole, dict) or set(whole) != {"language", "utterances"}:
            self._fault((), "must hold language and utterances, nothing else")
            return
        if whole["language"] != self._path.stem:
            self._fault(("language",), f"language must be {self._path.stem}, as the file is called")
        groups = whole["utterances"]
        if not isinstance(groups, list):
            self._fault(("utterances",), "must be a list of intent and texts")
            return
        for number, group in enumerate(groups):
            yield from self._group(("utterances", number), group)

    def _group(self, where: Where, group: object) -> Iterator[Case]:
        if not isinstance(group, dict) or set(group) != {"intent", "texts"} or not isinstance(group["texts"], list):
            self._fault(where, "must hold intent and a list of texts, nothing else")
        elif group["intent"] not in self._intents:
            self._fault(where, f"{group['intent']} is not an intent that is trained")
        else:
            for number, text in enumerate(group["texts"]):
                yield from self._case((*where, "texts", number), text, group["intent"])

    def _case(self, where: Where, text: object, intent: str) -> Iterator[Case]:
        line = self._document.line(where)
        if not isinstance(text, str) or not tidy(text):
            self._fault(where, "must be a sentence (put numbers in quotes)")
        elif (first := self._seen.setdefault(fold(text), line)) != line:
            self._fault(where, f"this sentence stands at line {first} already")
        else:
            yield Case(text, intent, self._path.stem, str(self._path), line)

    def _fault(self, where: Where, what: str) -> None:
        self._faults.append(Fault(str(self._path), self._document.line(where), what))


def seen_in_training(cases: Iterable[Case], examples: Iterable[Example]) -> list[Fault]:
    """Return a fault for every case that training has learned by heart in the same language, compared as folded text.

    That "ok" is said in many languages is no leak.
    """
    known = {(example.language, fold(example.text)): example for example in examples}
    found = [(case, known.get((case.language.split("-")[0], fold(case.text)))) for case in cases]
    return [
        Fault(case.path, case.line, f"is a training example ({example.path}:{example.line})")
        for case, example in found
        if example
    ]
