import json
from typing import Any

import pytest

from bot.channels.telegram.arrivals import LONGEST, arrivals
from bot.channels.telegram.read import hear
from bot.errors import MessageRefused
from tests.fake_bot_api import callback_query, private_message

BOT = "telegram:1"


def test_an_update_is_kept_as_it_came_under_its_chat() -> None:
    update = {"update_id": 7, "message": private_message(5, text="مرحبا \ud800")}
    (found,) = arrivals([update], BOT)
    assert (found.channel, found.bot, found.address, found.update_key) == ("telegram", BOT, "5", "7")
    assert json.loads(found.raw) == update


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ({"callback_query": callback_query(6, "/help")}, "6"),
        ({"edited_message": private_message(8, text="x")}, "8"),
        ({"channel_post": {"chat": {"id": -100}}}, "-100"),
        ({"poll": {"id": "1"}}, "none:7"),
        ({}, "none:7"),
        ({"message": {"chat": {"id": "five"}}}, "none:7"),
        ({"message": {"chat": {"id": True}}}, "none:7"),
        ({"message": {"chat": {"id": 2**70}}}, "none:7"),
        ({"message": {"chat": []}}, "none:7"),
        ({"message": {"message": []}}, "none:7"),
    ],
)
def test_the_address_is_the_chat_or_nobody(content: dict[str, Any], address: str) -> None:
    (found,) = arrivals([{"update_id": 7, **content}], BOT)
    assert found.address == address


@pytest.mark.parametrize("strange", [None, 5, "x", [], {}, {"update_id": "7"}, {"update_id": True}, {"update_id": -1}])
def test_what_has_no_id_holds_up_nothing(strange: object) -> None:
    found = arrivals([strange, {"update_id": 8}], BOT)
    assert [arrival.update_key for arrival in found] == ["8"]


def test_a_huge_update_is_set_aside_under_its_chat() -> None:
    (found,) = arrivals([{"update_id": 7, "message": private_message(5, text="a" * LONGEST)}], BOT)
    assert (found.address, len(found.raw) < 100) == ("5", True)
    with pytest.raises(MessageRefused, match="too_large"):
        hear(found.raw)


def test_a_bottomless_update_is_set_aside() -> None:
    bottomless: list[Any] = []
    for _ in range(100_000):
        bottomless = [bottomless]
    (found,) = arrivals([{"update_id": 7, "message": bottomless}], BOT)
    with pytest.raises(MessageRefused, match="nested_too_deeply"):
        hear(found.raw)
