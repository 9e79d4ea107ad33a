"""How often pages are read and whether they help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from bot.core.usage import PageFigures, PageUse
from bot.storage.database import Database
from bot.storage.tables import FeedbackRow, PageUseRow


class SqlUsage:
    """These counts on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Use this database."""
        self._db = database

    async def add(self, counts: Mapping[PageUse, int]) -> None:
        """Add to the counts of the present month, in a transaction of its own."""
        if not counts:
            return
        month = f"{self._db.clock():%Y-%m}"
        rows = [
            {"page": page, "language": language, "month": month, "shown": number}
            for (page, language), number in sorted(counts.items())
        ]
        once = (insert_sqlite if self._db.is_sqlite else insert_postgresql)(PageUseRow)
        more = once.on_conflict_do_update(
            index_elements=["page", "language", "month"], set_={"shown": PageUseRow.shown + once.excluded.shown}
        )
        async with self._db.write() as connection:
            await connection.execute(more, rows)

    async def figures(self) -> Sequence[PageFigures]:
        """Return the figures of every page that was shown or judged, most shown first."""
        shown = select(PageUseRow.page, func.sum(PageUseRow.shown)).group_by(PageUseRow.page)
        judged = select(
            FeedbackRow.page,
            func.sum(case((FeedbackRow.helpful, 1), else_=0)),
            func.sum(case((FeedbackRow.helpful, 0), else_=1)),
        ).group_by(FeedbackRow.page)
        async with self._db.read() as connection:
            times = {page: int(number) for page, number in await connection.execute(shown)}
            votes = {page: (int(yes), int(no)) for page, yes, no in await connection.execute(judged)}
        found = [PageFigures(page, times.get(page, 0), *votes.get(page, (0, 0))) for page in {**times, **votes}]
        return sorted(found, key=lambda one: (-one.shown, -one.not_helped, one.page))
