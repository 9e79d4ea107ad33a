"""Browsers, what they fetch, and opaque buttons."""

from __future__ import annotations

from bot.storage.sessions import SESSION_DAYS
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, arrival, queued


async def test_a_session_is_stored_with_its_first_updates(house: House) -> None:
    first = [arrival("w1", "language", channel="webchat"), arrival("w1", "place", channel="webchat")]
    opened = await house.sessions.open("hash", first, session="s1", address="w1")
    assert (opened.session, opened.address) == ("s1", "w1")
    assert await house.sessions.find("hash") == opened
    claim = await house.claim_one()
    assert (claim.chat_key, claim.address) == (opened.chat_key, "w1")
    assert len(await house.rows("SELECT * FROM inbox")) == 2


async def test_unknown_closed_and_expired_sessions_are_not_found(house: House, clock: SettableClock) -> None:
    for name in ("kept", "closed"):
        await house.sessions.open(name, [arrival(name, name, channel="webchat")], session=name, address=name)
    await house.sessions.close("closed")
    assert await house.sessions.find("closed") is None
    assert await house.sessions.find("unknown") is None
    assert await house.sessions.find("kept") is not None
    clock.tick(days=SESSION_DAYS)
    assert await house.sessions.find("kept") is None


async def test_events_of_one_chat_stay_there(house: House) -> None:
    for chat in ("w1", "w2"):
        await house.say(chat, queued(f"for {chat}"), channel="webchat")
    key = house.inbox.chat_key("webchat", "lotse_bot", "w1")
    assert [event.reply.text for event in await house.sessions.events(key, after=0, limit=9)] == ["for w1"]
    assert await house.sessions.events(key, after=1, limit=9) == []


async def test_buttons_open_in_their_own_chat_alone(house: House) -> None:
    long = '/open_page{"page":"' + "x" * 500 + '"}'
    one, other = await house.buttons.keep("chat1", [long, "/b"])
    assert await house.buttons.open("chat1", one) == long
    assert await house.buttons.open("chat1", other) == "/b"
    assert await house.buttons.open("chat2", one) is None
    assert await house.buttons.open("chat1", "unknown") is None


async def test_the_same_payload_keeps_its_id(house: House) -> None:
    (first,) = await house.buttons.keep("chat1", ["/a"])
    again = await house.buttons.keep("chat1", ["/a", "/\ud800", "/a"])
    assert again == [first, again[1], first]
    assert (await house.buttons.keep("chat2", ["/a"])) != [first]
    assert all(len(button) <= 40 and button.isascii() for button in again)
    assert await house.buttons.keep("chat1", []) == []
