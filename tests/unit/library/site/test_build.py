"""The pages as a web site of plain files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import catalogues
from bot.actions.menu import AREAS
from bot.actions.pages import source_line
from bot.core.language import LANGUAGES
from bot.library.load import load
from bot.library.site.build import Speech, build, write_site

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def speech() -> Speech:
    words = catalogues.load(ROOT / "locales")
    return Speech({tag: words[tag] for tag in LANGUAGES}, AREAS, source_line)


@pytest.fixture(scope="module")
def files(speech: Speech) -> dict[str, str]:
    return dict(build(load(ROOT / "content"), "musterstadt", speech))


def test_every_page_is_there_in_every_language(files: dict[str, str]) -> None:
    pages = {page.id for page in load(ROOT / "content").pages_at("musterstadt")}
    assert {name for name in files if name.startswith("ti/")} == {f"ti/{page}.html" for page in pages} | {
        "ti/index.html"
    }
    assert len(files) == 2 + len(LANGUAGES) * (len(pages) + 1)


def test_every_link_within_the_site_leads_somewhere(files: dict[str, str]) -> None:
    lost = []
    for name, content in files.items():
        for target in re.findall(r'(?:href|src)="([^"#]+)"', content):
            if not target.startswith(("https://", "tel:")):
                path = (Path(name).parent / target).as_posix()
                parts: list[str] = []
                for part in path.split("/"):
                    parts = parts[:-1] if part == ".." else [*parts, part]
                if "/".join(parts) not in files:
                    lost.append((name, target))
    assert lost == []


def test_right_to_left_languages_run_right_to_left(files: dict[str, str]) -> None:
    assert '<html lang="ar" dir="rtl">' in files["ar/work.permit.html"]
    assert '<html lang="ti" dir="ltr">' in files["ti/work.permit.html"]


def test_there_is_no_script_and_nothing_from_elsewhere(files: dict[str, str]) -> None:
    assert not any("<script" in content for content in files.values())
    assert not any(re.search(r'(?:src|rel="stylesheet" href)="https?:', content) for content in files.values())


def test_every_page_says_where_it_comes_from_and_that_no_human_has_checked_it(files: dict[str, str]) -> None:
    page = files["en/work.permit.html"]
    assert "Source: " in page
    assert "No person has checked it yet." in page


def test_the_site_is_written(tmp_path: Path, speech: Speech) -> None:
    steps: list[tuple[int, int]] = []
    library = load(ROOT / "content")
    number = write_site(library, None, tmp_path, speech, lambda done, of: steps.append((done, of)))
    assert number == len(library.pages_at(None))
    assert (tmp_path / "fr" / "index.html").read_text("utf-8").startswith("<!doctype html>")
    assert steps[-1][0] == steps[-1][1] == len(list(tmp_path.rglob("*.*")))
