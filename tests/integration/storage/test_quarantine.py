"""Messages that were set aside can be listed, shown and tried again."""

from __future__ import annotations

from dataclasses import asdict

from bot.storage import quarantine
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, arrival


async def set_aside(house: House, address: str, raw: bytes) -> int:
    await house.accept(arrival(address, address + raw.decode(), raw))
    claim = await house.claim_one()
    await house.inbox.quarantine(claim, "unreadable")
    return claim.inbox_id


async def test_the_list_tells_everything_but_the_content(house: House, clock: SettableClock) -> None:
    first = await set_aside(house, "1", b"canary one")
    second = await set_aside(house, "2", b"canary two")
    listed = await quarantine.entries(house.database)
    assert asdict(listed[0]) == {
        "id": first, "bot": "lotse_bot", "chat_key": house.inbox.chat_key("telegram", "lotse_bot", "1"),
        "received_at": clock(), "reason": "unreadable", "attempts": 0,
    }  # fmt: skip
    assert [entry.id for entry in listed] == [first, second]
    assert "canary" not in str(listed)
    assert await quarantine.entries(house.database, limit=1) == listed[:1]


async def test_content_is_shown_when_asked_for(house: House) -> None:
    one = await set_aside(house, "1", b"word for word")
    assert await quarantine.show(house.database, one) == b"word for word"
    assert await quarantine.show(house.database, one + 1) is None
    await house.accept(arrival("2", "x", b"waits"))
    waiting = (await house.claim_one()).inbox_id
    assert await quarantine.show(house.database, waiting) is None


async def test_a_retried_message_comes_before_later_ones(house: House) -> None:
    one = await set_aside(house, "1", b"first")
    other = await set_aside(house, "2", b"left aside")
    await house.accept(arrival("1", "later", b"later"))
    assert await quarantine.retry(house.database, [one, 999]) == 1
    assert await quarantine.retry(house.database, [one]) == 0
    claim = await house.claim_one()
    assert (claim.raw, claim.attempts) == (b"first", 0)
    await house.finish(claim)
    assert (await house.claim_one()).raw == b"later"
    assert [entry.id for entry in await quarantine.entries(house.database)] == [other]
    assert await quarantine.retry(house.database, []) == 0
