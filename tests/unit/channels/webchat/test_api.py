from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.webchat.limits import Limits, Rate
from bot.core.message import Document, Reply
from tests.unit.channels.webchat.fakes import Served, serve


@pytest.fixture
async def chat() -> AsyncIterator[Served]:
    async with serve() as served:
        yield served


@pytest.fixture
async def http(chat: Served) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.url) as client:
        yield client


async def opened(http: httpx.AsyncClient, **start: str) -> dict[str, str]:
    answer = await http.post("/api/chat/sessions", json=start)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_a_new_session_begins_with_what_is_known(chat: Served, http: httpx.AsyncClient) -> None:
    start = {"language": "ar-SY", "place": "musterstadt"}
    answer = await http.post("/api/chat/sessions", json=start, headers={"Accept-Language": "ar"})
    session = answer.json()["session"]
    (arrival,) = chat.chats.arrivals
    assert (arrival.channel, arrival.bot, arrival.address) == ("webchat", "webchat", session)
    assert arrival.update_key == f"{session}:start"
    assert json.loads(arrival.raw) == {
        "start": True, "language": "ar", "place": "musterstadt", "accept_language": "ar",
    }  # fmt: skip
    assert "inbox" in chat.signals.nudged


async def test_only_the_hash_of_the_token_is_stored(chat: Served, http: httpx.AsyncClient) -> None:
    token = (await http.post("/api/chat/sessions", json={})).json()["token"]
    assert list(chat.chats.token_hashes) == [hashlib.sha256(token.encode()).hexdigest()]
    assert token not in repr(chat.chats.arrivals)


async def test_an_unknown_language_is_named(http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/chat/sessions", json={"language": "pl"})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("language: 'pl' is not one of de, de-simple, en")


async def test_a_message_is_accepted_once(chat: Served, http: httpx.AsyncClient) -> None:
    token = await opened(http)
    for _ in range(3):
        answer = await http.post("/api/chat/messages", json={"id": "m1", "text": "سلام"}, headers=token)
        assert (answer.status_code, answer.json()) == (202, {"id": "m1"})
    assert [one["text"] for one in chat.chats.said()] == ["سلام"]


async def test_the_same_id_in_another_session_is_another_message(chat: Served, http: httpx.AsyncClient) -> None:
    for token in (await opened(http), await opened(http)):
        await http.post("/api/chat/messages", json={"id": "m1", "text": "a"}, headers=token)
    assert len(chat.chats.said()) == 2


async def test_a_button_carries_its_payload(chat: Served, http: httpx.AsyncClient) -> None:
    token = await opened(http)
    await http.post("/api/chat/messages", json={"id": "m1", "payload": "/help"}, headers=token)
    assert chat.chats.said()[0]["payload"] == "/help"


async def test_nothing_is_acknowledged_that_was_not_stored(chat: Served, http: httpx.AsyncClient) -> None:
    token = await opened(http)
    chat.chats.broken = True
    answer = await http.post("/api/chat/messages", json={"id": "m1", "text": "a"}, headers=token)
    assert answer.status_code == 503


WRONG: list[tuple[object, str]] = [
    ({"id": "m1"}, "exactly one of text and payload"),
    ({"id": "m1", "text": "a", "payload": "/help"}, "exactly one of text and payload"),
    ({"text": "a"}, "id"),
    ({"id": "", "text": "a"}, "id"),
    ({"id": "x" * 65, "text": "a"}, "id"),
    ({"id": "a b", "text": "a"}, "id"),
    ({"id": "a\n", "text": "a"}, "id"),
    ({"id": "start", "text": "a"}, "start"),
    ({"id": "m1", "text": ""}, "text"),
    ({"id": "m1", "text": "x" * 8_001}, "text"),
    ({"id": "m1", "text": 5}, "text"),
    ({"id": "m1", "payload": "/" + "x" * 2_000}, "payload"),
    ({"id": "m1", "text": "a", "admin": True}, "admin"),
    ([], "object"),
]


async def test_what_is_wrong_with_a_message_is_named(chat: Served, http: httpx.AsyncClient) -> None:
    token = await opened(http)
    for body, named in WRONG:
        answer = await http.post("/api/chat/messages", json=body, headers=token)
        assert answer.status_code == 400, body
        assert named in json.dumps(answer.json()), body
    assert chat.chats.said() == []


async def test_broken_json_harms_nobody(chat: Served, http: httpx.AsyncClient) -> None:
    token = {**await opened(http), "Content-Type": "application/json"}
    broken = [b"", b"{", b"[" * 30_000, b'{"id":"m1","text":"\xff"}', b'{"id":"m1","text":"\\ud800"}', b"null"]
    for body in broken:
        answer = await http.post("/api/chat/messages", content=body, headers=token)
        assert answer.status_code == 400, body[:40]
    fine = await http.post("/api/chat/messages", json={"id": "m1", "text": "a"}, headers=token)
    assert fine.status_code == 202


async def test_eight_thousand_letters_of_any_script_fit(chat: Served, http: httpx.AsyncClient) -> None:
    token = await opened(http)
    answer = await http.post("/api/chat/messages", json={"id": "m1", "text": "ሰ" * 8_000}, headers=token)
    assert answer.status_code == 202


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_cap_is_refused(chat: Served, http: httpx.AsyncClient, chunked: bool) -> None:
    token = {**await opened(http), "Content-Type": "application/json"}
    body = b'{"id": "m1", "text": "' + b"x" * 70_000 + b'"}'

    async def slices() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1_000):
            yield body[start : start + 1_000]

    answer = await http.post("/api/chat/messages", content=slices() if chunked else body, headers=token)
    assert answer.status_code == 413
    assert chat.chats.said() == []


async def test_a_form_of_another_web_site_opens_no_chat(chat: Served, http: httpx.AsyncClient) -> None:
    answer = await http.post("/api/chat/sessions", content=b"{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert chat.chats.arrivals == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/chat/messages"),
        ("GET", "/api/chat/events"),
        ("GET", "/api/chat/documents/1"),
        ("POST", "/api/chat/attachments?id=m1"),
        ("DELETE", "/api/chat/sessions/current"),
    ],
)
async def test_without_the_right_token_nothing_goes(
    chat: Served, http: httpx.AsyncClient, method: str, path: str
) -> None:
    body = {"id": "m1", "text": "a"} if method == "POST" else None
    wrong: list[dict[str, bytes]] = [{}]
    wrong += [{"Authorization": value} for value in (b"", b"Bearer", b"Bearer wrong", b"Basic abc", b"Bearer \xe4")]
    for headers in wrong:
        answer = await http.request(method, path, json=body, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert len(chat.chats.looked_up) == len(wrong), "the same steps for every token"


async def test_the_token_in_the_address_does_not_count(chat: Served, http: httpx.AsyncClient) -> None:
    token = (await opened(http))["Authorization"].removeprefix("Bearer ")
    assert (await http.get(f"/api/chat/events?token={token}")).status_code == 401


async def test_a_closed_session_is_closed(chat: Served, http: httpx.AsyncClient) -> None:
    token = await opened(http)
    assert (await http.delete("/api/chat/sessions/current", headers=token)).status_code == 204
    answer = await http.post("/api/chat/messages", json={"id": "m1", "text": "a"}, headers=token)
    assert answer.status_code == 401


async def test_a_session_that_is_too_fast_is_told_how_long_to_wait() -> None:
    async with serve() as chat, httpx.AsyncClient(base_url=chat.url) as http:
        token, other = await opened(http), await opened(http)
        codes = []
        for number in range(22):
            body = {"id": f"m{number}", "text": "a"}
            answer = await http.post("/api/chat/messages", json=body, headers=token)
            codes.append(answer.status_code)
        assert codes[:20] == [202] * 20
        assert codes[-1] == 429
        assert answer.headers["Retry-After"] == "1"
        fine = await http.post("/api/chat/messages", json={"id": "m", "text": "a"}, headers=other)
        assert fine.status_code == 202


async def test_an_address_that_opens_too_many_sessions_is_slowed_down() -> None:
    async with serve(limits=Limits(sessions=Rate(3, 60))) as chat, httpx.AsyncClient(base_url=chat.url) as http:
        codes = [
            (
                await http.post("/api/chat/sessions", json={}, headers={"X-Forwarded-For": f"192.0.2.{number}"})
            ).status_code
            for number in range(4)
        ]
        assert codes == [201, 201, 201, 429], "the header of a stranger is not believed"


async def test_behind_a_trusted_proxy_each_visitor_counts_apart() -> None:
    limits = Limits(sessions=Rate(1, 60))
    async with (
        serve(limits=limits, trusted_proxies="127.0.0.1") as chat,
        httpx.AsyncClient(base_url=chat.url) as http,
    ):
        codes = [
            (await http.post("/api/chat/sessions", json={}, headers={"X-Forwarded-For": address})).status_code
            for address in ("192.0.2.1", "192.0.2.2", "192.0.2.99, 192.0.2.1")
        ]
        assert codes == [201, 201, 429]


async def test_a_file_is_noted_and_not_kept(chat: Served, http: httpx.AsyncClient) -> None:
    token = {**await opened(http), "Content-Type": "image/jpeg"}
    answer = await http.post("/api/chat/attachments?id=a1", content=b"\xff\xd8secret" * 50_000, headers=token)
    assert (answer.status_code, answer.json()) == (202, {"id": "a1"})
    (arrival,) = [one for one in chat.chats.arrivals if one.update_key.endswith(":a1")]
    assert json.loads(arrival.raw)["attached"] == "photo"
    assert b"secret" not in arrival.raw


async def test_a_file_over_twenty_megabytes_is_refused(chat: Served, http: httpx.AsyncClient) -> None:
    token = await opened(http)

    async def huge() -> AsyncIterator[bytes]:
        for _ in range(21):
            yield b"\0" * 1_048_576

    answer = await http.post("/api/chat/attachments?id=a1", content=huge(), headers=token)
    assert answer.status_code == 413
    assert chat.chats.said() == []


async def test_a_document_is_a_download(chat: Served, http: httpx.AsyncClient) -> None:
    token = await opened(http)
    chat.chats.deliver(Reply("Bitte", "de"))
    chat.chats.deliver(Reply("Bitte", "de", document=Document("بيانات.json", "application/json", b"{}")))
    answer = await http.get("/api/chat/documents/2", headers=token)
    assert answer.content == b"{}"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D8%A8")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for position in ("1", "3", "0", "-1", str(2**70)):
        assert (await http.get(f"/api/chat/documents/{position}", headers=token)).status_code == 404


async def test_a_document_of_another_chat_stays_there(chat: Served, http: httpx.AsyncClient) -> None:
    owner, stranger = await opened(http), await opened(http)
    chat.chats.deliver(Reply("Bitte", "de", document=Document("a.json", "application/json", b"{}")))
    assert (await http.get("/api/chat/documents/1", headers=owner)).status_code == 200
    assert (await http.get("/api/chat/documents/1", headers=stranger)).status_code == 404


async def test_the_api_describes_itself(http: httpx.AsyncClient) -> None:
    described = (await http.get("/api/openapi.json")).json()
    assert {(path, method) for path, item in described["paths"].items() for method in item} == {
        ("/api/chat/sessions", "post"),
        ("/api/chat/messages", "post"),
        ("/api/chat/events", "get"),
        ("/api/chat/attachments", "post"),
        ("/api/chat/documents/{position}", "get"),
        ("/api/chat/sessions/current", "delete"),
        ("/api/chat/words", "get"),
    }  # fmt: skip
    say = described["paths"]["/api/chat/messages"]["post"]
    assert say["requestBody"]["content"]["application/json"]["schema"]["examples"]
    assert say["security"] == [{"chat": []}]
    assert {"202", "400", "401", "429"} <= set(say["responses"])
