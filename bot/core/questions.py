"""Questions that were not understood, kept with consent so that Lotse can learn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Question:
    """A question without names and numbers.

    `guessed` is the intent that it was taken for, `meant` the one that the person chose instead, None if none fitted.
    """

    text: str
    language: str
    guessed: str
    meant: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that waits for an editor: `id` names it, `asked_at` says when it was asked."""

    id: int
    question: Question
    asked_at: datetime


class Questions(Protocol):
    """Questions kept to learn from. Writing happens within the open unit of work."""

    async def keep(self, person_id: str, question: Question) -> None:
        """Keep a question of a person who has agreed to it."""
        ...

    async def forget(self, person_id: str) -> int:
        """Delete what was kept of a person; return how many questions it was."""
        ...

    async def proposals(self, limit: int) -> Sequence[Proposal]:
        """Return what waits for an editor, oldest first."""
        ...

    async def settle(self, proposal_id: int) -> bool:
        """Delete a question that an editor has decided about; return whether it was there."""
        ...
