"""A changed file is live within seconds, all or nothing."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from bot.errors import ConfigurationError
from bot.library.hashing import content_files, version_of
from bot.library.load import load
from bot.library.snapshot import Library

Look = frozenset[tuple[str, int, int, int]]


def look(content_dir: Path) -> Look:
    """Return path, time, size and inode of every content file, to see quickly whether anything changed."""
    seen = set()
    for path in content_files(content_dir):
        try:
            found = path.stat()
        except OSError:  # gone in between, or a link to nowhere: that is a state too
            seen.add((str(path), 0, 0, 0))
        else:
            seen.add((str(path), found.st_mtime_ns, found.st_size if stat.S_ISREG(found.st_mode) else -1, found.st_ino))
    return frozenset(seen)


async def watch(
    content_dir: Path,
    serving: Library,
    on_faults: Callable[[ConfigurationError], None],
    *,
    interval: float = 1.0,
    passed: Path | None = None,
) -> AsyncGenerator[Library, None]:
    """Yield a new Library each time the folder has changed, come to rest and loaded cleanly; runs for ever.

    A faulty state is given to `on_faults` once, and nothing is yielded: keep serving the old Library. Files are
    looked at every `interval` seconds and loaded in a thread. For `passed` see `load`.
    """
    version: str | None = serving.version
    done: Look | None = None
    before = await asyncio.to_thread(look, content_dir)
    while True:
        await asyncio.sleep(interval)
        now = await asyncio.to_thread(look, content_dir)
        # Two equal looks in a row: nobody is in the middle of writing several files.
        settled, before = now == before, now
        if not settled or now == done:
            continue
        found = await asyncio.to_thread(_attempt, content_dir, version, passed)
        if await asyncio.to_thread(look, content_dir) != now:
            continue
        done = now
        if isinstance(found, ConfigurationError):
            version = None  # so that going back to the old state is announced too
            on_faults(found)
        elif found is not None:
            version = found.version
            yield found


def _attempt(content_dir: Path, version: str | None, passed: Path | None) -> Library | ConfigurationError | None:
    """Return what the folder holds or what is wrong with it, None if it still holds that version."""
    if content_dir.is_dir() and version_of(content_dir) == version:
        return None
    try:
        return load(content_dir, passed=passed)
    except ConfigurationError as exc:
        return exc
