"""Group commit: who comes while one transaction is written shares the next."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import LeaseLost, StorageError
from bot.storage.grouping import Group


class Disk:
    """Writes when it is let; some items cannot be written, some come too late."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.free = asyncio.Event()
        self.away = False

    async def commit(self, items: Sequence[str]) -> Sequence[Exception | None]:
        self.batches.append(list(items))
        await self.free.wait()
        if self.away:
            raise StorageError("away") from OperationalError("x", {}, Exception())
        if "bad" in items:
            raise ValueError("cannot be written")
        return [LeaseLost("late") if item == "late" else None for item in items]


async def joined(group: Group[str], disk: Disk, *items: str) -> list[BaseException | None]:
    """Let the first item begin, the others come meanwhile; return what each one got."""
    tasks = [asyncio.create_task(group.join(item)) for item in items[:1]]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(group.join(item)) for item in items[1:]]
    await asyncio.sleep(0)
    disk.free.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_first_waits_for_nobody_and_the_rest_go_together() -> None:
    disk = Disk()
    assert await joined(Group(disk.commit), disk, "a", "b", "c", "d") == [None] * 4
    assert disk.batches == [["a"], ["b", "c", "d"]]


async def test_one_that_comes_too_late_is_told_so_alone() -> None:
    disk = Disk()
    found = await joined(Group(disk.commit), disk, "a", "b", "late", "c")
    assert [type(one) for one in found] == [type(None), type(None), LeaseLost, type(None)]


async def test_one_that_cannot_be_written_harms_nobody_else() -> None:
    disk = Disk()
    found = await joined(Group(disk.commit), disk, "a", "b", "bad", "c")
    assert [type(one) for one in found] == [type(None), type(None), ValueError, type(None)]
    assert disk.batches == [["a"], ["b", "bad", "c"], ["b"], ["bad"], ["c"]]


async def test_when_the_database_is_away_nobody_is_tried_one_by_one() -> None:
    disk = Disk()
    disk.away = True
    found = await joined(Group(disk.commit), disk, "a", "b", "c")
    assert [type(one) for one in found] == [StorageError] * 3
    assert disk.batches == [["a"], ["b", "c"]]


async def test_who_was_cancelled_before_its_turn_is_left_out() -> None:
    disk = Disk()
    group = Group(disk.commit)
    first = asyncio.create_task(group.join("a"))
    await asyncio.sleep(0.01)
    second, third = asyncio.create_task(group.join("b")), asyncio.create_task(group.join("c"))
    await asyncio.sleep(0.01)
    second.cancel()
    await asyncio.sleep(0.01)
    disk.free.set()
    await asyncio.gather(first, third)
    with pytest.raises(asyncio.CancelledError):
        await second
    assert disk.batches == [["a"], ["c"]]


async def test_it_works_again_after_a_pause() -> None:
    disk = Disk()
    disk.free.set()
    group = Group(disk.commit)
    await group.join("a")
    await group.join("b")
    assert disk.batches == [["a"], ["b"]]
