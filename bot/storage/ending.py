"""The end of turns: what each remembers and says, its message done, its chat free for the next worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.ports import Claim, Outcome
from bot.errors import LeaseLost
from bot.storage.conditions import is_pending
from bot.storage.database import Database
from bot.storage.queueing import enqueue_all
from bot.storage.tables import ChatRow, InboxRow

# Statements of every turn are built once: building takes SQLAlchemy longer than the database needs to run them.
_CHAT, _INBOX = cast("Table", ChatRow.__table__), cast("Table", InboxRow.__table__)
_HOLD = (
    select(_CHAT.c.key, _CHAT.c.lease, _CHAT.c.last_position, _CHAT.c.erased_at)
    .where(_CHAT.c.key.in_(bindparam("chats", expanding=True)))
    .order_by(_CHAT.c.key)  # locked in the order of SqlInbox.accept_in, so that nobody waits for each other
    .with_for_update()
)
_DONE = (
    _INBOX.update()
    .where(_INBOX.c.id == bindparam("message"))
    .values(state="done", raw=None, text=bindparam("said"), done_at=bindparam("now"))
)
# The chat's row is locked by then: whoever adds a message waits for it, so none is overlooked.
HAS_MORE = (
    select(_INBOX.c.id).where(_INBOX.c.chat_key == _CHAT.c.key, is_pending(_INBOX.c.state)).correlate(_CHAT).exists()
)
_FREE = (
    _CHAT.update()
    .where(_CHAT.c.key == bindparam("chat"))
    .values(
        tracker=bindparam("remembered"), person_id=bindparam("person"), erased_at=bindparam("erased"),
        last_position=bindparam("position"), due_at=bindparam("now"), lease=None, lease_until=None,
        pending=HAS_MORE,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ending:
    """A turn that is over: what was claimed and what came of it."""

    claim: Claim
    outcome: Outcome


async def hold(connection: AsyncConnection, claim: Claim) -> Any:  # noqa: ANN401 - a result row
    """Lock the chat's row and make sure that it is still ours; raise LeaseLost if not."""
    chat = (await connection.execute(_HOLD, {"chats": [claim.chat_key]})).one_or_none()
    if not _is_ours(chat, claim):
        raise _lost()
    return chat


async def end_turn(database: Database, connection: AsyncConnection, ending: Ending) -> None:
    """Store the end of one turn; raise LeaseLost if another worker has taken the chat over."""
    (lost,) = await end_turns(database, connection, [ending])
    if lost:
        raise lost


async def end_turns(
    database: Database, connection: AsyncConnection, endings: Sequence[Ending]
) -> list[LeaseLost | None]:
    """Store the ends of turns of different chats; return LeaseLost for each that comes too late and is left out.

    Where a person was erased meanwhile, by this turn or from another chat, nothing of them is stored again.
    """
    found = await connection.execute(_HOLD, {"chats": [ending.claim.chat_key for ending in endings]})
    chats = {chat.key: chat for chat in found}
    ours = [ending for ending in endings if _is_ours(chats.get(ending.claim.chat_key), ending.claim)]
    if ours:
        await _store(database, connection, ours, chats)
    kept = {id(ending) for ending in ours}
    return [None if id(ending) in kept else _lost() for ending in endings]


async def _store(
    database: Database, connection: AsyncConnection, endings: Sequence[Ending], chats: dict[str, Any]
) -> None:
    now = database.clock()
    said = []
    for ending in endings:
        claim = ending.claim
        said.append((claim.chat_key, claim.channel, chats[claim.chat_key].last_position, ending.outcome.replies))
    positions = await enqueue_all(database, connection, said)
    done, freed = [], []
    for ending, position in sorted(zip(endings, positions, strict=True), key=lambda pair: pair[0].claim.chat_key):
        claim, outcome = ending.claim, ending.outcome
        chat = chats[claim.chat_key]
        gone = _was_erased(chat, claim, outcome)
        done.append({"message": claim.inbox_id, "said": None if gone else outcome.text, "now": now})
        freed.append(
            {
                "chat": claim.chat_key, "remembered": None if gone else outcome.tracker,
                "person": None if gone else outcome.person_id, "erased": chat.erased_at if gone else None,
                "position": position, "now": now,
            }
        )  # fmt: skip
    await connection.execute(_DONE, done)
    await connection.execute(_FREE, freed)


def _is_ours(chat: Any, claim: Claim) -> bool:  # noqa: ANN401 - a result row
    return chat is not None and chat.lease == claim.lease


def _lost() -> LeaseLost:
    return LeaseLost("another worker has taken this chat over")


def _was_erased(chat: Any, claim: Claim, outcome: Outcome) -> bool:  # noqa: ANN401 - a result row
    """Whether the person of this turn is gone, rather than somebody new having begun in the same chat."""
    known = claim.person_id is not None and outcome.person_id in (None, claim.person_id)
    return known and chat.erased_at is not None
