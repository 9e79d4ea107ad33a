"""Figures of search: what they count."""

from __future__ import annotations

from bot.core.ports import Hit
from bot.understanding.cases import Case
from bot.understanding.evaluate_search import Found, evaluate_search, misspelt


class Always:
    """Finds the same pages for every question of a language."""

    async def search(self, text: str, *, language: str | None, limit: int = 10) -> list[Hit]:
        pages = {"de": ["a.one", "a.two", "a.three", "a.four"], "ar": []}[language or "de"]
        return [Hit(page, 0.5) for page in pages][:limit]


async def test_the_place_of_the_right_page_counts() -> None:
    asked = [("a.one", "de"), ("a.two", "de"), ("a.four", "de"), ("a.one", "ar"), ("greet", "de")]
    cases = [Case("?", intent, language) for intent, language in asked]
    assert await evaluate_search(Always(), cases, ["a.one", "a.two", "a.four"]) == [
        Found("ar", 1, 0.0, 0.0), Found("de", 3, 1 / 3, 2 / 3), Found("all", 4, 0.25, 0.5),
    ]  # fmt: skip
    assert (await evaluate_search(Always(), [], ["a.one"]))[0].row == ["all", "0", "0.0%", "0.0%"]


def test_office_words_get_a_slip_each() -> None:
    cases = misspelt({"a.one": ["Jobcenter", "Amt", "Bescheid"], "a.two": ["Kindergeld"]})
    assert [(case.text, case.intent) for case in cases] == [
        ("Jobcnter", "a.one"), ("Beschheid", "a.one"), ("Kindegeld", "a.two"),
    ]  # fmt: skip
