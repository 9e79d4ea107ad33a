from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from bot.errors import ConfigurationError
from bot.library.load import load
from bot.library.watch import watch

if TYPE_CHECKING:
    from tests.unit.library.conftest import Tree

pytestmark = pytest.mark.asyncio
SOON = 0.02


async def test_a_clean_change_goes_live_and_a_faulty_one_does_not(tree: Tree) -> None:
    seen: asyncio.Queue[ConfigurationError] = asyncio.Queue()
    async with aclosing(watch(tree.root, load(tree.root), seen.put_nowait, interval=SOON)) as changes:
        coming = asyncio.ensure_future(anext(changes))
        tree.change("places.yml", "kind: gemeinde", "kind: village")
        fault = await asyncio.wait_for(seen.get(), 10)
        assert [one.line for one in fault.faults] == [20]
        assert not coming.done()
        tree.change("places.yml", "kind: village", "kind: gemeinde\n    aliases: [Anderswo]")
        library = await asyncio.wait_for(coming, 10)
    assert library.places["musterstadt"].aliases == ("Anderswo",)
    assert seen.empty()


async def test_a_touched_file_is_no_change(tree: Tree) -> None:
    faults: list[ConfigurationError] = []
    async with aclosing(watch(tree.root, load(tree.root), faults.append, interval=SOON)) as changes:
        coming = asyncio.ensure_future(anext(changes))
        (tree.root / "places.yml").touch()
        await asyncio.sleep(SOON * 15)
        assert (coming.done(), faults) == (False, [])
        tree.change("places.yml", "Neckarsulm", "Eppingen")
        assert (await asyncio.wait_for(coming, 10)).places["heilbronn-land"].aliases == ("Eppingen",)


async def test_a_change_between_loading_and_watching_is_not_lost(tree: Tree) -> None:
    old = load(tree.root)
    tree.change("places.yml", "Neckarsulm", "Eppingen")
    async with aclosing(watch(tree.root, old, lambda exc: pytest.fail(str(exc)), interval=SOON)) as changes:
        library = await asyncio.wait_for(anext(changes), 10)
    assert library.version != old.version


async def test_a_folder_that_vanishes_is_told_and_its_return_too(tree: Tree) -> None:
    seen: asyncio.Queue[ConfigurationError] = asyncio.Queue()
    old = load(tree.root)
    async with aclosing(watch(tree.root, old, seen.put_nowait, interval=SOON)) as changes:
        coming = asyncio.ensure_future(anext(changes))
        away = tree.root.rename(tree.root.with_name("away"))
        await asyncio.wait_for(seen.get(), 10)
        away.rename(tree.root)
        assert (await asyncio.wait_for(coming, 10)).version == old.version
