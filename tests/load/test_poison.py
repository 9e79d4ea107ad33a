"""Bad input never stops the service: mutated updates, web requests and files, with good ones in between."""

from __future__ import annotations

import asyncio
import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import catalogues
from bot.bootstrap import editing, upkeep
from bot.bootstrap.lotse import Lotse
from bot.channels.telegram.webhook import PATH
from bot.errors import ConfigurationError, Fault
from bot.settings import Settings
from bot.storage.tables import InboxRow, OutboxRow
from tests.fake_bot_api import BOT, FakeBotApi, callback_query
from tests.load.inside import browser, eventually, opened, rows, running
from tests.load.kill import PAGES, WELCOME
from tests.load.mutate import STRANGE, mutated, mutated_bytes, mutated_lines, update

BAD_FROM = 1_000_000
_GOOD_CHATS = 20
_STRANGERS = 200


@dataclass
class Poison:
    """What became of bad and good updates."""

    bad: int = 0
    good: int = 0
    without_id: int = 0
    answered: int = 0
    quarantined: int = 0
    reasons: int = 0
    good_done: int = 0
    good_replies: int = 0


async def test_mutated_updates_are_answered_or_set_aside(sqlite_url: str, tmp_path: Path) -> None:
    await updates_survived(sqlite_url, tmp_path, 2_000)


@pytest.mark.soak
async def test_100_000_mutated_updates_are_answered_or_set_aside(empty_url: str, tmp_path: Path) -> None:
    await updates_survived(empty_url, tmp_path, 100_000)


async def updates_survived(url: str, folder: Path, number: int) -> None:
    counts = await poison(url, folder, number)
    print(f"mutated updates on {url.partition(':')[0]}: {counts}", flush=True)
    assert counts.good_done == counts.good
    assert counts.good_replies == counts.good
    assert counts.answered + counts.quarantined == counts.bad - counts.without_id
    assert counts.quarantined > number / 20
    assert counts.answered > number / 20


async def poison(url: str, folder: Path, number: int, seed: int = 3) -> Poison:
    """Send bad updates with a good one after every tenth, through polling, inbox, worker and sender."""
    dice, counts = random.Random(seed), Poison()
    keys: set[str] = set()
    with FakeBotApi(enforced=False) as telegram:
        async with opened(url, folder, telegram) as lotse, running(lotse, "worker", "telegram"):
            for batch in _batches(number, dice, counts, keys):
                while len(telegram.state.raw_batches) > 3:
                    await asyncio.sleep(0.02)
                telegram.state.raw_batches.append(batch)
                telegram.state.sent.clear()  # a hundred thousand of them are not looked at
            await eventually(lambda: _settled(lotse, telegram), seconds=120 + number / 30)
            await _count(lotse, counts, keys)
    return counts


def _batches(number: int, dice: random.Random, counts: Poison, keys: set[str]) -> Iterator[bytes]:
    batch: list[Any] = []
    for index in range(number):
        bad = mutated(update(BAD_FROM + index, 5 + index % _STRANGERS, dice), dice, keep=frozenset({"update_id"}))
        if dice.random() < 0.02:
            bad["update_id"] = dice.choice([value for value in STRANGE if value not in (0, 1, 2**31)])
        counts.bad += 1
        counts.without_id += bad["update_id"] != BAD_FROM + index
        keys.add(str(bad["update_id"]))
        batch.append(bad)
        if index % 10 == 9:
            batch.append(_good(counts.good))
            counts.good += 1
        if len(batch) >= 90 or index == number - 1:
            yield json.dumps({"ok": True, "result": batch}).encode()
            batch = []
        if index % max(1, number // 3) == number // 6:
            yield dice.choice((b"{", b"[" * 50_000, b"null", b'{"ok":true,"result":{}}'))


def _good(number: int) -> dict[str, Any]:
    chat, step = 900_001 + number % _GOOD_CHATS, number // _GOOD_CHATS
    page = PAGES[step % len(PAGES)]
    payload = WELCOME[step] if step < len(WELCOME) else f'/feedback_good{{"page":"{page}"}}'
    return {"update_id": number + 1, "callback_query": callback_query(chat, payload, number + 1)}


async def _settled(lotse: Lotse, telegram: FakeBotApi) -> bool:
    if telegram.state.raw_batches:
        return False
    async with lotse.stores.database.read() as connection:
        for box in ("inbox WHERE state = 'pending'", "outbox WHERE state IN ('queued', 'sending')"):
            found = await connection.exec_driver_sql(f"SELECT count(*) FROM {box}")  # noqa: S608 - two constants
            if found.scalar_one():
                return False
    return True


async def _count(lotse: Lotse, counts: Poison, keys: set[str]) -> None:
    inbox = lotse.stores.inbox
    good = {inbox.chat_key("telegram", BOT, str(900_001 + number)) for number in range(_GOOD_CHATS)}
    for row in await rows(lotse, InboxRow):
        if int(row.update_key) < BAD_FROM:
            counts.good_done += row.state == "done"
            continue
        assert row.update_key in keys
        counts.answered += row.state == "done"
        counts.quarantined += row.state == "quarantined"
        assert (row.state == "quarantined") == bool(row.reason)
        assert not row.reason or re.fullmatch(r"[A-Za-z_]{3,64}", row.reason)  # a code, nothing of the update
        assert row.reason != "worker_died"
    counts.reasons = len({row.reason for row in await rows(lotse, InboxRow, InboxRow.state == "quarantined")})
    replies = await rows(lotse, OutboxRow, OutboxRow.chat_key.in_(good))
    counts.good_replies = sum(row.state == "sent" for row in replies)


async def test_mutated_requests_are_answered(sqlite_url: str, tmp_path: Path) -> None:
    await requests_survived(sqlite_url, tmp_path, 1_000)


@pytest.mark.soak
async def test_100_000_mutated_requests_are_answered(sqlite_url: str, tmp_path: Path) -> None:
    await requests_survived(sqlite_url, tmp_path, 100_000)


async def requests_survived(url: str, folder: Path, number: int) -> None:
    dice, statuses = random.Random(5), Counter[int]()
    with FakeBotApi(enforced=False) as telegram:
        settings = {"public_url": "https://x.example", "webhook_secret": "secret", "trusted_proxies": "127.0.0.1"}
        async with opened(url, folder, telegram, **settings) as lotse, running(lotse, "worker"), browser(lotse) as http:
            token = ""
            for index in range(number):
                if index % 40 == 0:
                    token = await _session(http, dice)
                answer = await http.send(_request(http, token, index, dice))
                statuses[answer.status_code] += 1
                assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.request.content)
                if index % 40 == 39:  # a good one
                    said = {"id": f"good{index}", "payload": "/menu"}
                    headers = {"Authorization": f"Bearer {token}", **_from_somewhere(dice)}
                    good = await http.post("/api/chat/messages", json=said, headers=headers)
                    assert good.status_code in (202, 429), good.text
            await eventually(lambda: _settled(lotse, telegram), seconds=60 + number / 50)
            states = Counter((row.state, row.reason) for row in await rows(lotse, InboxRow))
    print(f"mutated requests: {dict(sorted(statuses.items()))}; messages: {dict(states)}", flush=True)
    assert statuses[202] > number / 100
    assert statuses[400] > number / 10


def _from_somewhere(dice: random.Random) -> dict[str, str]:
    return {"X-Forwarded-For": f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(256)}"}


async def _session(http: httpx.AsyncClient, dice: random.Random) -> str:
    answer = await http.post("/api/chat/sessions", json={"language": "de"}, headers=_from_somewhere(dice))
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


def _request(http: httpx.AsyncClient, token: str, number: int, dice: random.Random) -> httpx.Request:
    """Return a request that is nearly right."""
    bearer = {"Authorization": f"Bearer {token}"}
    message: dict[str, Any] = dice.choice(
        [{"id": f"m{number}", "text": "Ich suche"}, {"id": f"m{number}", "payload": dice.choice((*WELCOME, "/help"))}]
    )
    tap = callback_query(5 + number % 50, "/help", number)
    method, path, headers, body = dice.choice(
        [
            ("POST", "/api/chat/sessions", {}, {"language": "de", "place": "bw"}),
            ("POST", "/api/chat/messages", bearer, message),
            ("POST", "/api/chat/messages", bearer, message),
            ("POST", f"/api/chat/attachments?id=a{number}", bearer, {"x": 1}),
            ("POST", PATH, {"X-Telegram-Bot-Api-Secret-Token": "secret"}, {"update_id": number, "callback_query": tap}),
            ("GET", "/api/chat/events", {"Last-Event-ID": "1"}, None),  # without a token, lest it streams for ever
            ("GET", "/api/chat/documents/1", bearer, None),
            ("GET", dice.choice(("/", "/embed", "/healthz", "/readyz", "/metrics", "/api/openapi.json")), {}, None),
            ("PUT", "/api/chat/messages", bearer, message),
        ]
    )
    content = json.dumps(mutated(body, dice) if body and dice.random() < 0.7 else body).encode() if body else b""
    if dice.random() < 0.3:
        content = mutated_bytes(content, dice)
    headers = {"Content-Type": "application/json", **headers, **_from_somewhere(dice)}
    if dice.random() < 0.3:
        headers[dice.choice((*headers, "Accept-Language", "Cookie", "Range", "Content-Encoding"))] = dice.choice(
            _HEADERS
        )
    if dice.random() < 0.15:
        path += dice.choice(_ENDINGS)
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    return http.build_request(method, path, headers=raw, content=content)


_HEADERS = (
    "",
    "\xff",
    "Bearer",
    "Bearer \xe9",
    "x" * 5_000,
    "-1",
    "9" * 30,
    "gzip",
    "de;q=x",
    "a,b,c" * 50,
    "multipart/form-data",
)
_ENDINGS = ("?", "?id=", "?id=%00", "?id=%ff%fe", "?x[]=1", "/", "//", "/..%2f..", "/%00", "%ff", "?id=" + "x" * 3_000)


def test_mutated_files_are_refused_by_name(tmp_path: Path) -> None:
    files_survived(tmp_path, 30)


@pytest.mark.soak
def test_many_mutated_files_are_refused_by_name(tmp_path: Path) -> None:
    files_survived(tmp_path, 3_000)


def files_survived(folder: Path, number: int) -> None:
    """Break one file after the other; every fault must name a file, and nothing else may be raised."""
    dice, seen = random.Random(11), Counter[str]()
    nameless: list[Fault] = []
    for name in ("content", "intents", "locales"):
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("nlu", "*.npz"))
    settings = Settings(content_dir=folder / "content", intents_dir=folder / "intents", locales_dir=folder / "locales")
    checks: dict[str, Callable[[], object]] = {
        "content": lambda: _faults(editing.check_content(settings)[0]),
        "intents": lambda: upkeep._check_intents(settings),
        "locales": lambda: catalogues.load(settings.locales_dir),
    }
    files = {
        room: [path for path in sorted((folder / room).rglob("*")) if path.suffix in {".yml", ".md", ".po"}]
        for room in checks
    }
    for _ in range(number):
        room = dice.choice(list(checks))
        path = dice.choice(files[room])
        before = path.read_bytes()
        if dice.random() < 0.5:
            path.write_bytes(mutated_bytes(before, dice))
        else:
            path.write_text(mutated_lines(before.decode(), dice), "utf-8")
        try:
            checks[room]()
            seen["still right"] += 1
        except ConfigurationError as exc:
            seen["refused"] += 1
            nameless += [fault for fault in exc.faults if not (fault.where and fault.what)]
        except Exception as exc:
            keep = folder.parent / f"crash{path.suffix}"
            keep.write_bytes(path.read_bytes())
            raise AssertionError(f"{path} in {keep}: {exc!r}") from exc
        finally:
            path.write_bytes(before)
    print(f"mutated files: {dict(seen)}", flush=True)
    assert seen["refused"] > number / 10
    assert not nameless


def _faults(faults: list[Any]) -> None:
    if faults:
        raise ConfigurationError(faults)
