"""Forms: one question after the other, each answer checked by the form's rasa-sdk FormValidationAction."""

from __future__ import annotations

from typing import Any

from bot.conversation.domain import Domain, Filling
from bot.conversation.house import House
from bot.conversation.state import State
from bot.core.message import Reply


async def start(form: str, state: State, house: House) -> list[Reply]:
    """Begin a form with what the message has said already, and ask its first open question.

    What an earlier round has left unfinished is forgotten.
    """
    state.slots |= dict.fromkeys(house.domain.forms[form])
    state.apply([{"event": "active_loop", "name": form}])
    _, said = await fill(form, state, house)
    return said + await proceed(form, state, house)


async def fill(form: str, state: State, house: House) -> tuple[bool, list[Reply]]:
    """Offer the latest message to the form: return whether it answered a question, and what the check said."""
    found = _candidates(form, state, house.domain)
    if not found:
        return False, []
    before = dict(state.slots)
    slot_events = [{"event": "slot", "name": name, "value": value} for name, value in found.items()]
    state.events.append({"event": "action", "name": form})  # rasa-sdk checks the slots after the last action
    state.apply(slot_events)
    said = await house.skills.run(f"validate_{form}", state)
    answered = any(state.slots[name] is not None for name in found)
    if not answered:
        state.slots = before
    return answered, said


async def proceed(form: str, state: State, house: House) -> list[Reply]:
    """Ask the next open question, or end the form and do what follows it."""
    for slot in house.domain.forms[form]:
        if state.slots[slot] is None:
            state.requested_slot = slot
            return await house.skills.run(f"action_ask_{form}_{slot}", state)
    state.apply([{"event": "active_loop", "name": None}])
    replies = []
    for action in house.rules.at_end.get(form, ()):
        replies += await house.skills.run(action, state)
    return replies


def asks_for(form: str, intent: str, domain: Domain) -> bool:
    """Return whether an intent answers one of the form's questions."""
    return any(filling.intent == intent for slot in domain.forms[form] for filling in domain.slots[slot].mappings)


def _candidates(form: str, state: State, domain: Domain) -> dict[str, Any]:
    found = {}
    for name in domain.forms[form]:
        for filling in domain.slots[name].mappings:
            value = _value(filling, form, state)
            if value is not None:
                found[name] = value
                break
    return found


def _value(filling: Filling, form: str, state: State) -> object:
    conditions = filling.conditions or ((None, None),)
    if not any(loop in (None, form) and slot in (None, state.requested_slot) for loop, slot in conditions):
        return None
    message = state.latest_message
    intent = message["intent"]["name"]
    if filling.intent not in (None, intent):
        return None
    if filling.kind == "from_intent":
        return filling.value
    if filling.kind == "from_entity":
        values = [entity["value"] for entity in message["entities"] if entity["entity"] == filling.entity]
        # Of two towns, one may be where somebody has left.
        return values[0] if values and all(value == values[0] for value in values) else None
    return message["text"] if filling.kind == "from_text" else None
