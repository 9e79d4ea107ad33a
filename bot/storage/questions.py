"""Questions kept to learn from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from bot.core.questions import Proposal, Question
from bot.storage.database import Database
from bot.storage.tables import QuestionRow


class SqlQuestions:
    """Questions on SQLite or PostgreSQL. See bot.core.questions.Questions."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._db = database

    async def keep(self, person_id: str, question: Question) -> None:
        """Keep a question of a person who has agreed to it."""
        connection = await self._db.in_unit()
        await connection.execute(
            insert(QuestionRow).values(
                person_id=person_id, text=question.text, language=question.language, guessed=question.guessed,
                meant=question.meant, asked_at=self._db.clock(),
            )
        )  # fmt: skip

    async def forget(self, person_id: str) -> int:
        """Delete what was kept of a person; return how many questions it was."""
        connection = await self._db.in_unit()
        return (await connection.execute(delete(QuestionRow).where(QuestionRow.person_id == person_id))).rowcount

    async def proposals(self, limit: int) -> Sequence[Proposal]:
        """Return what waits for an editor, oldest first."""
        async with self._db.read() as connection:
            rows = (await connection.execute(select(QuestionRow).order_by(QuestionRow.id).limit(limit))).all()
        return [
            Proposal(row.id, Question(row.text, row.language, row.guessed, row.meant), row.asked_at) for row in rows
        ]

    async def settle(self, proposal_id: int) -> bool:
        """Delete a question that an editor has decided about; return whether it was there."""
        async with self._db.write() as connection:
            gone = (await connection.execute(delete(QuestionRow).where(QuestionRow.id == proposal_id))).rowcount
        if gone:
            await self._db.forget_traces()
        return bool(gone)
