"""How often pages are read and whether they help."""

from datetime import timedelta
from pathlib import Path

from bot.core.usage import PageFigures, Tally
from bot.storage.database import Database
from bot.storage.erasures import Ledger
from bot.storage.people import SqlPeople
from bot.storage.usage import SqlUsage
from tests.conftest import SettableClock


async def test_counts_add_up_over_languages_and_months(database: Database, clock: SettableClock) -> None:
    usage = SqlUsage(database)
    await usage.add({})
    await usage.add({("a.b", "de"): 2, ("a.b", "ar"): 1, ("c.d", "de"): 5})
    await usage.add({("a.b", "de"): 4})
    clock.now += timedelta(days=40)
    await usage.add({("a.b", "de"): 1})
    assert await usage.figures() == [PageFigures("a.b", 8, 0, 0), PageFigures("c.d", 5, 0, 0)]


async def test_what_people_say_stands_beside_it(database: Database, tmp_path: Path) -> None:
    usage, people = SqlUsage(database), SqlPeople(database, Ledger(tmp_path / "ledger"))
    async with database.unit_of_work():
        for helpful in (True, False, False):
            await people.helped("e.f", "so", helpful=helpful)
    await usage.add({("a.b", "de"): 1})
    assert await usage.figures() == [PageFigures("a.b", 1, 0, 0), PageFigures("e.f", 0, 1, 2)]


def test_what_could_not_be_stored_is_counted_again() -> None:
    tally = Tally()
    tally.shown("a.b", "de")
    counts = tally.take()
    assert tally.take() == {}
    tally.shown("a.b", "de")
    tally.give_back(counts)
    assert tally.take() == {("a.b", "de"): 2}
