"""Learning from questions that were not understood: only with consent, and without names and numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.people import People, Purpose
from bot.core.questions import Question, Questions

AGREEMENT_VERSION = "2026-11-30"
"""Changes with every change of meaning of what is asked (bot.actions.learning)."""
LONGEST = 300
"""Characters of a question that is kept; what is longer tells a story that is nobody's business."""


@dataclass(frozen=True, slots=True)
class Learning:
    """Keeps questions; `scrub` takes names and numbers out of a text."""

    questions: Questions
    people: People
    scrub: Callable[[str], str]

    async def agree(self, person_id: str, language: str) -> None:
        """Store that somebody lets questions be kept."""
        await self.people.consent(person_id, version=AGREEMENT_VERSION, language=language, purpose=Purpose.LEARNING)

    async def keep(self, person_id: str, question: Question) -> None:
        """Keep a question of somebody who has agreed; one of which nothing is left is not kept."""
        text = self.scrub(question.text)
        if len(question.text) <= LONGEST and any(letter.isalpha() for letter in text):
            await self.questions.keep(person_id, replace(question, text=text))

    async def stop(self, person_id: str) -> int:
        """Withdraw the agreement and delete what was kept; return how many questions it was."""
        await self.people.withdraw(person_id, Purpose.LEARNING)
        return await self.questions.forget(person_id)
