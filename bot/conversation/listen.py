"""From what came in to what was said: buttons and commands carry their intent, texts are understood."""

from __future__ import annotations

import re
from typing import Any

from bot.conversation.house import House
from bot.conversation.state import State
from bot.core import payload
from bot.core.language import known
from bot.core.message import Attached, Command, Incoming, Understood

LONGEST_TEXT = 2_000
_PAGE = "page-"

COMMANDS = {
    "start": "greet",
    "help": "help",
    "language": "choose_language",
    "place": "choose_place",
    "human": "talk_to_human",
    "appointment": "book_appointment",
    "plan": "my_plan",
    "data": "my_data",
    "delete": "delete_data",
    "stop": "stop",
}

# Intents of the machine room: what people do beside writing and pressing.
STALE, TOO_LONG, NOT_TEXT, NOT_SURE = "stale_button", "too_long", "not_text", "nlu_fallback"
IN_GROUP = "in_group"
EXPLAIN = "explain_word"

# "What does the word Duldung mean, please?": whoever says much more than that asks for something else.
_BESIDE_A_WORD = 2
_A_WORD = re.compile(r"\w+")


async def listen(incoming: Incoming, state: State, house: House) -> dict[str, Any]:
    """Return what was said in the form of Rasa's parse data; `metadata` holds what Rasa has no name for."""
    if incoming.in_group:
        danger = await _danger_in((incoming.text or "").strip(), state, house)
        return danger if danger and danger["metadata"]["crisis"] else _pressed(Command(IN_GROUP), incoming)
    said = _command(incoming)
    if said is not None:
        if said.intent not in house.domain.intents:
            said = Command(STALE)
        return _pressed(said, incoming)
    text = (incoming.text or "").strip()
    if not text:
        kind = incoming.attached or Attached.OTHER
        return _pressed(Command(NOT_TEXT, {"attached": kind.value}), incoming)
    if len(text) > LONGEST_TEXT:
        danger = await _danger_in(text, state, house)
        return danger or _pressed(Command(TOO_LONG, {"limit": LONGEST_TEXT}), incoming)
    understood = await house.understands.understand(text, chosen_language=state.slots["language"])
    return parse_data(understood, house.sure, known(incoming.language_hint))


async def _danger_in(text: str, state: State, house: House) -> dict[str, Any] | None:
    """Danger hides in long stories too, often at their end: return what was understood if it speaks of any."""
    understood = await house.understands.understand(text, chosen_language=state.slots["language"])
    return parse_data(understood, house.sure) if understood.crisis or understood.near_crisis else None


def read_payload(text: str) -> dict[str, Any] | None:
    """Return the parse data of a payload that the assistant itself has offered."""
    command = payload.read(text)
    return _pressed(command, Incoming(payload=text)) if command else None


def _command(incoming: Incoming) -> Command | None:
    if incoming.stale_button:
        return Command(STALE)
    if incoming.payload is not None:
        return payload.read(incoming.payload) or Command(STALE)
    if incoming.location is not None:
        return Command("set_place", {"place": "@{:.5f},{:.5f}".format(*incoming.location)})
    text = (incoming.text or "").strip()
    if text.startswith("/"):
        word = text[1:].split(None, 1)[0].split("@", 1)[0].lower() if len(text) > 1 else ""
        if word == "start" and (page := read_start(text)):
            return Command("begin", {"page": page})
        if word in COMMANDS:
            return Command(COMMANDS[word])
        return payload.read(text)
    return None


def start_value(page: str) -> str:
    """Return a page as the value of Telegram's ?start=, which takes letters, figures, _ and - only.

    >>> start_value("arrival.first_steps"), read_start("/start page-arrival--first_steps")
    ('page-arrival--first_steps', 'arrival.first_steps')
    """
    return f"{_PAGE}{page.replace('.', '--')}"


def read_start(text: str) -> str | None:
    """Return the page that a link to the bot leads to, None if it leads to none."""
    _, _, value = text.partition(" ")
    return value.removeprefix(_PAGE).replace("--", ".") if value.startswith(_PAGE) else None


def _pressed(command: Command, incoming: Incoming) -> dict[str, Any]:
    return {
        "text": None,
        "intent": {"name": command.intent, "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in command.values.items()],
        "intent_ranking": [],
        "metadata": {"pressed": True, "phone_language": known(incoming.language_hint)},
    }


def _asks_for_a_word(understood: Understood, intent: str) -> bool:
    """Return whether somebody wants to know what a German office word means, or has only copied one."""
    named = {entity.entity for entity in understood.entities}
    if "word" not in named or understood.crisis or understood.near_crisis:
        return False
    rest = understood.text
    for entity in sorted(understood.entities, key=lambda one: -one.start):
        if entity.entity in {"word", "meaning"}:
            rest = rest[: entity.start] + " " + rest[entity.end :]
    others = len(_A_WORD.findall(rest))
    return others <= _BESIDE_A_WORD and ("meaning" in named or intent == NOT_SURE)


def parse_data(understood: Understood, sure: float, phone_language: str | None = None) -> dict[str, Any]:
    """Return an understood text as Rasa's parse data."""
    intent = understood.intent if understood.confidence >= sure else NOT_SURE
    if _asks_for_a_word(understood, intent):
        intent = EXPLAIN
    return {
        "text": understood.text,
        "intent": {"name": intent, "confidence": understood.confidence},
        "entities": [
            {"entity": e.entity, "value": e.value, "start": e.start, "end": e.end} for e in understood.entities
        ],
        "intent_ranking": [{"name": g.intent, "confidence": g.confidence} for g in understood.alternatives],
        "metadata": {
            "pressed": False,
            "language": understood.language,
            "phone_language": phone_language,
            "crisis": understood.crisis,
            "near_crisis": understood.near_crisis,
        },
    }
