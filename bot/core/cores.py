"""Work on many things at once, on every core of the machine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

FEWEST = 200
"""With fewer things than these, starting a process takes longer than it saves."""

T = TypeVar("T")
R = TypeVar("R")
_task: tuple[Callable[[Any], Any], list[Any]] | None = None


def spread(work: Callable[[Sequence[T]], R], things: Sequence[T]) -> list[R]:
    """Return what `work` makes of each part of the things; parts keep their order, results must be picklable.

    Where processes cannot be forked safely (another thread runs) or it does not pay, there is one part.
    """
    cores = os.cpu_count() or 1
    alone = threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods()
    if cores == 1 or len(things) < FEWEST or not alone:
        return [work(things)]
    size = -(-len(things) // cores)
    parts = [things[start : start + size] for start in range(0, len(things), size)]
    global _task
    _task = (work, list(parts))
    try:
        with ProcessPoolExecutor(len(parts), multiprocessing.get_context("fork")) as pool:
            return list(pool.map(_one, range(len(parts))))
    finally:
        _task = None


def _one(number: int) -> Any:  # noqa: ANN401 - whatever the work returns
    if _task is None:  # never: the process was forked with it
        raise RuntimeError("nothing to work on")
    work, parts = _task
    return work(parts[number])
