"""A message's whole way.

    channel -> inbox row (committed before it is acknowledged) -> this chat is leased to one worker ->
    take_turn: read -> tracker -> listen (a button carries its intent; a text is understood, danger first) ->
    decide (crisis, open form, human, rules) -> actions -> events and replies ->
    ONE transaction: tracker, what the actions wrote, outbox rows, inbox done -> sender -> channel

A turn may run twice when a process dies in its middle; it commits once.
"""

from __future__ import annotations

from datetime import date, timedelta

from bot.conversation.house import House
from bot.conversation.listen import listen
from bot.conversation.policy import decide
from bot.conversation.state import State
from bot.core.ids import new_id
from bot.core.message import Incoming, Reply
from bot.core.people import Person
from bot.core.ports import Claim, Lane, Outcome, Queued

_LONGEST_WAIT = timedelta(days=1)


async def take_turn(claim: Claim, house: House) -> None:
    """Answer one message and commit everything that follows from it."""
    incoming = await house.channels[claim.channel].read(claim)
    state = State.load(claim.tracker, claim.chat_key, house.domain)
    async with house.unit_of_work():
        if incoming is None:
            await house.inbox.finish(claim, Outcome(claim.tracker, person_id=claim.person_id))
            return
        # Understanding takes longest: it comes before the first write, which keeps other writers waiting.
        said = await listen(incoming, state, house)
        person_id = claim.person_id or await _meet(state, house)
        state.slots["person"] = person_id
        await _notice_visit(state, person_id, house)

        state.hear(said)
        replies = await decide(state, house)

        await house.inbox.finish(claim, _outcome(incoming, state, person_id, replies))


async def _meet(state: State, house: House) -> str:
    """Someone writes for the first time, or again after having been forgotten."""
    now = house.clock()
    person = Person(id=new_id(), language=None, place=None, created_at=now, last_seen_at=now)
    await house.people.add(person)
    state.slots["seen_on"] = now.date().isoformat()
    return person.id


async def _notice_visit(state: State, person_id: str, house: House) -> None:
    """Once a day, note that the person is still there: who stays silent for long is forgotten."""
    today = house.clock().date()
    seen_on = state.slots["seen_on"]
    if seen_on != today.isoformat():
        if seen_on and today - date.fromisoformat(seen_on) > _LONGEST_WAIT:
            state.slots["asked"] = None  # a "yes" after weeks does not mean what was asked then
        state.slots["seen_on"] = today.isoformat()
        await house.people.choose(person_id)


def _outcome(incoming: Incoming, state: State, person_id: str, replies: list[Reply]) -> Outcome:
    queued = [Queued(reply, _lane(reply), reply.due_at, reply.once) for reply in replies]
    if state.slots["erased"]:
        return Outcome(tracker=None, replies=queued, person_id=None, text=None)
    said = incoming.text if incoming.text is not None else incoming.payload
    return Outcome(tracker=state.to_json(), replies=queued, person_id=person_id, text=said)


def _lane(reply: Reply) -> Lane:
    if reply.urgent:
        return Lane.URGENT
    return Lane.REMINDER if reply.due_at else Lane.REPLY
