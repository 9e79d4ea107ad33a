"""`lotse` that kills itself with SIGKILL at a named point of a message's way. Only for the kill proof.

    python -m tests.load.killable POINT N serve --only worker,telegram

kills at the N-th time the point is passed:

    after-inbox     an update is committed, Telegram has not been told
    mid-turn        the tracker is loaded, an action is about to run
    before-commit   all rows of the turn are written, nothing is committed
    after-commit    the turn is committed, its worker has not noticed
    before-send     a reply is claimed, nothing is sent
    after-send      a reply has arrived, the outbox row does not know
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from bot.channels.telegram.channel import TelegramChannel
from bot.cli import app
from bot.conversation import worker
from bot.conversation.skills import Skills
from bot.storage.inbox import SqlInbox

POINTS = ("after-inbox", "mid-turn", "before-commit", "after-commit", "before-send", "after-send")


def main() -> None:
    point, number = sys.argv[1], int(sys.argv[2])
    sys.argv = ["lotse", *sys.argv[3:]]
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
    app()


def _dying(original: Callable[..., Awaitable[Any]], dies: Callable[[], None], *, before: bool) -> Any:
    async def killable(*args: Any, **kwargs: Any) -> Any:
        if before:
            dies()
        result = await original(*args, **kwargs)
        if not before:
            dies()
        return result

    return killable


if __name__ == "__main__":
    main()
