"""People to talk with Lotse over real channels: a browser's HTTP, and Telegram's Bot API."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from bot.core.text import without_direction_marks
from tests.fake_bot_api import FakeBotApi

_LONGEST_WAIT = 45.0


@dataclass
class Heard:
    """One message of Lotse: its text without direction marks, its buttons by title, files by name."""

    text: str
    buttons: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    language: str = ""
    direction: str = ""


class Talk(Protocol):
    """Somebody's conversation."""

    def begin(self) -> list[Heard]: ...

    def say(self, text: str) -> list[Heard]: ...

    def press(self, payload: str) -> list[Heard]: ...

    def close(self) -> None: ...


class WebTalk:
    """A browser, without the browser: one thread follows the events while the other writes."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=30)
        self._headers: dict[str, str] = {}
        self._events: list[dict[str, Any]] = []
        self._seen = 0

    def begin(self, **given: str) -> list[Heard]:
        answer = self._client.post("/api/chat/sessions", json=given)
        answer.raise_for_status()
        self._headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        self._following = threading.Thread(target=self._follow, daemon=True)
        self._following.start()
        return self._listen()

    def close(self) -> None:
        """Leave: the server ends the stream."""
        self._client.delete("/api/chat/sessions/current", headers=self._headers)
        self._following.join(10)
        self._client.close()

    def say(self, text: str) -> list[Heard]:
        return self._send(text=text)

    def press(self, payload: str) -> list[Heard]:
        return self._send(payload=payload)

    def _send(self, **message: str) -> list[Heard]:
        body = {"id": uuid.uuid4().hex, **message}
        answer = self._client.post("/api/chat/messages", json=body, headers=self._headers)
        assert answer.status_code == 202, answer.text
        return self._listen()

    def _follow(self) -> None:
        with (
            contextlib.suppress(httpx.HTTPError, httpx.StreamError, OSError, RuntimeError),  # `close` cuts it off
            self._client.stream("GET", "/api/chat/events", headers=self._headers, timeout=None) as stream,
        ):
            for line in stream.iter_lines():
                if line.startswith("data: {") and '"text"' in line:
                    self._events.append(json.loads(line[6:]))

    def _listen(self) -> list[Heard]:
        found = _until_quiet(lambda: self._events[self._seen :], self._take, quiet=0.5)
        return [self._heard(event) for event in found]

    def _take(self, number: int) -> None:
        self._seen += number

    def _heard(self, event: dict[str, Any]) -> Heard:
        files = {}
        if document := event.get("document"):
            files[document["name"]] = self._client.get(document["url"], headers=self._headers).content
        buttons = {button["title"]: button.get("payload") or button["url"] for button in event["buttons"]}
        titles = {without_direction_marks(title): payload for title, payload in buttons.items()}
        return Heard(without_direction_marks(event["text"]), titles, files, event["language"], event["dir"])


def _until_quiet(new: Callable[[], list[Any]], take: Callable[[int], None], *, quiet: float) -> list[Any]:
    """Return what arrives until nothing more does for `quiet` seconds."""
    deadline = time.monotonic() + _LONGEST_WAIT
    found: list[Any] = []
    while time.monotonic() < deadline:
        time.sleep(0.03)
        if more := new():
            take(len(more))
            found += more
            deadline = time.monotonic() + quiet
    return found


class TelegramTalk:
    """A person on Telegram: `chat` is also the account's number."""

    def __init__(self, api: FakeBotApi, chat: int) -> None:
        self._api = api
        self._chat = chat
        self._seen = 0

    def begin(self) -> list[Heard]:
        return self.say("/start")

    def say(self, text: str) -> list[Heard]:
        self._api.push(self._api.text(self._chat, text))
        return self._listen()

    def press(self, payload: str) -> list[Heard]:
        self._api.push(self._api.press(self._chat, payload))
        return self._listen()

    def _listen(self) -> list[Heard]:
        # One message a second a chat is the limit: the next part of an answer may take as long.
        return [_heard(message) for message in _until_quiet(self._new, self._take, quiet=1.6)]

    def close(self) -> None:
        """Nothing to close."""

    def _new(self) -> list[Any]:
        return self._mine()[self._seen :]

    def _take(self, number: int) -> None:
        self._seen += number

    def _mine(self) -> list[Any]:
        return [message for message in list(self._api.state.sent) if message.chat == str(self._chat)]


def _heard(message: Any) -> Heard:
    markup = message.fields.get("reply_markup") or {}
    markup = json.loads(markup) if isinstance(markup, str) else markup
    rows = markup.get("inline_keyboard", [])
    buttons = {without_direction_marks(b["text"]): b.get("callback_data") or b["url"] for row in rows for b in row}
    document = message.fields.get("document")
    files = {document["filename"]: document["text"].encode()} if isinstance(document, dict) else {}
    return Heard(without_direction_marks(message.text), buttons, files)
