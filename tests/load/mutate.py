"""Breaking things: JSON values, request bodies, text files."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from tests.fake_bot_api import callback_query, private_message

STRANGE: list[Any] = [
    None, True, False, -1, 0, 1, 2**31, 2**63, -(2**70), 10**400, 1e308, float("nan"), float("inf"), "", " ", "x",
    "\ud800", "\x00", "a" * 5_000, "\u202e" * 40, "/", "/{", '/open_page{"page":', '/set_place{"place":["x"]}',
    '/set_language{"language":7}', '/more{"page":{"a":1}}', '/begin{"language":null}', "~", "~" + "x" * 63,
    "🇩🇪" * 3_000, [], {}, [[]], {"id": 1}, [None], {"type": "private"}, "private", "channel", [[[[[[]]]]]],
    {"": {"": None}},
]  # fmt: skip
_FILE = {"file_id": "f", "file_unique_id": "u"}
_GROUP = {"id": -100, "type": "supergroup", "title": "Team"}
_CONTENTS: tuple[dict[str, Any], ...] = (
    {
        "text": "Ich suche eine Wohnung",
        "entities": [{"type": "bold", "offset": 0, "length": 3}],
        "quote": {"text": "x"},
    },
    {"text": "/start abc"},
    {"photo": [{**_FILE, "width": 1, "height": 1}], "caption": "Hilfe"},
    {"voice": {**_FILE, "duration": 3}},
    {"sticker": {**_FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
    {"location": {"latitude": 48.5, "longitude": 9.25}},
    {"contact": {"phone_number": "+49711", "first_name": "x"}},
    {"dice": {"emoji": "🎲", "value": 3}},
    {"new_chat_members": [{"id": 6, "is_bot": False, "first_name": "x"}]},
    {"reply_to_message": private_message(5, text="x")},
)
_PRESSES = ("/help", "/menu", '/set_language{"language":"ar"}', "/accept_notice", '/set_place{"place":"bw"}', "~abc")


def update(number: int, chat: int, dice: random.Random) -> dict[str, Any]:
    """Return an update as Telegram sends it."""
    kind = dice.random()
    if kind < 0.25:
        return {"update_id": number, "callback_query": callback_query(chat, dice.choice(_PRESSES), number)}
    message = private_message(chat, number, **copy.deepcopy(dice.choice(_CONTENTS)))
    if kind < 0.35:
        return {"update_id": number, "edited_message": {**message, "edit_date": 1_795_000_060}}
    if kind < 0.45:
        message["chat"] = dict(_GROUP)
    return {"update_id": number, "message": message}


def mutated(value: Any, dice: random.Random, *, keep: frozenset[str] = frozenset()) -> Any:
    """Return the value with one to four of its parts missing, doubled or strange; keys in `keep` stay."""
    value = copy.deepcopy(value)
    for _ in range(dice.randint(1, 4)):
        possible = [(container, key) for container, key in _places(value) if key not in keep]
        if not possible:
            break
        container, key = dice.choice(possible)
        way = dice.random()
        if way < 0.3 and isinstance(container, dict):
            del container[key]
        elif way < 0.4 and isinstance(container, dict):
            container[dice.choice(("", "id", "chat", "refused", "x" * 300, "\ud800"))] = container[key]
        else:
            container[key] = copy.deepcopy(dice.choice(STRANGE))
    return value


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        found.append((value, key))
        found += _places(inner)
    return found


def mutated_bytes(data: bytes, dice: random.Random) -> bytes:
    """Return data that was cut, flipped, doubled or mixed up in one to three places."""
    data = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        at, long = dice.randrange(len(data) + 1), dice.randint(1, 40)
        match dice.randrange(6):
            case 0:
                del data[at : at + long]
            case 1 if data:
                data[at % len(data)] ^= 1 << dice.randrange(8)
            case 2:
                data[at:at] = data[at : at + long] * 3
            case 3:
                data[at:at] = dice.choice(
                    (b"\x00", b"\xff", b"\xed\xa0\x80", b"{{", b"- [", b"\n\t", b": *a", b"&a ", b"%s")
                )
            case 4:
                del data[at:]
            case _:
                data[at:at] = json.dumps(dice.choice(STRANGE)).encode()
    return bytes(data)


def mutated_lines(text: str, dice: random.Random) -> str:
    """Return text whose lines are missing, moved, doubled, indented otherwise or filled with something else."""
    lines = text.splitlines(keepends=True)
    for _ in range(dice.randint(1, 3)):
        if not lines:
            break
        at = dice.randrange(len(lines))
        match dice.randrange(6):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[dice.randrange(len(lines))])
            case 2:
                lines[at] = "  " + lines[at]
            case 3:
                lines[at] = lines[at].lstrip()
            case 4:
                head, colon, _ = lines[at].partition(":")
                lines[at] = f"{head}{colon} {dice.choice(_VALUES)}\n"
            case _:
                lines[at] = f"{dice.choice(_VALUES)}\n"
    return "".join(lines)


_VALUES = (
    "", "~", "[]", "{}", "- ", "5", "-1", "1e999", "true", "2026-02-30", "99:99", '"', "'", "[a, {b: c}]", "*x", "&x y",
    "!!python/object:os.system x", "<<: *a", "? a", "|", "\ufeff", "\u202e", "{name}", "%(x)s", "http://x", "../../etc",
    "a" * 3_000, "[" * 600, "!!binary x", "0x1F", "1_000", "=", "@", "`", "msgid \"x\"", 'msgstr[9] "x"', "#~ x",
)  # fmt: skip
