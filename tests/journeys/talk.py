"""People to talk with Lotse over real channels: a browser's HTTP, and Telegram's Bot API."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from bot.core.text import without_direction_marks
from tests.fake_bot_api import FakeBotApi

_LONGEST_WAIT = 45.0
_QUIET = 0.6  # after this long without a further message the answer is complete


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


class WebTalk:
    """A browser, without the browser."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=30)
        self._last = 0
        self._headers: dict[str, str] = {}

    def begin(self, **given: str) -> list[Heard]:
        answer = self._client.post("/api/chat/sessions", json=given)
        answer.raise_for_status()
        self._headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        return self._listen()

    def say(self, text: str) -> list[Heard]:
        return self._send(text=text)

    def press(self, payload: str) -> list[Heard]:
        return self._send(payload=payload)

    def _send(self, **message: str) -> list[Heard]:
        body = {"id": uuid.uuid4().hex, **message}
        answer = self._client.post("/api/chat/messages", json=body, headers=self._headers)
        assert answer.status_code == 202, answer.text
        return self._listen()

    def _listen(self) -> list[Heard]:
        found: list[Heard] = []
        headers = {**self._headers, "Last-Event-ID": str(self._last)}
        timeout = httpx.Timeout(30, read=_LONGEST_WAIT)
        try:
            with self._client.stream("GET", "/api/chat/events", headers=headers, timeout=timeout) as stream:
                network = stream.extensions["network_stream"].get_extra_info("socket")
                for line in stream.iter_lines():
                    if line.startswith("data: {") and '"text"' in line:
                        found.append(self._heard(json.loads(line[6:])))
                        network.settimeout(_QUIET)
                        timeout.read = _QUIET
                        stream.request.extensions["timeout"]["read"] = _QUIET
        except httpx.ReadTimeout:
            pass
        return found

    def _heard(self, event: dict[str, Any]) -> Heard:
        self._last = max(self._last, int(event["id"]))
        files = {}
        if document := event.get("document"):
            files[document["name"]] = self._client.get(document["url"], headers=self._headers).content
        buttons = {button["title"]: button.get("payload") or button["url"] for button in event["buttons"]}
        return Heard(without_direction_marks(event["text"]), buttons, files, event["language"], event["dir"])


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
        deadline = time.monotonic() + _LONGEST_WAIT
        found: list[Any] = []
        while time.monotonic() < deadline:
            time.sleep(0.05)
            if new := self._mine()[self._seen :]:
                found += new
                self._seen += len(new)
                # One message a second a chat is the limit: the next part of an answer may take as long.
                deadline = time.monotonic() + 1.6
        return [_heard(message) for message in found]

    def _mine(self) -> list[Any]:
        return [message for message in list(self._api.state.sent) if message.chat == str(self._chat)]


def _heard(message: Any) -> Heard:
    markup = message.fields.get("reply_markup") or {}
    markup = json.loads(markup) if isinstance(markup, str) else markup
    rows = markup.get("inline_keyboard", [])
    buttons = {b["text"]: b.get("callback_data") or b.get("url", "") for row in rows for b in row}
    document = message.fields.get("document")
    files = {document["file_name"]: document["content"]} if isinstance(document, dict) else {}
    return Heard(without_direction_marks(message.text), buttons, files)
