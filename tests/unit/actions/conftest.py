import pytest

from tests.conftest import SettableClock
from tests.house import Talk, TestHouse


@pytest.fixture
def house(clock: SettableClock) -> TestHouse:
    return TestHouse(clock)


@pytest.fixture
def stranger(house: TestHouse) -> Talk:
    """Somebody with an English phone who has never written before."""
    return house.meet(language_hint="en-GB")


@pytest.fixture
async def talk(house: TestHouse) -> Talk:
    """Somebody in Musterstadt who reads English and has been welcomed."""
    return await house.settled()
