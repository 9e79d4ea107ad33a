"""`lotse actions`: the same actions for a Rasa server, for nobody without the token."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient
from rasa_sdk.executor import ActionExecutor
from structlog.testing import capture_logs

from bot.actions import NAMES, executor
from bot.console import action_server
from bot.people.consent import NOTICE_VERSION
from tests.conftest import SettableClock
from tests.house import TestHouse

TOKEN = {"Authorization": "Bearer correct-horse"}


@pytest.fixture
def house(clock: SettableClock) -> TestHouse:
    return TestHouse(clock)


@pytest.fixture
def actions(house: TestHouse) -> ActionExecutor:
    return executor(house.kit)


@pytest.fixture
def client(house: TestHouse, actions: ActionExecutor) -> Iterator[TestClient[Any]]:
    app = action_server.app(actions, house.memory.unit_of_work, "correct-horse")
    with capture_logs(), TestClient(app, raise_server_exceptions=False) as client:
        yield client


def call(action: str, **slots: object) -> dict[str, Any]:
    """A call as Rasa sends it."""
    message = {"text": "canary-text", "intent": {"name": "help"}, "entities": [], "metadata": {}}
    tracker = {
        "sender_id": "rasa-7", "slots": slots, "latest_message": message, "events": [], "paused": False,
        "followup_action": None, "active_loop": {}, "latest_action_name": None,
    }  # fmt: skip
    return {"next_action": action, "sender_id": "rasa-7", "tracker": tracker, "domain": {"slots": {}, "forms": {}}}


def test_an_action_is_run(client: TestClient[Any]) -> None:
    answer = client.post(
        "/webhook", json=call("action_help", language="fr", agreed=NOTICE_VERSION, place="bw"), headers=TOKEN
    )
    assert answer.status_code == 200
    (response,) = answer.json()["responses"]
    assert response["text"].startswith("Vous pouvez")
    assert {"payload": "/talk_to_human", "title": "Parler à une personne"} in response["buttons"]
    assert answer.json()["events"] == []


def test_events_come_back(client: TestClient[Any]) -> None:
    request = call("action_delete_data", language="en", person="p", agreed=NOTICE_VERSION)
    (event,) = client.post("/webhook", json=request, headers=TOKEN).json()["events"]
    assert (event["event"], event["name"], event["value"]) == ("slot", "asked", '/delete_data{"sure":true}')


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic correct-horse"}])
@pytest.mark.parametrize(("method", "path"), [("POST", "/webhook"), ("GET", "/actions")])
def test_without_the_token_nothing_is_told(
    client: TestClient[Any], method: str, path: str, given: dict[str, str]
) -> None:
    answer = client.request(method, path, json=call("action_help") if method == "POST" else None, headers=given)
    assert answer.status_code == 401
    assert "action_help" not in answer.text


def test_health_needs_no_token(client: TestClient[Any]) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_the_list_of_actions(client: TestClient[Any]) -> None:
    assert {one["name"] for one in client.get("/actions", headers=TOKEN).json()} == NAMES


def test_an_unknown_action_is_not_found(client: TestClient[Any]) -> None:
    answer = client.post("/webhook", json=call("action_dance"), headers=TOKEN)
    assert answer.status_code == 404
    assert answer.json()["detail"] == "no such action; GET /actions lists all"


def test_a_body_that_is_too_large_is_refused(client: TestClient[Any]) -> None:
    large = json.dumps({**call("action_help"), "padding": "x" * (2 * 1024 * 1024)})
    assert (
        client.post("/webhook", content=large, headers={**TOKEN, "Content-Type": "application/json"}).status_code == 413
    )


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP"])
def test_a_compressed_body_is_refused_unopened(client: TestClient[Any], encoding: str) -> None:
    body = gzip.compress(json.dumps(call("action_help")).encode())
    answer = client.post("/webhook", content=body, headers={**TOKEN, "Content-Encoding": encoding})
    assert answer.status_code == 400
    assert "Content-Encoding" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "7", '"action_help"', "{}", '{"next_action": 7, "tracker": {}}', '{"next_action": "action_help"}',
     '{"next_action": "action_help", "tracker": []}', b"\xff\xfe", "[" * 5_000],
)  # fmt: skip
def test_what_is_no_call_is_refused(client: TestClient[Any], body: str | bytes) -> None:
    answer = client.post("/webhook", content=body, headers={**TOKEN, "Content-Type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("tracker", [{}, {"slots": None}, {"latest_message": None}, {"latest_message": {"text": "x"}}])
@pytest.mark.parametrize("action", ["action_help", "action_crisis", "action_deny", "action_not_text"])
def test_a_tracker_with_gaps_is_no_reason_to_fail(
    client: TestClient[Any], action: str, tracker: dict[str, object]
) -> None:
    answer = client.post("/webhook", json={"next_action": action, "tracker": tracker}, headers=TOKEN)
    assert answer.status_code == 200, answer.text
    assert answer.json()["responses"]


def test_an_action_that_fails_says_nothing_of_the_tracker(client: TestClient[Any]) -> None:
    answer = client.post("/webhook", json=call("action_my_data", person="canary-person"), headers=TOKEN)
    assert answer.status_code == 500
    assert answer.json() == {"error": "the action failed; the log names the place"}


def test_what_an_action_writes_is_committed(client: TestClient[Any], house: TestHouse) -> None:
    request = call("action_feedback_good", language="en", page="housing.find_flat", agreed=NOTICE_VERSION)
    assert client.post("/webhook", json=request, headers=TOKEN).status_code == 200
    assert house.memory.rows.feedback == [("housing.find_flat", "en", True)]
