"""How well pages of an imported municipality are found: `python -m tests.understanding.municipality`.

Musterkreis is made up: pages in German and English as towns keep them in Integreat, a tree with many pages close to
each other, and questions in German, English, Arabic, Ukrainian and French: most are hard on purpose, some are ordinary.
The pages go the whole way: JSON of the endpoint, `lotse content import integreat`, an index of their own. Beside the
figures of search stands plain BM25 over the German texts. The first index takes some minutes on two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.bootstrap.knowledge import Knowledge
from bot.library.integreat.take_over import TakenOver, place_in, take_over
from bot.library.load import load
from bot.settings import Settings
from bot.understanding.cases import Case
from bot.understanding.evaluate_search import Found, evaluate_search

PAGES = Path(__file__).parent / "musterkreis"
PLAIN = PAGES / "questions" / "ordinary.yml"
PLACE = "musterkreis"
LANGUAGES = ("de", "en")
_CITY = "https://cms.example.org"
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Written:
    """A page as it was written: `html` is empty for a section."""

    number: int
    slug: str
    title: dict[str, str]
    html: dict[str, str]
    questions: dict[str, str]

    @property
    def id(self) -> str:
        return f"integreat-{self.number}"


def written() -> list[Written]:
    """Return all pages, sections that only stand in slugs included."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(PAGES.glob("*.yml")):
        for page in yaml.safe_load(file.read_text("utf-8")):
            found.setdefault(page["slug"], page)
    for slug in list(found):
        while slug := slug.rpartition("/")[0]:
            name = slug.rpartition("/")[2].replace("-", " ").title()
            found.setdefault(slug, {"slug": slug, "title": dict.fromkeys(LANGUAGES, name), "html": {}, "questions": {}})
    return [
        Written(1_000 + number, page["slug"], page["title"], page["html"] or {}, page["questions"] or {})
        for number, page in enumerate(found[slug] for slug in sorted(found))
    ]


def answer(pages: list[Written], language: str) -> list[dict[str, Any]]:
    """Return what Integreat's endpoint answers for a language."""
    numbers = {page.slug: page.number for page in pages}
    shift = 5_000 * LANGUAGES.index(language)

    def place(page: Written, tag: str) -> dict[str, Any]:
        path = f"/{PLACE}/{tag}/{page.slug}/"
        return {"id": page.number + 5_000 * LANGUAGES.index(tag), "url": _CITY + path, "path": path}

    answers = []
    for order, page in enumerate(pages, start=1):
        above = page.slug.rpartition("/")[0]
        path = f"/{PLACE}/{language}/{above}/"
        parent = (
            {"id": numbers[above] + shift, "url": _CITY + path, "path": path}
            if above
            else {"id": 0, "url": None, "path": None}
        )
        answers.append(
            {
                **place(page, language),
                "title": page.title[language],
                "modified_gmt": "2026-11-01T12:00:00.000Z", "last_updated": "2026-11-01T13:00:00.000+01:00",
                "excerpt": "", "content": page.html.get(language, ""), "parent": parent, "order": order,
                "available_languages": {tag: place(page, tag) for tag in LANGUAGES if tag != language},
                "thumbnail": "", "organization": None, "hash": None, "embedded_offers": [],
            }
        )  # fmt: skip
    return answers


def imported(folder: Path, pages: list[Written]) -> TakenOver:
    """Bring the pages into a content folder the way a municipality does."""
    files = []
    for language in LANGUAGES:
        file = folder.parent / f"pages_{language}.json"
        file.write_text(json.dumps(answer(pages, language), ensure_ascii=False), "utf-8")
        files.append(file)
    place_in(folder, PLACE, "Musterkreis")
    return take_over(files, folder, PLACE, place_name="Musterkreis", today=date(2026, 12, 1), progress=lambda *_: None)


def questions(pages: list[Written]) -> list[Case]:
    """Return every question with the id of its page."""
    return [Case(text, page.id, language) for page in pages for language, text in page.questions.items()]


def plain_questions() -> list[Case]:
    """Return ordinary questions to some of the pages: direct, not meant to be hard."""
    asked = yaml.safe_load(PLAIN.read_text("utf-8"))
    return [Case(text, page, language) for page, texts in asked.items() for language, text in texts.items()]


def bm25(pages: list[Written], cases: list[Case]) -> Found:
    """Return how plain BM25 does on the German texts with the German questions (Robertson and Zaragoza 2009)."""
    texts = [_words(f"{page.title['de']} {page.html.get('de', '')}") for page in pages]
    usual = sum(map(len, texts)) / len(texts)
    known = {word for text in texts for word in text}
    containing = {word: sum(word in set(text) for text in texts) for word in known}
    ranks = []
    for case in (case for case in cases if case.language == "de"):
        scores = np.zeros(len(pages))
        for word in set(_words(case.text)) & known:
            rarity = np.log(1 + (len(texts) - containing[word] + 0.5) / (containing[word] + 0.5))
            counts = np.array([text.count(word) for text in texts])
            lengths = np.array([len(text) for text in texts])
            scores += rarity * counts * (_K1 + 1) / (counts + _K1 * (1 - _B + _B * lengths / usual))
        best = [pages[place].id for place in np.argsort(-scores, kind="stable")[:3]]
        ranks.append(best.index(case.intent) if case.intent in best else 3)
    number = max(len(ranks), 1)
    return Found("BM25 de", len(ranks), ranks.count(0) / number, sum(rank < 3 for rank in ranks) / number)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]+>", " ", text)).casefold())


async def measured(folder: Path, cache: Path, cases: list[Case], plain: list[Case]) -> Iterator[str]:
    """Return the lines of the tables."""
    settings = Settings().model_copy(update={"content_dir": folder, "cache_dir": cache})
    knowledge = await Knowledge.open(settings, load)
    began = time.perf_counter()
    await knowledge.index()
    indexed = time.perf_counter() - began
    pages = {page for _, page in knowledge.library.pages}
    rows = await evaluate_search(knowledge.pipeline, cases, pages)
    ordinary = await evaluate_search(knowledge.pipeline, plain, pages)
    began = time.perf_counter()
    took = []
    for case in cases:
        start = time.perf_counter()
        await knowledge.pipeline.search(f"{case.text} ?", language=case.language, limit=10)
        took.append(time.perf_counter() - start)
    half, most = np.percentile(took, [50, 99]) * 1000
    times = f"index {indexed:.1f} s, search p50 {half:.1f} ms, p99 {most:.1f} ms"
    tables = [("hard questions", rows), ("ordinary questions", ordinary)]
    lines = [line for title, table in tables for line in (title, *(_line(row) for row in table))]
    return iter([*lines, times])


def _line(row: Found) -> str:
    return "{:8} {:>5} {:>7} {:>7}".format(*row.row)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cache", type=Path, default=Path("var/musterkreis"), help="where vectors are kept")
    chosen = options.parse_args()
    pages = written()
    cases, plain = questions(pages), plain_questions()
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        done = imported(content, pages)
        print(f"{len(done.new)} pages, {len(cases)} questions, {len(done.faults)} faults")
        for line in asyncio.run(measured(content, chosen.cache, cases, plain)):
            print(line)
        for kind, some in (("hard", cases), ("ordinary", plain)):
            print(f"{kind}: {_line(bm25(pages, some))}")


if __name__ == "__main__":
    main()
