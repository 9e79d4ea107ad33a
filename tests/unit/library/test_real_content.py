"""The content that is delivered with Lotse."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.domain import load as load_domain
from bot.core.language import LANGUAGES
from bot.library.load import load
from bot.library.snapshot import Library

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="module")
def library() -> Library:
    return load(CONTENT)


def test_the_content_loads_and_holds_all_districts(library: Library) -> None:
    kinds = [place.kind for place in library.places.values() if place.key]
    assert (kinds.count("stadtkreis"), kinds.count("landkreis")) == (9, 35)


def test_every_topic_and_danger_has_a_page_in_every_language(library: Library) -> None:
    intents = load_domain(CONTENT.parent / "intents" / "domain.yml").intents
    wanted = {intent for intent in intents if "." in intent}
    assert len(wanted) == 78
    assert {page_id for place, page_id in library.pages if place is None} == wanted
    lacking = {page.id: set(LANGUAGES) - set(page.texts) for page in library.pages.values()}
    assert {page_id: tags for page_id, tags in lacking.items() if tags} == {}


def test_every_translation_fits_the_german_text(library: Library) -> None:
    assert [warning for warning in library.warnings if "older German text" in warning.what] == []


def test_every_place_is_found_by_its_name_its_seat_and_its_aliases(library: Library) -> None:
    lost = [
        (place.id, name)
        for place in library.places.values()
        for name in (place.name, *place.aliases)
        if place not in [match.place for match in library.find_places(name)]
    ]
    assert lost == []


def test_every_district_is_the_nearest_at_its_own_seat_unless_the_city_is(library: Library) -> None:
    places = [place for place in library.places.values() if place.lat is not None and place.lon is not None]
    assert len(places) == 44
    cities = {place.seat for place in places if place.kind == "stadtkreis"}
    found = {place.id: library.nearest_place(place.lat or 0, place.lon or 0) for place in places}
    assert all(found[place.id] == place for place in places if place.kind == "stadtkreis" or place.seat not in cities)


def test_musterstadt_is_fictional_and_nowhere(library: Library) -> None:
    place = library.places["musterstadt"]
    assert (place.fictional, place.lat, place.lon, place.postal_codes) == (True, None, None, ("00000",))
    offices = library.offices_at("musterstadt")
    assert len({office.kind for office in offices}) == len(offices) == 14
    assert [office.id for office in offices][:5] == [
        "integrationsmanagement",
        "buergeramt",
        "auslaenderbehoerde",
        "jobcenter",
        "frauenberatung",
    ]
    assert all(
        office.fictional and office.email and office.email.endswith("@musterstadt.example") for office in offices
    )
    assert all(office.phone and office.phone.startswith("030 23125 ") for office in offices)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Stuttgart", "stuttgart"),
        ("Ich wohne in Tübingen", "tuebingen"),
        ("Tuebingen", "tuebingen"),
        ("tubingn", "tuebingen"),
        ("Kreis Böblingen", "boeblingen"),
        ("LK Boblingen", "boeblingen"),
        ("Stadt Heilbronn", "heilbronn-stadt"),
        ("Landkreis Heilbronn", "heilbronn-land"),
        ("Freiburg im Breisgau", "freiburg"),
        ("Heidelberg", "heidelberg"),
        ("Rottenburg", "tuebingen"),
        ("70173 Stuttgart", "stuttgart"),
        ("٧٠١٧٣", "stuttgart"),
        ("76199", "karlsruhe-stadt"),
        ("00000", "musterstadt"),
        ("أعيش في شتوتغارت", "stuttgart"),
        ("اشتوتگارت", "stuttgart"),
        ("شټوټګارټ", "stuttgart"),
        ("Людвігсбург", "ludwigsburg"),
        ("Мангейм", "mannheim"),
        ("ሽቱትጋርት", "stuttgart"),
        ("Istuutgaart", "stuttgart"),
    ],
)
def test_a_clear_place_is_sure(library: Library, said: str, meant: str) -> None:
    first, *others = library.find_places(said)
    assert (first.place.id, first.sure, [other.sure for other in others]) == (meant, True, [False] * len(others))


@pytest.mark.parametrize(
    ("said", "candidates"),
    [
        ("Heilbronn", ["heilbronn-stadt", "heilbronn-land"]),
        ("Karlsruhe", ["karlsruhe-stadt", "karlsruhe-land"]),
        ("Freiburg", ["freiburg", "breisgau-hochschwarzwald"]),
        ("هايلبرون", ["heilbronn-stadt", "heilbronn-land"]),
        ("Карлсруэ", ["karlsruhe-stadt", "karlsruhe-land"]),
        ("ፍራይቡርግ", ["freiburg", "breisgau-hochschwarzwald"]),
        ("Weingarten", ["karlsruhe-land", "ravensburg"]),
    ],
)
def test_an_ambiguous_place_is_asked_back(library: Library, said: str, candidates: list[str]) -> None:
    found = library.find_places(said)
    assert [match.place.id for match in found] == candidates
    assert not any(match.sure for match in found)


@pytest.mark.parametrize("said", ["", "Berlin", "München", "Damascus", "ja", "12345", "دمشق", "🙂", "x" * 5_000])
def test_what_is_no_place_of_ours_is_not_guessed(library: Library, said: str) -> None:
    assert library.find_places(said) == []


def test_office_words_are_explained_in_every_language(library: Library) -> None:
    words = library.glossary.words.values()
    assert len(words) >= 150
    assert {word.id: set(LANGUAGES) - set(word.meanings) for word in words if set(LANGUAGES) - set(word.meanings)} == {}
    nameless = {tag for word in words for tag in LANGUAGES if tag not in {*word.names, "de", "de-simple"}}
    assert nameless == set()


def test_every_office_word_is_found_as_it_is_written(library: Library) -> None:
    lost = [word.word for word in library.glossary.words.values() if library.glossary.find(word.word)[:1] != [word]]
    assert lost == []


def test_every_topic_is_served_by_one_to_four_services_in_every_language(library: Library) -> None:
    topics = {page_id for place, page_id in library.pages if place is None and not page_id.startswith("crisis.")}
    served = {topic: len(library.services.for_topic(topic, limit=99)) for topic in topics}
    assert {topic: number for topic, number in served.items() if not 1 <= number <= 4} == {}
    for service in library.services.by_id.values():
        assert set(service.names) == set(service.does) == set(LANGUAGES)


def test_professions_lead_to_a_body_and_a_first_step_in_every_language(library: Library) -> None:
    professions = library.recognition.professions.values()
    assert len(professions) >= 60
    for one in professions:
        assert set(one.names) == set(one.first_step) == set(LANGUAGES)
    assert {field for field in library.recognition.fields if not library.recognition.in_field(field)} == set()
    assert {one.regulated for one in professions} == {"yes", "title", "partly", "no"}


def test_events_of_musterstadt_in_every_language(library: Library) -> None:
    events = library.events_at("musterstadt")
    assert len(events) == 12
    assert sum(event.women_only for event in events) == 3
    for event in events:
        assert event.fictional
        assert set(event.names) == set(event.about or {}) == set(LANGUAGES)
    assert len([place for place, _ in library.pages if place == "musterstadt"]) == 4
