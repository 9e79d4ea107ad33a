"""intents/crisis.yml: wordings that mean danger beyond doubt. The format is described in the file itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.language import LANGUAGES
from bot.core.yaml_lines import Document, Where
from bot.errors import ConfigurationError, Fault
from bot.understanding.examples import read_yaml
from bot.understanding.normalise import fold

GAP = ".."
LONGEST_GAP = 3


@dataclass(frozen=True, slots=True)
class _Step:
    """One word of a wording; `open_end` for `sterb*`; `gap` words may come before it."""

    word: str
    open_end: bool
    gap: int

    def fits(self, word: str) -> bool:
        return word.startswith(self.word) if self.open_end else word == self.word


class Wordings:
    """Wordings with a label each, found in any text in one pass."""

    def __init__(self, wordings: Iterable[tuple[str, str]]) -> None:
        """Index (wording, label) by first word; of two that fit, the longer one counts, then the earlier one."""
        self._exact: dict[str, list[tuple[tuple[_Step, ...], str]]] = defaultdict(list)
        self._open: dict[str, list[tuple[tuple[_Step, ...], str]]] = defaultdict(list)
        for wording, label in wordings:
            steps = tuple(_steps(wording))
            if steps:
                (self._open if steps[0].open_end else self._exact)[steps[0].word].append((steps, label))
        self._lengths = sorted({len(word) for word in self._open})

    def find(self, words: Sequence[str]) -> str | None:
        """Return the label of the longest wording in a folded text's words, None if there is none."""
        best: tuple[int, str] | None = None
        for place, word in enumerate(words):
            for steps, label in self._beginning(word):
                if (best is None or len(steps) > best[0]) and _follows(steps[1:], words, place + 1):
                    best = (len(steps), label)
        return best[1] if best else None

    def _beginning(self, word: str) -> Iterator[tuple[tuple[_Step, ...], str]]:
        yield from self._exact.get(word, ())
        for length in self._lengths:
            if length <= len(word):
                yield from self._open.get(word[:length], ())


def _steps(wording: str) -> Iterator[_Step]:
    gap = 0
    for part in wording.split():
        if part == GAP:
            gap = LONGEST_GAP
            continue
        for word in fold(part.removesuffix("*")).split():
            yield _Step(word, part.endswith("*"), gap)
            gap = 0


def _follows(steps: Sequence[_Step], words: Sequence[str], place: int) -> bool:
    if not steps:
        return True
    step = steps[0]
    return any(
        step.fits(words[here]) and _follows(steps[1:], words, here + 1)
        for here in range(place, min(place + step.gap + 1, len(words)))
    )


class CrisisWords:
    """The wordings of the file."""

    def __init__(self, danger: Iterable[tuple[str, str]], harmless: Iterable[str]) -> None:
        """Know (wording, kind of danger) and the words that make them harmless."""
        self._danger = Wordings(danger)
        self._harmless = Wordings((word, "harmless") for word in harmless)

    def find(self, text: str) -> str | None:
        """Return the kind of danger that the text speaks of beyond doubt, else None."""
        words = fold(text).split()
        kind = self._danger.find(words)
        return None if kind is None or self._harmless.find(words) else kind


def load(path: Path) -> CrisisWords:
    """Read the file; raise ConfigurationError with every fault."""
    document = read_yaml(path)
    faults: list[Fault] = []
    whole = document.value if isinstance(document.value, dict) else {}
    if whole.get("version") != 1 or set(whole) != {"version", "phrases", "not_when"}:
        raise ConfigurationError([Fault(str(path), 1, "must hold version: 1, phrases and not_when")])
    danger = []
    for kind in _keys(whole["phrases"], document, ("phrases",), path, faults):
        if not kind.startswith("crisis."):
            faults.append(Fault(str(path), document.line(("phrases", kind)), f"{kind} is not a kind of danger"))
        wordings = _by_language(whole["phrases"][kind], document, ("phrases", kind), path, faults)
        danger += [(wording, kind) for wording in wordings]
    harmless = list(_by_language(whole["not_when"], document, ("not_when",), path, faults))
    if faults:
        raise ConfigurationError(faults)
    return CrisisWords(danger, harmless)


def _keys(value: Any, document: Document, where: Where, path: Path, faults: list[Fault]) -> list[str]:  # noqa: ANN401
    if isinstance(value, dict):
        return list(value)
    faults.append(Fault(str(path), document.line(where), "must hold keys and values"))
    return []


def _by_language(
    value: Any,  # noqa: ANN401 - YAML holds anything
    document: Document,
    where: Where,
    path: Path,
    faults: list[Fault],
) -> Iterator[str]:
    for language in _keys(value, document, where, path, faults):
        here = (*where, language)
        wordings = value[language]
        if language not in LANGUAGES:
            faults.append(Fault(str(path), document.line(here), f"{language} is not a language of topics.yml"))
        elif not isinstance(wordings, list):
            faults.append(Fault(str(path), document.line(here), "must be a list of wordings"))
        else:
            for number, wording in enumerate(wordings):
                if isinstance(wording, str) and fold(wording):
                    yield wording
                else:
                    faults.append(Fault(str(path), document.line((*here, number)), "must be a wording"))
