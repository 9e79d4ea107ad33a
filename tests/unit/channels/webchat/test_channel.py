from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels.webchat.channel import WebChatChannel
from bot.core.message import Attached, Incoming
from bot.core.ports import Claim
from bot.errors import MessageRefused
from tests.unit.channels.webchat.fakes import START


def claim(raw: bytes) -> Claim:
    return Claim(1, "key", "lease", "webchat", "webchat", "session", raw, 0, START, None, None)


async def read(said: Any) -> Incoming | None:
    return await WebChatChannel().read(claim(json.dumps(said).encode()))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"start": True}, Incoming(payload="/greet")),
        (
            {"start": True, "language": None, "place": None, "accept_language": "pl, prs;q=0.9, de;q=0.5"},
            Incoming(payload="/greet", language_hint="fa"),
        ),
        ({"start": True, "language": "ar"}, Incoming(payload='/begin{"language":"ar"}')),
        (
            {"start": True, "language": "ar", "place": "musterstadt", "accept_language": "de"},
            Incoming(payload='/begin{"language":"ar","place":"musterstadt"}', language_hint="de"),
        ),
        ({"text": "Hallo\x00 du\n"}, Incoming(text="Hallo du\n")),
        ({"text": "a", "accept_language": "tr-TR"}, Incoming(text="a", language_hint="tr")),
        ({"payload": "/help"}, Incoming(payload="/help")),
        ({"attached": "photo"}, Incoming(attached=Attached.PHOTO)),
        ({"attached": "hologram"}, Incoming(attached=Attached.OTHER)),
    ],
)
async def test_what_browsers_send_is_read(said: dict[str, Any], expected: Incoming) -> None:
    assert await read(said) == expected


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "bad_json"),
        (b"\xff", "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b"[]", "not_an_object"),
        (b"{}", "nothing_said"),
        (b'{"text": 5}', "bad_text"),
        (b'{"start": true, "language": {}}', "bad_language"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(MessageRefused) as refused:
        await WebChatChannel().read(claim(raw))
    assert refused.value.reason == reason
