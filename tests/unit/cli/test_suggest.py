"""`lotse intents suggest`, `take` and `dismiss`: from what people asked to what Lotse learns from."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from bot.bootstrap.stores import open_stores
from bot.core.questions import Question
from bot.settings import load
from tests.unit.cli.conftest import Lotse

DOG = Question("kann ich hier einen Hund anmelden", "de", "arrival.registration", "money.taxes")
MASKED = Question("wie melde ich … an", "de-simple", "greet", None)


@pytest.fixture
def intents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the German examples that may be written to."""
    folder = tmp_path / "intents"
    shutil.copytree("intents/nlu/de", folder / "nlu" / "de")
    monkeypatch.setenv("LOTSE_INTENTS_DIR", str(folder))
    return folder


def asked(*questions: Question) -> list[int]:
    async def work() -> list[int]:
        async with open_stores(load()) as stores:
            async with stores.database.unit_of_work():
                for question in questions:
                    await stores.questions.keep("p1", question)
            return [one.id for one in await stores.questions.proposals(99)]

    return asyncio.run(work())


def test_nothing_waits(lotse: Lotse) -> None:
    result = lotse("intents", "suggest")
    assert (result.exit_code, result.stdout.strip()) == (0, "Nothing waits: no question was kept since the last look.")
    assert lotse("intents", "suggest", "--json").stdout == ""


def test_what_waits_is_listed(lotse: Lotse) -> None:
    first, _ = asked(DOG, MASKED)
    table = lotse("intents", "suggest").stdout
    assert "Not understood" in table
    assert "lotse intents take NUMBER" in table
    line, other = [json.loads(line) for line in lotse("intents", "suggest", "--json").stdout.splitlines()]
    assert (line["id"], line["question"]["meant"], other["question"]["text"]) == (first, "money.taxes", MASKED.text)


def test_a_question_becomes_an_example_and_is_forgotten(lotse: Lotse, intents: Path) -> None:
    (number,) = asked(DOG)
    result = lotse("intents", "take", str(number))
    assert result.exit_code == 0
    assert "added to money.taxes" in result.stdout
    written = [path.name for path in intents.rglob("*.yml") if f"- {DOG.text}\n" in path.read_text("utf-8")]
    assert written == ["money.yml"]
    assert lotse("intents", "take", str(number)).exit_code == 1


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ((), "nobody has said what it means: name the intent"),
        (("greet",), "say it in other words with --text"),
        (("no.such", "--text", "Hund anmelden"), "there are no examples of no.such to add to"),
    ],
)
def test_what_is_unclear_stays(lotse: Lotse, intents: Path, more: tuple[str, ...], problem: str) -> None:
    (number,) = asked(MASKED)
    result = lotse("intents", "take", str(number), *more)
    assert result.exit_code == 1
    assert problem in result.stderr
    assert str(number) in lotse("intents", "suggest").stdout
    assert lotse("intents", "take", str(number), "money.taxes", "--text", "Hund anmelden").exit_code == 0


def test_what_is_of_no_use_goes(lotse: Lotse) -> None:
    numbers = asked(DOG, MASKED)
    assert lotse("intents", "dismiss", *map(str, numbers), "99").stdout.strip() == "2 deleted, 1 did not exist."
    assert lotse("intents", "suggest").stdout.startswith("Nothing waits")
