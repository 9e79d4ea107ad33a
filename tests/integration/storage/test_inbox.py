"""The inbox: nothing lost, nothing twice, in order, one worker a chat."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.core.people import PersonalData
from bot.core.ports import Outcome
from bot.errors import LeaseLost, StorageError
from bot.storage.database import Database, connect
from bot.storage.inbox import LEASE, SqlInbox
from tests.conftest import SettableClock
from tests.integration.storage.conftest import House, Statements, arrival, queued, reply

PAST_LEASE = LEASE.total_seconds() + 1


async def test_an_update_comes_out_as_it_went_in(house: House, clock: SettableClock) -> None:
    assert await house.accept(arrival("42", "7", b'{"text": "\xd9\x85"}')) == 1
    claim = await house.claim_one()
    assert (claim.channel, claim.bot, claim.address) == ("telegram", "lotse_bot", "42")
    assert (claim.raw, claim.attempts, claim.received_at) == (b'{"text": "\xd9\x85"}', 0, clock())
    assert (claim.person_id, claim.tracker) == (None, None)
    assert claim.chat_key == house.inbox.chat_key("telegram", "lotse_bot", "42")


async def test_known_updates_change_nothing(house: House) -> None:
    assert await house.accept(arrival("42", "7", b"first"), arrival("42", "8", b"second")) == 2
    assert await house.accept(arrival("42", "7", b"again"), arrival("42", "9", b"third")) == 1
    assert await house.accept() == 0
    seen = []
    for _ in range(3):
        claim = await house.claim_one()
        seen.append(claim.raw)
        await house.finish(claim)
    assert seen == [b"first", b"second", b"third"]
    assert await house.accept(arrival("42", "7", b"once more")) == 0
    assert await house.inbox.claim(10) == []


async def test_ids_may_restart_lower(house: House) -> None:
    await house.accept(arrival("42", "900000", b"before"))
    await house.finish(await house.claim_one())
    assert await house.accept(arrival("42", "3", b"after")) == 1
    assert (await house.claim_one()).raw == b"after"


async def test_the_same_key_of_another_bot_is_another_update(house: House) -> None:
    one = arrival("42", "7")
    other = arrival("42", "7")
    object.__setattr__(other, "bot", "other_bot")
    assert await house.accept(one, other) == 2


async def test_the_same_update_a_thousand_times_in_parallel(house: House) -> None:
    counts = await asyncio.gather(*(house.accept(arrival("42", "7")) for _ in range(1_000)))
    assert Counter(counts) == {0: 999, 1: 1}
    await house.finish(await house.claim_one())
    assert await house.inbox.claim(10) == []


@pytest.mark.parametrize("key", ["x" * 300, "a\x00b", "\ud800", "сlé"])
async def test_any_update_key_is_accepted_once(house: House, key: str) -> None:
    assert await house.accept(arrival("42", key), arrival("42", key)) == 1


async def test_messages_of_a_chat_stay_in_order(house: House) -> None:
    await house.accept(*(arrival(chat, f"{chat}{number}", f"{chat}{number}".encode())
                         for number in range(5) for chat in "ab"))  # fmt: skip
    seen: dict[str, list[bytes]] = {"a": [], "b": []}
    while claims := await house.inbox.claim(10):
        assert len({claim.chat_key for claim in claims}) == len(claims)
        for claim in claims:
            seen[claim.address].append(claim.raw)
            await house.finish(claim)
    assert seen == {chat: [f"{chat}{number}".encode() for number in range(5)] for chat in "ab"}


async def test_a_claimed_chat_is_not_given_to_another(house: House) -> None:
    await house.accept(arrival("a", "1"), arrival("a", "2"), arrival("b", "3"))
    assert len(await house.inbox.claim(10)) == 2
    assert await house.inbox.claim(10) == []


async def test_rivals_on_connections_of_their_own_get_a_chat_once(
    house: House, database_url: str, clock: SettableClock
) -> None:
    await house.accept(*(arrival(f"chat{number}", str(number)) for number in range(60)))
    rivals = [connect(database_url, house.database.ring, clock) for _ in range(6)]

    async def claim_all(database: Database) -> list[str]:
        mine = []
        while claims := await SqlInbox(database).claim(5):
            mine += [claim.chat_key for claim in claims]
        return mine

    taken = Counter(key for keys in await asyncio.gather(*map(claim_all, rivals)) for key in keys)
    for rival in rivals:
        await rival.close()
    # A rival whose rows were all locked may stop early; whoever held them goes on.
    assert set(taken.values()) == {1}
    assert len(taken) + len(await house.inbox.claim(100)) == 60


async def test_a_hung_worker_holds_up_no_other_chat(house: House) -> None:
    await house.accept(arrival("stuck", "1"))
    await house.claim_one()
    await house.accept(arrival("stuck", "2"), arrival("other", "3"))
    assert [claim.address for claim in await house.inbox.claim(10)] == ["other"]


async def test_an_expired_lease_is_taken_over_and_counts_as_an_attempt(house: House, clock: SettableClock) -> None:
    await house.accept(arrival("42", "7"))
    await house.claim_one()
    clock.tick(PAST_LEASE)
    again = await house.claim_one()
    assert again.attempts == 1
    clock.tick(PAST_LEASE)
    assert (await house.claim_one()).attempts == 2


async def test_heartbeat_keeps_the_lease(house: House, clock: SettableClock) -> None:
    await house.accept(arrival("42", "7"), arrival("43", "8"))
    kept, left = sorted(await house.inbox.claim(2), key=lambda claim: claim.address)
    for _ in range(3):
        clock.tick(LEASE.total_seconds() * 0.7)
        await house.inbox.heartbeat([kept.lease])
    assert [claim.address for claim in await house.inbox.claim(10)] == ["43"]
    await house.finish(kept)
    with pytest.raises(LeaseLost):
        await house.finish(left)
    await house.inbox.heartbeat([])


async def test_a_late_worker_commits_nothing(house: House, clock: SettableClock) -> None:
    await house.accept(arrival("42", "7", b"hello"))
    late = await house.claim_one()
    clock.tick(PAST_LEASE)
    taken_over = await house.claim_one()

    async def finish_late() -> None:
        async with house.database.unit_of_work():
            await house.people.helped("housing.find_flat", "en", helpful=True)
            await house.inbox.finish(late, Outcome({"who": "late"}, [queued("from the late one")]))

    for late_word in (finish_late(), house.inbox.retry(late, after=1), house.inbox.quarantine(late, "bad")):
        with pytest.raises(LeaseLost):
            await late_word
    assert await house.rows("SELECT * FROM feedback") == []
    assert await house.rows("SELECT * FROM outbox") == []
    assert (await house.rows("SELECT state FROM inbox"))[0].state == "pending"
    await house.finish(taken_over, queued("from the other"))
    assert len(await house.rows("SELECT * FROM outbox")) == 1


async def test_finish_leaves_tracker_person_and_text(house: House, clock: SettableClock) -> None:
    await house.accept(arrival("42", "7", b"raw words"), arrival("42", "8"))
    await house.finish(
        await house.claim_one(), tracker={"slots": {"a": [1, None]}}, person_id="p1", text="sk\ud800ewed"
    )
    row = (await house.rows("SELECT raw, state FROM inbox ORDER BY id"))[0]
    assert (row.raw, row.state) == (None, "done")
    claim = await house.claim_one()
    assert (claim.tracker, claim.person_id) == ({"slots": {"a": [1, None]}}, "p1")
    assert [line.text for line in (await data_of(house, "p1")).transcript] == ["sk\ud800ewed"]


async def data_of(house: House, person_id: str) -> PersonalData:
    await house.run(
        "INSERT INTO person (id, created_at, last_seen_at) VALUES (:id, :now, :now)",
        id=person_id, now=house.database.clock().replace(tzinfo=None) if house.database.is_sqlite
        else house.database.clock(),
    )  # fmt: skip
    return await house.people.data(person_id)


async def test_retry_waits_and_counts(house: House, clock: SettableClock) -> None:
    await house.accept(arrival("42", "7", b"first"), arrival("42", "8", b"second"))
    await house.inbox.retry(await house.claim_one(), after=60)
    await house.accept(arrival("42", "9", b"third"))  # more writing does not shorten the wait
    assert await house.inbox.claim(10) == []
    clock.tick(60)
    claim = await house.claim_one()
    assert (claim.raw, claim.attempts) == (b"first", 1)


async def test_a_quarantined_message_lets_the_chat_go_on(house: House) -> None:
    await house.accept(arrival("42", "7", b"poison"), arrival("42", "8", b"fine"))
    await house.inbox.quarantine(await house.claim_one(), "r" * 200, [queued("sorry")])
    assert (await house.claim_one()).raw == b"fine"
    row = (await house.rows("SELECT state, reason FROM inbox ORDER BY id"))[0]
    assert (row.state, row.reason) == ("quarantined", "r" * 64)
    assert (await house.deliver_one()).reply == reply("sorry")


async def test_chats_take_turns(house: House, clock: SettableClock) -> None:
    await house.accept(*(arrival("busy", f"b{number}") for number in range(3)))
    clock.tick(1)
    await house.accept(arrival("quiet", "q"))
    clock.tick(1)
    first = await house.claim_one()
    await house.finish(first)
    assert (first.address, (await house.claim_one()).address) == ("busy", "quiet")


async def test_a_turn_takes_few_statements(house: House, statements: Statements) -> None:
    await house.accept(arrival("42", "7"))
    statements.said.clear()
    claim = await house.claim_one()
    assert len(statements.said) == 3
    statements.said.clear()
    await house.finish(claim, queued("one"), queued("two"), queued("three"))
    assert len(statements.said) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_claims_search_an_index(database: Database, house: House) -> None:
    """The cost of a turn must not grow with what is stored."""
    plans = Plans(database)
    await house.accept(arrival("42", "7"))
    await house.finish(await house.claim_one(), queued("x"))
    await house.inbox.heartbeat(["none"])
    await house.outbox.heartbeat(["none"])
    await house.outbox.sent([(await house.deliver_one(), None)])
    await house.outbox.next_due("telegram")
    await house.outbox.publish()
    assert len(plans.seen) > 10
    async with database.read() as connection:
        for statement, values in plans.seen:
            plan = [row[-1] for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            slow = [step for step in plan if step.startswith("SCAN") and not step.endswith(SMALL)]
            assert not slow, (statement, plan)
            ahead = [step for step in plan if "outbox_1" in step]
            assert all("ix_outbox_ahead (chat_key=? AND state=?" in step for step in ahead), (statement, plan)


SMALL = ("INDEX ix_chat_pending", "INDEX ix_outbox_waiting")  # what is under way or waits, not what is stored


class Plans:
    def __init__(self, database: Database) -> None:
        from sqlalchemy import event  # noqa: PLC0415 - only here

        self.seen: list[tuple[str, tuple[object, ...]]] = []
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(
        self, _connection: object, _cursor: object, statement: str, values: object, _c: object, many: bool
    ) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            self.seen.append((statement, tuple(values[0] if many else values)))  # type: ignore[index,arg-type]


async def test_a_broken_statement_tells_no_values(house: House) -> None:
    with pytest.raises(StorageError) as caught:
        await house.run("INSERT INTO inbox (bot) VALUES (:secret)", secret="canary-4711")
    shown = f"{caught.value} {caught.value.__cause__}"
    assert "canary-4711" not in shown
