from __future__ import annotations

from typing import TYPE_CHECKING

from bot.library.load import load

if TYPE_CHECKING:
    from tests.unit.library.conftest import Tree


def test_the_page_of_the_nearest_place_around_wins(tree: Tree) -> None:
    tree.write("places/heilbronn-land/housing.find_flat/de.md", tree.german)
    library = load(tree.root)
    places = {
        here: page.place
        for here in (None, "heilbronn-stadt", "heilbronn-land", "musterstadt", "unknown")
        if (page := library.page("housing.find_flat", here))
    }
    assert places == {
        None: None,
        "heilbronn-stadt": None,
        "heilbronn-land": "heilbronn-land",
        "musterstadt": "heilbronn-land",
        "unknown": None,
    }


def test_pages_at_a_place_are_each_page_once(tree: Tree) -> None:
    tree.page("housing.local_fund", "places/musterstadt")
    tree.write("places/musterstadt/housing.find_flat/de.md", tree.german)
    library = load(tree.root)
    assert [(page.id, page.place) for page in library.pages_at("musterstadt")] == [
        ("housing.find_flat", "musterstadt"),
        ("housing.local_fund", "musterstadt"),
    ]
    assert [(page.id, page.place) for page in library.pages_at()] == [("housing.find_flat", None)]


def test_a_text_falls_back_to_german_before_english(tree: Tree) -> None:
    page = load(tree.root).page("housing.find_flat")
    assert page is not None
    assert [page.text(tag).language for tag in ("en", "ar", "de-simple", "de")] == ["en", "de", "de", "de"]


def test_offices_of_the_district_serve_its_municipalities(tree: Tree) -> None:
    own = tree.read("places/musterstadt/offices.yml")
    tree.write("places/heilbronn-land/offices.yml", own.replace("rathaus", "amt").replace("buergeramt", "jobcenter"))
    library = load(tree.root)
    assert [office.id for office in library.offices_at("musterstadt")] == ["rathaus", "amt"]
    assert [office.id for office in library.offices_at("musterstadt", "jobcenter")] == ["amt"]
    assert [office.id for office in library.offices_at("heilbronn-stadt")] == []
    found = library.office("musterstadt", "rathaus")
    assert found is not None
    assert library.office("heilbronn-land", "rathaus") is None


def test_the_version_follows_the_content(tree: Tree) -> None:
    first = load(tree.root).version
    assert load(tree.root).version == first
    tree.change("places.yml", "Neckarsulm", "Eppingen")
    assert load(tree.root).version != first
