"""How well texts are understood: figures from answers to texts of which the meaning is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.core.message import Understood
from bot.core.ports import Understands
from bot.understanding.cases import Case

SURE = 0.5
"""Confidence from which an intent is acted upon; below it guesses are offered (conversation)."""
_OFFERED = 3
_WORDS_FOR_LANGUAGE = 3
_BINS = 10

Pair = tuple[Case, Understood]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1 over some texts; None where there was nothing to count.

    `first`: the right intent comes first; `offered`: it is among the first three. `crisis_found`: danger taken for
    danger; `crisis_noticed`: the same or asked about. `false_alarms` and `false_questions`: the same for harmless
    texts, answered as danger or asked about. `off_topic`: out of scope, but answered with a topic page. `language`:
    the language is right, of texts of three words or more. `calibration`: expected error of the confidence.
    """

    name: str
    texts: int
    first: float
    offered: float
    crisis_found: float | None
    crisis_noticed: float | None
    false_alarms: float | None
    false_questions: float | None
    off_topic: float | None
    language: float | None
    calibration: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often `intent` was taken for `taken_for`."""

    intent: str
    taken_for: str
    times: int


@dataclass(frozen=True, slots=True)
class Trust:
    """What a confidence was worth: of `texts` answered with about `confidence`, the share `right` was right."""

    confidence: float
    right: float
    texts: int


@dataclass(frozen=True, slots=True)
class Report:
    """Figures over all texts, by language and by intent, what is confused most often, and the reliability diagram."""

    whole: Figures
    by_language: tuple[Figures, ...]
    by_intent: tuple[Figures, ...]
    confusions: tuple[Confusion, ...]
    reliability: tuple[Trust, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Return the headings of the table."""
        return [
            "", "texts", "first", "of three", "danger found", "or asked", "false alarms", "or asked", "off topic",
            "language", "calibration",
        ]  # fmt: skip

    @property
    def rows(self) -> list[list[str]]:
        """Return the table: a row for each language and one for all."""
        return [_row(figures) for figures in (*self.by_language, self.whole)]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)


async def evaluate(understands: Understands, cases: Sequence[Case], *, sure: float = SURE) -> Report:
    """Return the figures for these texts, each read without knowing the person's language."""
    answers = [await understands.understand(case.text, chosen_language=None) for case in cases]
    return measure(list(zip(cases, answers, strict=True)), sure=sure)


def measure(pairs: Sequence[Pair], *, sure: float = SURE) -> Report:
    """Return the figures for these texts and answers."""
    if not pairs:
        return Report(Figures("all", 0, 0, 0, None, None, None, None, None, None, 0), (), (), ())
    wrong = Counter((case.intent, answer.intent) for case, answer in pairs if case.intent != answer.intent)
    return Report(
        whole=_figures("all", pairs, sure),
        by_language=_grouped(pairs, lambda case: case.language, sure),
        by_intent=_grouped(pairs, lambda case: case.intent, sure),
        confusions=tuple(
            Confusion(*names, times) for names, times in sorted(wrong.items(), key=lambda item: (-item[1], item[0]))
        ),
        reliability=tuple(
            Trust(
                round(sum(sure for sure, _ in some) / len(some), 4),
                round(sum(right for _, right in some) / len(some), 4),
                len(some),
            )
            for _, some in sorted(_bins(pairs).items())
        ),
    )


def _grouped(pairs: Sequence[Pair], key: Callable[[Case], str], sure: float) -> tuple[Figures, ...]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(key(pair[0]), []).append(pair)
    return tuple(_figures(name, group, sure) for name, group in sorted(groups.items()))


def _figures(name: str, pairs: Sequence[Pair], sure: float) -> Figures:
    danger = [answer for case, answer in pairs if case.intent.startswith("crisis.")]
    harmless = [answer for case, answer in pairs if not case.intent.startswith("crisis.")]
    nothing = [answer for case, answer in pairs if case.intent == "out_of_scope"]
    long_enough = [pair for pair in pairs if len(pair[0].text.split()) >= _WORDS_FOR_LANGUAGE]
    return Figures(
        name=name,
        texts=len(pairs),
        first=_share(case.intent == answer.intent for case, answer in pairs) or 0.0,
        offered=_share(_offers(answer, case.intent) for case, answer in pairs) or 0.0,
        crisis_found=_share(bool(answer.crisis) for answer in danger),
        crisis_noticed=_share(bool(answer.crisis or answer.near_crisis) for answer in danger),
        false_alarms=_share(bool(answer.crisis) for answer in harmless),
        false_questions=_share(answer.near_crisis for answer in harmless),
        off_topic=_share(_shows_a_page(answer, sure) for answer in nothing),
        language=_share(_same_language(case.language, answer.language) for case, answer in long_enough),
        calibration=_calibration_error(pairs),
    )


def _share(hits: Iterable[bool]) -> float | None:
    found = list(hits)
    return round(sum(found) / len(found), 4) if found else None


def _offers(answer: Understood, intent: str) -> bool:
    return any(guess.intent == intent for guess in answer.alternatives[:_OFFERED])


def _shows_a_page(answer: Understood, sure: float) -> bool:
    return "." in answer.intent and not answer.crisis and answer.confidence >= sure


def _same_language(wanted: str, found: str | None) -> bool:
    return found is not None and wanted.split("-", 1)[0] == found.split("-", 1)[0]


def _calibration_error(pairs: Sequence[Pair]) -> float:
    """Return the expected calibration error (Guo et al. 2017) over ten bins of equal width."""
    gaps = (abs(sum(sure for sure, _ in some) - sum(right for _, right in some)) for some in _bins(pairs).values())
    return round(sum(gaps) / len(pairs), 4)


def _bins(pairs: Sequence[Pair]) -> dict[int, list[tuple[float, bool]]]:
    """Return (confidence, whether it was right) of each answer, by tenths of confidence."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for case, answer in pairs:
        place = min(int(answer.confidence * _BINS), _BINS - 1)
        bins.setdefault(place, []).append((answer.confidence, case.intent == answer.intent))
    return bins


def _row(figures: Figures) -> list[str]:
    shares = (
        figures.first, figures.offered, figures.crisis_found, figures.crisis_noticed, figures.false_alarms,
        figures.false_questions, figures.off_topic, figures.language, figures.calibration,
    )  # fmt: skip
    return [figures.name, str(figures.texts), *("-" if share is None else f"{100 * share:.1f}" for share in shares)]
