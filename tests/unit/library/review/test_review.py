"""Pages that are well-formed and still not right for their readers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.library.load import load
from bot.library.model import DatedException, Office, PageText
from bot.library.review import numbers, offices, phones, plain_language
from bot.library.review.left_over import german_sentences
from bot.library.review.review import review

if TYPE_CHECKING:
    from tests.unit.library.conftest import Tree

TODAY = date(2026, 12, 1)
PAGE = "common/housing.find_flat"

Findings = Callable[..., list[str]]


def text(language: str, body: str, *, title: str = "Titel", short: str = "Kurz.") -> PageText:
    return PageText(language, title, short, body, "machine", None, None, True)


@pytest.fixture
def findings(tree: Tree) -> Findings:
    for language in ("de", "en"):
        tree.change(f"{PAGE}/{language}.md", "0711 123-45", "0711 2163377")

    def found(today: date = TODAY, intents: tuple[str, ...] = ("housing.find_flat",)) -> list[str]:
        library = load(tree.root)
        root = str(tree.root)
        faults = review(library, tree.root, today=today, intents=intents)
        return [f"{Path(fault.where).relative_to(root)}:{fault.line}: {fault.what}" for fault in faults]

    return found


def test_a_page_in_order_gives_nothing_to_do(findings: Findings) -> None:
    assert findings() == []


def test_what_is_due_is_named_with_its_line(tree: Tree, findings: Findings) -> None:
    tree.change(f"{PAGE}/page.yml", "valid_until: null", "valid_until: 2027-01-31")
    [review_by, valid] = [one for one in findings(today=date(2027, 6, 1)) if one.startswith(PAGE)]
    lines = (tree.root / PAGE / "page.yml").read_text().splitlines()
    line = 1 + next(number for number, one in enumerate(lines) if one.startswith("review_by"))
    assert (
        review_by
        == f"{PAGE}/page.yml:{line}: was to be read again by 2027-05-31; read it, then set reviewed_on and review_by"
    )
    assert valid.endswith("held until 2027-01-31; correct them, then set valid_until")


def test_a_page_that_nothing_leads_to_is_lost(tree: Tree, findings: Findings) -> None:
    tree.change(f"{PAGE}/page.yml", "keywords: [Wohnung, Kaltmiete]", "keywords: []")
    assert [one.rsplit(": ", 1)[1] for one in findings(intents=())] == [
        "nothing leads to this page; add keywords, or name it under `related` on another page"
    ]


def test_the_same_page_twice_is_named(tree: Tree, findings: Findings) -> None:
    shutil.copytree(tree.root / PAGE, tree.root / "common/housing.second")
    tree.change("common/housing.second/page.yml", "id: housing.find_flat", "id: housing.second")
    said = [one for one in findings() if one.startswith("common/housing.second")]
    assert said[0].endswith("the German long text is the same as that of housing.find_flat; keep one of the two pages")


@pytest.mark.parametrize(
    ("language", "body", "sentences"),
    [
        ("en", "Go to the Bürgeramt (residents' office).", []),
        ("en", "Bring this. Sie müssen die Karte mit dem Pass zeigen.", ["Sie müssen die Karte mit dem Pass zeigen."]),
        ("tr", "Kağıtta „Sie sind nicht zur Arbeit berechtigt und müssen warten“ yazar.", []),
        ("fr", "Allez au guichet (das ist die Stelle für die Anmeldung und Abmeldung).", []),
        ("de-simple", "Das ist für Sie und Ihre Kinder.", []),
    ],
)  # fmt: skip
def test_german_sentences_in_a_translation_are_found(language: str, body: str, sentences: list[str]) -> None:
    assert list(german_sentences(text(language, body))) == sentences


@pytest.mark.parametrize(
    ("german", "translation", "said"),
    [
        ("30 Tage", "30 days", []),
        ("30 Tage", "days", ["the number 30 of the German text is missing or changed"]),
        ("drei Monate", "3 months", []),
        ("3 Monate", "three months", []),
        ("bis zum dritten Werktag", "by the 3rd working day", []),
        ("ab 22 Uhr", "from 22:00", []),
        ("drei Monate", "4 months", ["the number 4 is not in the German text"]),
        ("1.500 Euro", "€1,500", []),
        ("1500 Euro", "۱٬۵۰۰ یورو", []),
        ("1. Gehen\n2. Fragen", "- go\n- ask", []),
        ("[x](https://a.de/99)", "[x](https://a.de/99)", []),
    ],
)  # fmt: skip
def test_changed_numbers_are_found(german: str, translation: str, said: list[str]) -> None:
    assert list(numbers.changed(text("de", german), text("en", translation))) == said


def test_hard_texts_are_found() -> None:
    easy = text("de-simple", "Gehen Sie zum Amt. Nehmen Sie den Pass mit.", short="Gehen Sie hin.")
    assert list(plain_language.hard_to_read(easy, ())) == []
    long = "Sie gehen mit dem Pass und dem Brief und dem Foto und dem Geld zu dem Amt."
    [(passage, what)] = plain_language.hard_to_read(text("de-simple", long, short="Gehen Sie."), ())
    assert (passage, what) == (long, "a sentence of 17 words, at most 12 are wanted; make two of it")
    office = "Aufenthaltsangelegenheiten unterliegen ausländerrechtlichen Bestimmungen grundsätzlicher Bedeutung."
    [(_, what)] = plain_language.hard_to_read(text("de", office), ())
    assert what.startswith("hard to read: LIX ")


def test_office_words_do_not_count_as_long() -> None:
    body = "Bringen Sie die Meldebescheinigung mit."
    assert plain_language.score(body, ["Meldebescheinigung"]) < plain_language.score(body)


def test_other_languages_are_not_measured() -> None:
    assert (
        list(
            plain_language.hard_to_read(
                text("tr", "Muvaffakiyetsizleştiricileştiriveremeyebileceklerimizden " * 30), ()
            )
        )
        == []
    )


@pytest.mark.parametrize("number", ["110", "116117", "116 016", "0711 2163377", "0800 1110111", "+49 711 2163377"])
def test_numbers_that_can_be_dialled_are_left_alone(number: str) -> None:
    assert phones.exists(number)


@pytest.mark.parametrize("number", ["0711 1", "0999 123456789012", "119", "0800"])
def test_numbers_that_cannot_be_dialled_are_found(number: str) -> None:
    assert not phones.exists(number)


def test_odd_offices_are_found() -> None:
    office = Office(
        "amt", "ort", "buergeramt", {"de": "Amt"}, None, None, None, "0711 1", None, None,
        ((),) * 7, (DatedException(date(2026, 1, 6), date(2026, 1, 6), ()),), (), None, "Europe/Berlin", False,
    )  # fmt: skip
    assert [what for _, what in offices.odd(office, TODAY)] == [
        "amt: the exception of 2026-01-06 is over; remove it",
        "amt: the number 0711 1 cannot be dialled; correct it",
    ]
