"""Beginning a page, and a translation of one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.errors import ConfigurationError
from bot.library.load import load
from bot.library.new_page import new_page, new_translation

if TYPE_CHECKING:
    from tests.unit.library.conftest import Tree

TODAY = date(2026, 12, 1)


def test_a_new_page_loads_as_it_is(tree: Tree) -> None:
    new_page(tree.root, "housing.moving", title="Umziehen", place=None, today=TODAY)
    page = load(tree.root).page("housing.moving")
    assert page is not None
    assert (page.texts["de"].title, page.reviewed_on, page.review_by) == ("Umziehen", TODAY, date(2027, 5, 30))


def test_a_page_can_be_that_of_a_place(tree: Tree) -> None:
    new_page(tree.root, "housing.moving", title="Umziehen", place="musterstadt", today=TODAY)
    assert load(tree.root).pages["musterstadt", "housing.moving"].owner == "musterstadt"


def test_a_translation_begins_with_the_german_text_and_is_current(tree: Tree) -> None:
    path = new_translation(tree.root, "housing.find_flat", language="fr", place=None)
    page = load(tree.root).page("housing.find_flat")
    assert path.name == "fr.md"
    assert page is not None
    assert (page.texts["fr"].body, page.texts["fr"].current) == (page.texts["de"].body, True)


@pytest.mark.parametrize("page", ["housing.find_flat", "Wohnung", "../../etc", "housing."])
def test_what_is_there_already_or_has_no_proper_id_is_refused(tree: Tree, page: str) -> None:
    with pytest.raises(ConfigurationError):
        new_page(tree.root, page, title="x", place=None, today=TODAY)


@pytest.mark.parametrize(
    ("page", "language"), [("housing.find_flat", "en"), ("housing.find_flat", "xx"), ("housing.none", "fr")]
)
def test_a_translation_needs_a_german_text_and_a_language(tree: Tree, page: str, language: str) -> None:
    with pytest.raises(ConfigurationError):
        new_translation(tree.root, page, language=language, place=None)
