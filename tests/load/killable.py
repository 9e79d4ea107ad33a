"""`lotse serve` that dies by SIGKILL at a named point of a message's way. Only for the proofs.

A nursery imports everything once and forks a process for each life, so that a life takes 0.2 s of work before its
first message instead of three. What is forked is `lotse serve --only worker,telegram` with its own loop, database
connections and leases; left out are the sentence encoder (the messages of the proofs are buttons), the waiting for
leases of the dead (two seconds instead of half a minute) and Telegram's flood limits (they have their own proof).

The points, each passed N times before it kills:

    after-inbox     an update is committed, Telegram has not been told
    mid-turn        the tracker is loaded, an action is about to run
    before-commit   all rows of the turn are written, nothing is committed
    after-commit    the turn is committed, its worker has not noticed
    before-send     a reply is claimed, nothing is sent
    after-send      a reply has arrived, the outbox row does not know
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot import catalogues
from bot.bootstrap import knowledge
from bot.bootstrap import lotse as joining
from bot.channels import delivery
from bot.channels.limits import Limits, Rates
from bot.channels.telegram.channel import TelegramChannel
from bot.cli import app
from bot.conversation import worker
from bot.conversation.skills import Skills
from bot.library.load import load as load_library
from bot.storage import inbox, outbox
from bot.storage.inbox import SqlInbox
from bot.storage.people import SqlPeople
from tests.load.scripted import scripted_knowledge

ROOT = Path(__file__).parents[2]
POINTS = ("after-inbox", "mid-turn", "before-commit", "after-commit", "before-send", "after-send")
NOWHERE = "nowhere"


@dataclass(frozen=True)
class Life:
    """Where a life ends: at the `number`-th passing of `point`, at the latest after `seconds`.

    `sabotage` breaks a promise on purpose, to see that the counting finds out.
    """

    point: str = NOWHERE
    number: int = 1
    seconds: float = 10.0
    sabotage: str = ""


class Nursery:
    """Lives, one after the other."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Nursery:
        command = [sys.executable, "-m", "tests.load.killable"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)
        assert self._process.stdout
        self._process.stdout.close()

    def live(self, life: Life, environment: Mapping[str, str]) -> int:
        """Let a Lotse live and return how it ended: minus the signal's number, or its exit code."""
        self._tell({**dataclasses.asdict(life), "environment": dict(environment)})
        return self._hear()

    @contextlib.contextmanager
    def in_peace(self, environment: Mapping[str, str], sabotage: str = "") -> Iterator[None]:
        """Let a Lotse live until the end of the block, which stops it with SIGTERM; it must leave with 0."""
        self._tell({**dataclasses.asdict(Life(seconds=0, sabotage=sabotage)), "environment": dict(environment)})
        try:
            yield
        finally:
            self._tell({"stop": True})
            code = self._hear()
        assert code == 0, f"lotse left with {code}"

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> int:
        assert self._process
        assert self._process.stdout
        return int(self._process.stdout.readline())


def main() -> None:
    """Fork a life for each line of standard input; end with it."""
    _prepare()
    for line in sys.stdin:
        asked = json.loads(line)
        environment = asked.pop("environment")
        life = Life(**asked)
        child = os.fork()
        if not child:
            _live(life, environment)
        if not life.seconds:
            sys.stdin.readline()
            os.kill(child, signal.SIGTERM)
        print(os.waitstatus_to_exitcode(_ended(child, life.seconds)), flush=True)


def _ended(child: int, seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while seconds and time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        time.sleep(0.005)
    if seconds:
        os.kill(child, signal.SIGKILL)  # it is ours and not yet waited for, so the number is still its own
    return os.waitpid(child, 0)[1]


def _live(life: Life, environment: dict[str, str]) -> None:
    # What a life prints is not for the nursery's reader.
    with Path(os.devnull).open("w") as nothing, Path(os.devnull).open() as silence:
        os.dup2(nothing.fileno(), 1)
        os.dup2(silence.fileno(), 0)
    os.environ.update(environment)
    if life.sabotage:
        SABOTAGE[life.sabotage]()
    if life.point != NOWHERE:
        _die_at(life.point, life.number)
    sys.argv = ["lotse", "serve", "--only", "worker,telegram"]
    code = 1
    try:
        app()
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else 1
    finally:
        os._exit(code)


def _prepare() -> None:
    """Load what every life needs, and shorten what would only be waited for."""
    catalogues.load = cache(catalogues.load)
    joining.load_library = cache(load_library)
    knowledge.Knowledge.open = scripted_knowledge  # type: ignore[method-assign,assignment]
    catalogues.load(Path("locales"))
    joining.load_library(Path("content"))
    inbox.LEASE, outbox.LEASE = timedelta(seconds=2), timedelta(seconds=3)
    worker._HEARTBEAT = 0.5
    delivery.Sender.__init__.__defaults__ = (delivery.Pace(heartbeat=0.5),)
    Limits.__init__.__defaults__ = (Rates(total=300, window=1.0, private=10), time.monotonic)


def _die_at(point: str, number: int) -> None:
    passed = 0

    def dies() -> None:
        nonlocal passed
        passed += 1
        if passed >= number:
            os.kill(os.getpid(), signal.SIGKILL)

    owner, name, before = {
        "after-inbox": (SqlInbox, "accept", False),
        "mid-turn": (Skills, "run", True),
        "before-commit": (SqlInbox, "finish", False),
        "after-commit": (worker, "take_turn", False),
        "before-send": (TelegramChannel, "deliver", True),
        "after-send": (TelegramChannel, "deliver", False),
    }[point]
    setattr(owner, name, _dying(getattr(owner, name), dies, before=before))


def _dying(original: Callable[..., Awaitable[Any]], dies: Callable[[], None], *, before: bool) -> Any:
    async def killable(*args: Any, **kwargs: Any) -> Any:
        if before:
            dies()
        result = await original(*args, **kwargs)
        if not before:
            dies()
        return result

    return killable


def _acknowledges_before_commit() -> None:
    original, under_way = SqlInbox.accept, set()

    async def accept(self: SqlInbox, arrivals: Any) -> int:
        async def later() -> None:
            await asyncio.sleep(0.3)
            await original(self, arrivals)

        if arrivals:
            under_way.add(asyncio.create_task(later()))
        return len(arrivals)

    SqlInbox.accept = accept  # type: ignore[method-assign]


def _forgets_doubt() -> None:
    outbox._doubtful = lambda _row: False


def _counts_apart_from_the_turn() -> None:
    original = SqlPeople.helped

    async def helped(self: SqlPeople, page: str, language: str, *, helpful: bool) -> None:
        async def apart() -> None:
            async with self._db.unit_of_work():
                await original(self, page, language, helpful=helpful)

        await asyncio.create_task(apart())

    SqlPeople.helped = helped  # type: ignore[method-assign]


SABOTAGE: dict[str, Callable[[], None]] = {
    "acknowledges-before-commit": _acknowledges_before_commit,
    "forgets-doubt": _forgets_doubt,
    "counts-apart-from-the-turn": _counts_apart_from_the_turn,
}


if __name__ == "__main__":
    main()
