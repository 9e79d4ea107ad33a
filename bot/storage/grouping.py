"""Group commit: what is ready while one transaction is being written goes into the next one together.

Nobody waits for company: whoever comes first is committed at once, alone. Under load the wait for the disk and the
trips to the database are shared by all who came meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from bot.errors import StorageError

T = TypeVar("T")
Commit = Callable[[Sequence[T]], Awaitable[Sequence[Exception | None]]]
_MOST = 50


class Group(Generic[T]):
    """Commits items in the order in which they come, as many at once as have gathered."""

    def __init__(self, commit: Commit[T]) -> None:
        """`commit` writes items in one transaction and returns for each what kept it out, None if it is in."""
        self._commit = commit
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None

    async def join(self, item: T) -> None:
        """Return when the item is committed; raise what kept it out.

        When the waiting task is cancelled, the item may still be committed, as with any commit under way.
        """
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._running is None:
            # A context of its own: it belongs to no one's unit of work.
            self._running = asyncio.get_running_loop().create_task(self._run(), context=Context())
        await done

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._write([waiting for waiting in batch if not waiting[1].done()])
        finally:
            self._running = None

    async def _write(self, batch: list[tuple[T, asyncio.Future[None]]]) -> None:
        if not batch:
            return
        try:
            refused = await self._commit([item for item, _ in batch])
        except Exception as exc:
            if len(batch) > 1 and not _is_away(exc):
                for alone in batch:  # one that cannot be written harms nobody else
                    await self._write([alone])
                return
            refused = [exc] * len(batch)
        for (_, done), why in zip(batch, refused, strict=True):
            if done.done():
                continue
            if why is None:
                done.set_result(None)
            else:
                done.set_exception(why)


def _is_away(exc: Exception) -> bool:
    """Whether the database as a whole failed, so that trying one by one would fail as well."""
    return isinstance(exc, StorageError) and isinstance(exc.__cause__, OperationalError | InterfaceError | OSError)
