"""From what the model reads in a text to the answer: danger before everything else."""

from __future__ import annotations

from dataclasses import replace

from bot.core.message import Guess, Understood
from bot.understanding import crisis, intents
from bot.understanding.model import Model, Reading

CERTAIN = 0.94
"""Share of training examples hit by a wording of danger for which it names the right kind (576 of 615)."""

DOUBTFUL = 0.4
"""The most that a guess is worth where no word is known: "did you mean" is asked below a half (conversation)."""


def by_wording(text: str, language: str | None, kind: str) -> Understood:
    """Return what a text means in which danger is spoken of beyond doubt."""
    return Understood(text, language, kind, CERTAIN, crisis=kind, alternatives=(Guess(kind, CERTAIN),))


def conclude(text: str, language: str | None, model: Model, reading: Reading) -> Understood:
    """Return what a text means."""
    danger = crisis.judge(model, reading)
    if danger.kind:
        return _in_danger(text, language, danger.kind, intents.guesses(model, reading))
    harmless = intents.guesses(model, reading, crisis=False)
    if danger.near:
        return _near_danger(text, language, harmless[0], intents.guesses(model, reading))
    return Understood(text, language, harmless[0].intent, harmless[0].confidence, alternatives=harmless)


def in_doubt(answer: Understood) -> Understood:
    """Return the answer to a text of which no word is known: nothing is certain, and danger is asked about."""
    share = min(1.0, DOUBTFUL / answer.confidence) if answer.confidence else 1.0
    guesses = tuple(Guess(one.intent, round(one.confidence * share, 4)) for one in answer.alternatives)
    near = answer.near_crisis or answer.crisis is not None
    confidence = round(answer.confidence * share, 4)
    return replace(answer, confidence=confidence, crisis=None, near_crisis=near, alternatives=guesses)


def _in_danger(text: str, language: str | None, kind: str, guessed: tuple[Guess, ...]) -> Understood:
    """Return the answer to danger: its kind comes first, whatever was guessed more likely."""
    confidence = next((guess.confidence for guess in guessed if guess.intent == kind), 0.0)
    others = tuple(guess for guess in guessed if guess.intent != kind)
    alternatives = (Guess(kind, confidence), *others)[: intents.OFFERED]
    return Understood(text, language, kind, confidence, crisis=kind, alternatives=alternatives)


def _near_danger(text: str, language: str | None, harmless: Guess, guessed: tuple[Guess, ...]) -> Understood:
    """Return the answer when danger must be asked about: kinds of danger are offered, but never taken for granted."""
    confidence = next((guess.confidence for guess in guessed if guess.intent == harmless.intent), 0.0)
    if not confidence:
        guessed = (*guessed[: intents.OFFERED - 1], Guess(harmless.intent, confidence))
    return Understood(text, language, harmless.intent, confidence, near_crisis=True, alternatives=guessed)
