"""Content is edited while people read it: every answer is whole, of one version, and never older than what was served.

One edit in ten breaks the file: what was there before goes on being served.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.library.load import load
from bot.library.snapshot import Library
from bot.library.watch import watch
from tests.conftest import SettableClock
from tests.house import Talk, TestHouse

PAGE = """\
id: housing.find_flat
audience: [all]
owner: musterstadt
source_url: https://www.musterstadt.example
source_name: Musterstadt
reviewed_on: 2026-11-22
review_by: 2027-05-31
"""
TEXT = "---\ntitle: Nummer {n}\nshort: Kurz {n}.\nmethod: machine\n---\nAnfang {n}.\n\n{middle}\n\nEnde {n}.\n"
LANGUAGES = ("de", "en")
READERS = 6
PAUSE = 0.01  # seconds
FAULTY = 10  # every so many edits
NUMBER = re.compile(r"(?:Nummer|Kurz|Anfang|Ende) (\d+)")


@dataclass
class Editing:
    """The folder, the houses that serve it, the number of the version that is served, and what was taken up."""

    folder: Path
    houses: list[TestHouse]
    served: int = 0
    refused: int = 0
    taken_up: int = 0
    answers: int = 0
    over: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """Make the folder and serve it."""
        page = self.folder / "common/housing.find_flat"
        page.mkdir(parents=True)
        (page / "page.yml").write_text(PAGE, "utf-8")
        (self.folder / "places.yml").write_text("places:\n  - {id: ort, name: Ort, kind: gemeinde}\n", "utf-8")
        self.write(0)
        self.serve(load(self.folder))

    def write(self, number: int, *, faulty: bool = False) -> None:
        """Save both languages as editors' programs do: whole files in place of the old ones."""
        for language in LANGUAGES:
            text = TEXT.format(n=number, middle="Wort " * 200)
            broken = text.replace("---\ntitle", "---\n: [title", 1) if faulty else text
            path = self.folder / "common/housing.find_flat" / f"{language}.md"
            beside = path.with_suffix(".part")
            beside.write_text(broken, "utf-8")
            beside.replace(path)

    def serve(self, library: Library) -> None:
        """Give every house the new library at once."""
        for house in self.houses:
            house.library = library
        self.served = int(library.pages[None, "housing.find_flat"].texts["de"].title.split()[1])

    def refuse(self, exc: ConfigurationError) -> None:
        """Note that an edit was refused."""
        assert exc.faults
        self.refused += 1
        self.news.set()

    async def follow(self) -> None:
        """Take up what is new."""
        async for library in watch(self.folder, self.houses[0].library, self.refuse, interval=0.002):
            self.serve(library)
            self.taken_up += 1
            self.news.set()

    async def edit(self, edits: int) -> None:
        """Save one version after the other, each when the one before was taken up or refused."""
        for number in range(1, edits + 1):
            self.news.clear()
            self.write(number, faulty=number % FAULTY == 0)
            async with asyncio.timeout(20):
                await self.news.wait()
        self.over = True

    async def read(self, talk: Talk) -> None:
        """Read short and long text again and again."""
        while not self.over:
            before = self.served
            for payload in ("/open_page", "/more"):
                replies = await talk.press(payload, page="housing.find_flat")
                (shown, *_) = [reply.text for reply in replies.all if reply.page]
                numbers = set(map(int, NUMBER.findall(shown)))
                assert len(numbers) == 1, shown
                assert before <= numbers.pop() <= self.served
                self.answers += 1
            # The store in memory copies all that is in it for every turn.
            talk.home.memory.rows.outbox.clear()
            talk.home.memory.rows.inbox.clear()
            await asyncio.sleep(PAUSE)


@pytest.mark.parametrize("edits", [60, pytest.param(1_000, marks=pytest.mark.soak)])
async def test_no_answer_is_mixed_or_older_than_what_was_served(
    clock: SettableClock, tmp_path: Path, edits: int
) -> None:
    # A house a reader, so that each sees its own answers alone.
    editing = Editing(tmp_path / "content", [TestHouse(clock) for _ in range(READERS)])
    editing.begin()
    talks = [
        await house.settled(language=LANGUAGES[number % 2], place="ort") for number, house in enumerate(editing.houses)
    ]
    following = asyncio.create_task(editing.follow())
    await asyncio.gather(editing.edit(edits), *map(editing.read, talks))
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert editing.refused == edits // FAULTY
    assert editing.taken_up >= edits - edits // FAULTY
    assert editing.answers > edits
    print(f"\n{edits} edits, {editing.refused} refused, {editing.answers} answers, none mixed")
