"""Names of offices and languages in sentences of every kind."""

from __future__ import annotations

import pytest

from bot.core.message import Entity
from bot.understanding.entities import Names
from bot.understanding.examples import Wording

NAMES = Names(
    [
        Wording("office", "jobcenter", "de", "Jobcenter"),
        Wording("office", "jobcenter", "ar", "جوب سنتر"),
        Wording("office", "jobcenter", "ar", "جوبسنتر"),
        Wording("office", "agentur_fuer_arbeit", "de", "Agentur für Arbeit"),
        Wording("office", "buergeramt", "de", "Bürgeramt"),
        Wording("language", "tr", "de", "Türkisch"),
        Wording("language", "de", "en", "German"),
        Wording("language", "de-simple", "en", "easy German"),
    ]
)


def named(text: str, language: str | None = None) -> list[tuple[str, str]]:
    return [(entity.value, text[entity.start : entity.end]) for entity in NAMES.find(text, language)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wo ist das JOBCENTER?", [("jobcenter", "JOBCENTER")]),
        ("termin beim burgeramt und jobcenter", [("buergeramt", "burgeramt"), ("jobcenter", "jobcenter")]),
        ("Brief von der agentur fur arbeit", [("agentur_fuer_arbeit", "agentur fur arbeit")]),
        ("رسالة من الجوب سنتر اليوم", [("jobcenter", "الجوب سنتر")]),
        ("عندي موعد بالجوبسنتر", [("jobcenter", "بالجوبسنتر")]),
        ("Jobcenterden mektup geldi", [("jobcenter", "Jobcenterden")]),
        ("I want easy German please", [("de-simple", "easy German")]),
        ("I want German please", [("de", "German")]),
        ("I want to work", []),
        ("", []),
    ],
)
def test_names_are_found_where_they_stand(text: str, found: list[tuple[str, str]]) -> None:
    assert named(text) == found


def test_a_name_within_a_word_is_no_name() -> None:
    assert named("mein Nachbar im Germanistikstudium") == []


def test_languages_count_in_the_own_language_and_without_endings() -> None:
    names = Names([Wording("language", "fa", "fa", "dari"), Wording("language", "tr", "en", "Turk")])
    assert names.find("dari pool", "en") == ()
    assert names.find("dari", "fa") == (Entity("language", "fa", 0, 4),)
    assert names.find("Turkey is far", "en") == ()


def test_the_own_language_decides_what_a_word_means() -> None:
    names = Names([Wording("language", "tr", "de", "Turk"), Wording("language", "ku", "tr", "Turk")])
    assert names.find("turk", "tr") == (Entity("language", "ku", 0, 4),)
    assert names.find("turk", "de") == (Entity("language", "tr", 0, 4),)


def test_long_texts_cost_little() -> None:
    assert NAMES.find("jobcenter " * 2_000)


def test_places_are_found_with_endings_and_in_every_language() -> None:
    names = Names([Wording("place", "stuttgart", "", name) for name in ("Stuttgart", "شتوتغارت", "Штутгарт")])
    for text in ("Stuttgartê", "ich wohne in stuttgart.", "بشتوتغارت", "живу в Штутгарті"):
        assert [entity.value for entity in names.find(text, "kmr")] == ["stuttgart"]
