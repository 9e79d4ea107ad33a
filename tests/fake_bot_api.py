"""A Bot API server to test against: real HTTP, real flood limits, real trouble.

In tests:

    with FakeBotApi() as telegram:
        telegram.push(telegram.text(5, "hello"))
        telegram.script(7, "blocked")
        telegram.sent_to(5)

By hand, or for a process that is to be killed:

    python -m tests.fake_bot_api --port 9001
    curl -d '[{"update_id": 1, "message": {...}}]' http://127.0.0.1:9001/control/updates
    curl http://127.0.0.1:9001/control/sent
    curl -d '{"chat": 7, "answers": ["blocked"]}' http://127.0.0.1:9001/control/script
    curl -d '{"empty_at_once": true, "lacks": ["setMyCommands"]}' http://127.0.0.1:9001/control/settings

What a chat can be scripted to answer, once each, in turn ("blocked*" for ever):
    blocked, deactivated, chat_not_found, server_error, bad_gateway, proxy, flood:<seconds>, bad_entities, bad_button,
    bad_request, migrated:<new id>, arrives (stored, but no answer comes), hangs (not stored, no answer),
    unreadable (stored, answer is no JSON), ok
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
import uvicorn
from litestar import Litestar, Request, Response, get, post, route
from litestar.datastructures import UploadFile
from litestar.params import FromPath

TOKEN = "1:fake-token_for-tests-only"
BOT = "telegram:1"


@dataclass
class Limits:
    """As Telegram has them; tests scale the windows down. `None` of it counts when `enforced` is off."""

    enforced: bool = True
    total: int = 30
    window: float = 1.0
    private: int = 1
    private_window: float = 1.0
    group: int = 20
    group_window: float = 60.0
    tolerance: float = 0.1  # of the window: the network jitters


@dataclass
class Sent:
    """Something the bot did in a chat."""

    method: str
    chat: str
    text: str
    fields: dict[str, Any]
    at: float
    message_id: int


@dataclass
class State:
    token: str = TOKEN
    limits: Limits = field(default_factory=Limits)
    updates: list[dict[str, Any]] = field(default_factory=list)
    raw_batches: deque[bytes] = field(default_factory=deque)  # answers to getUpdates, as they are
    sent: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    scripts: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    polls: deque[str] = field(default_factory=deque)  # scripted answers to getUpdates
    lacks: set[str] = field(default_factory=set)
    empty_at_once: bool = False
    forgets: bool = True  # updates that an offset has confirmed
    webhook: dict[str, Any] | None = None
    refused: int = 0  # messages answered 429
    passed: deque[float] = field(default_factory=deque)
    passed_in: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))


class Trouble(Exception):
    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters


def application(state: State) -> Litestar:
    @route("/{bot:str}/{method:str}", http_method=["GET", "POST"], status_code=200)
    async def bot_api(request: Request[Any, Any, Any], bot: FromPath[str], method: FromPath[str]) -> Response[Any]:
        try:
            return await _answer(state, request, bot.removeprefix("bot"), method)
        except Trouble as exc:
            return Response(exc.body, status_code=exc.status)

    return Litestar([bot_api, *_controls(state)], openapi_config=None, logging_config=None)


def _controls(state: State) -> list[Any]:
    @post("/control/updates", status_code=200)
    async def push(request: Request[Any, Any, Any]) -> int:
        data = await request.json()
        state.updates += data if isinstance(data, list) else [data]
        return len(state.updates)

    @get("/control/sent")
    async def sent() -> list[dict[str, Any]]:
        return [asdict(message) for message in state.sent]

    @get("/control/waiting")
    async def waiting() -> int:
        return len(state.updates)

    @post("/control/script", status_code=200)
    async def script(request: Request[Any, Any, Any]) -> None:
        data = await request.json()
        state.scripts[str(data["chat"])].extend(data["answers"])

    @post("/control/settings", status_code=200)
    async def settings(request: Request[Any, Any, Any]) -> None:
        for name, value in (await request.json()).items():
            if name == "limits":
                state.limits = Limits(**value)
            else:
                setattr(state, name, set(value) if name == "lacks" else value)

    return [push, sent, waiting, script, settings]


async def _answer(state: State, request: Request[Any, Any, Any], token: str, method: str) -> Response[Any]:
    if token != state.token:
        raise Trouble(401, "Unauthorized")
    if method in state.lacks or method not in METHODS:
        raise Trouble(404, "Not Found")
    fields = await _fields(request)
    if method != "getUpdates":
        state.calls.append((method, fields))
    return await METHODS[method](state, method, fields)


async def _fields(request: Request[Any, Any, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = dict(request.query_params)
    if request.content_type[0] == "application/json":
        sent: dict[str, Any] = await request.json()
        return fields | sent
    if request.method == "POST":
        for name, value in (await request.form()).items():
            fields[name] = await _file(value) if isinstance(value, UploadFile) else _value(value)
    return fields


async def _file(upload: UploadFile) -> dict[str, Any]:
    content = await upload.read()
    return {"filename": upload.filename, "bytes": len(content), "text": content.decode("utf-8", "replace")}


def _value(text: str) -> Any:
    try:
        return json.loads(text) if text[:1] in "[{" else text
    except ValueError:
        return text


def _ok(result: Any) -> Response[Any]:
    return Response({"ok": True, "result": result})


async def _get_updates(state: State, _method: str, fields: dict[str, Any]) -> Response[Any]:
    if state.webhook:
        raise Trouble(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
    if state.polls:
        await _poll_trouble(state.polls.popleft())
    if state.raw_batches:
        return Response(state.raw_batches.popleft(), media_type="application/json")
    offset, limit = int(fields.get("offset", 0)), int(fields.get("limit", 100))
    if offset and state.forgets:
        state.updates[:] = [update for update in state.updates if update.get("update_id", offset) >= offset]
    until = time.monotonic() + (0 if state.empty_at_once else float(fields.get("timeout", 0)))
    while True:
        found = [update for update in state.updates if update.get("update_id", offset) >= offset][:limit]
        if found or time.monotonic() >= until:
            return _ok(found)
        await _hang(0.01)


async def _poll_trouble(trouble: str) -> None:
    kind, _, value = trouble.partition(":")
    if kind == "hangs":
        await _hang(float(value))
    elif kind == "flood":
        raise Trouble(429, f"Too Many Requests: retry after {value}", retry_after=int(value))
    elif kind == "conflict":
        raise Trouble(409, "Conflict: terminated by other getUpdates request")
    elif kind.isdigit():
        raise Trouble(int(kind), "trouble")


async def _send(state: State, method: str, fields: dict[str, Any]) -> Response[Any]:
    chat = str(fields["chat_id"])
    script = state.scripts[chat]
    answer = script[0] if script else "ok"
    if script and not answer.endswith("*"):
        script.popleft()
    kind, _, value = answer.removesuffix("*").partition(":")
    _refuse(kind, value)
    if kind == "proxy":
        return Response("<html>Forbidden</html>", status_code=403, media_type="text/html")
    if kind == "hangs":
        await _hang()
    _check(fields, method)
    _enforce(state, chat)
    message = _store(state, method, chat, fields)
    if kind == "arrives":
        await _hang()
    if kind == "unreadable":
        return Response("not json", media_type="application/json")
    return _ok(message)


async def _hang(seconds: float = 60) -> None:
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:  # the server is stopped meanwhile
        raise Trouble(503, "Service Unavailable") from None


def _refuse(kind: str, value: str) -> None:
    refusals = {
        "blocked": (403, "Forbidden: bot was blocked by the user"),
        "deactivated": (403, "Forbidden: user is deactivated"),
        "chat_not_found": (400, "Bad Request: chat not found"),
        "server_error": (500, "Internal Server Error"),
        "bad_gateway": (502, "Bad Gateway"),
        "bad_entities": (400, "Bad Request: can't parse entities: unsupported start tag"),
        "bad_button": (400, "Bad Request: BUTTON_URL_INVALID"),
        "bad_request": (400, "Bad Request: something is wrong"),
    }
    if kind in refusals:
        raise Trouble(*refusals[kind])
    if kind == "flood":
        raise Trouble(429, f"Too Many Requests: retry after {value}", retry_after=int(value))
    if kind == "migrated":
        raise Trouble(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=int(value))


def _check(fields: dict[str, Any], method: str) -> None:
    """What Telegram refuses by itself."""
    text = str(fields.get("text", ""))
    if method == "sendMessage" and not text.strip():
        raise Trouble(400, "Bad Request: message text is empty")
    size = len(text.encode("utf-16-le")) // 2
    if size > 4_096:
        raise Trouble(400, "Bad Request: message is too long")
    for entity in fields.get("entities", ()):
        if entity["length"] < 1 or entity["offset"] + entity["length"] > size:
            raise Trouble(400, "Bad Request: ENTITY_BOUNDS_INVALID")
    for button in _buttons(fields):
        if len(str(button.get("callback_data", "")).encode()) > 64:
            raise Trouble(400, "Bad Request: BUTTON_DATA_INVALID")
        if not str(button.get("url", "https://")).startswith(("https://", "http://", "tg://")):
            raise Trouble(400, "Bad Request: Wrong HTTP URL in the button")


def _buttons(fields: dict[str, Any]) -> list[dict[str, Any]]:
    markup = fields.get("reply_markup") or {}
    return [button for row in markup.get("inline_keyboard", ()) for button in row]


def _enforce(state: State, chat: str) -> None:
    limits, now = state.limits, time.monotonic()
    if not limits.enforced:
        return
    most, window = (
        (limits.group, limits.group_window) if chat.startswith("-") else (limits.private, limits.private_window)
    )
    for passed, number, seconds in (
        (state.passed, limits.total, limits.window),
        (state.passed_in[chat], most, window),
    ):
        seconds *= 1 - limits.tolerance
        while passed and passed[0] <= now - seconds:
            passed.popleft()
        if len(passed) >= number:
            state.refused += 1
            wait = max(1, round(passed[0] + seconds - now + 0.5))
            raise Trouble(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    state.passed.append(now)
    state.passed_in[chat].append(now)


def _store(state: State, method: str, chat: str, fields: dict[str, Any]) -> dict[str, Any]:
    number = len(state.sent) + 1
    text = str(fields.get("text", fields.get("caption", "")))
    state.sent.append(Sent(method, chat, text, fields, time.time(), number))
    kind = "supergroup" if chat.startswith("-") else "private"
    return {"message_id": number, "date": int(time.time()), "chat": {"id": int(chat), "type": kind}, "text": text}


async def _get_me(state: State, _method: str, _fields: dict[str, Any]) -> Response[Any]:
    number = int(state.token.partition(":")[0])
    return _ok({"id": number, "is_bot": True, "first_name": "Lotse", "username": "LotseTestBot"})


async def _set_webhook(state: State, _method: str, fields: dict[str, Any]) -> Response[Any]:
    state.webhook = fields if fields.get("url") else None
    return _ok(True)


async def _delete_webhook(state: State, _method: str, _fields: dict[str, Any]) -> Response[Any]:
    state.webhook = None
    return _ok(True)


async def _yes(_state: State, _method: str, _fields: dict[str, Any]) -> Response[Any]:
    return _ok(True)


METHODS = {
    "getUpdates": _get_updates,
    "getMe": _get_me,
    "sendMessage": _send,
    "sendDocument": _send,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "answerCallbackQuery": _yes,
    "sendChatAction": _yes,
    "setMyCommands": _yes,
    "deleteMyCommands": _yes,
}


class Server:
    """Any ASGI app on a real socket, in a thread of its own."""

    def __init__(self, app: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(_config(app))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Server:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(0.0002)  # both sides of the wire share one interpreter, and would wait for each other
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=10)
        self._socket.close()
        sys.setswitchinterval(self._interval)


class FakeBotApi:
    """The server in a thread, with its state at hand and makers of updates."""

    def __init__(self, **limits: Any) -> None:
        self.state = State(limits=Limits(**limits))
        self._server = Server(application(self.state))
        self.url = self._server.url
        self._next = 1

    def __enter__(self) -> FakeBotApi:
        self._server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.__exit__()

    def push(self, *updates: dict[str, Any]) -> None:
        self.state.updates.extend(updates)

    def script(self, chat: int, *answers: str) -> None:
        self.state.scripts[str(chat)].extend(answers)

    def sent_to(self, chat: int) -> list[str]:
        return [message.text for message in self.state.sent if message.chat == str(chat)]

    def called(self, method: str) -> list[dict[str, Any]]:
        return [fields for name, fields in self.state.calls if name == method]

    def text(self, chat: int, text: str, update_id: int | None = None) -> dict[str, Any]:
        """Return an update in which a person writes a text; ids count up from 1."""
        return self.message(chat, update_id, text=text)

    def message(self, chat: int, update_id: int | None = None, **content: Any) -> dict[str, Any]:
        number = self._number(update_id)
        return {"update_id": number, "message": private_message(chat, number, **content)}

    def press(self, chat: int, data: str, update_id: int | None = None) -> dict[str, Any]:
        number = self._number(update_id)
        return {"update_id": number, "callback_query": callback_query(chat, data, number)}

    def _number(self, update_id: int | None) -> int:
        number = self._next if update_id is None else update_id
        self._next = number + 1
        return number


def person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Test", "language_code": "ar"}


def private_message(chat: int, number: int = 1, **content: Any) -> dict[str, Any]:
    where = {"id": chat, "type": "private", "first_name": "Test"}
    return {"message_id": number, "date": 1_795_000_000, "chat": where, "from": person(chat), **content}


def callback_query(chat: int, data: str, number: int = 1) -> dict[str, Any]:
    message = private_message(chat, number, text="?")
    return {"id": str(number), "from": person(chat), "chat_instance": "1", "data": data, "message": message}


async def deliver_by_webhook(url: str, secret: str, updates: Sequence[Any]) -> list[int]:
    """Post updates to a webhook as Telegram does; return the statuses."""
    async with httpx.AsyncClient() as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return [(await client.post(url, json=update, headers=headers)).status_code for update in updates]


def _config(app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, access_log=False, ws="none", lifespan="off", timeout_graceful_shutdown=1, **more
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="A Bot API server to test against")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--no-limits", action="store_true")
    options = parser.parse_args()
    state = State(token=options.token, limits=Limits(enforced=not options.no_limits))
    print(f"LOTSE_TELEGRAM_API_URL=http://127.0.0.1:{options.port} LOTSE_TELEGRAM_TOKEN={options.token}", flush=True)
    uvicorn.Server(_config(application(state), host="127.0.0.1", port=options.port)).run()


if __name__ == "__main__":
    main()
