from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.library.load import load
from bot.library.stamping import stamp, stamped

if TYPE_CHECKING:
    from tests.unit.library.conftest import Tree

EN = "common/housing.find_flat/en.md"
DE = "common/housing.find_flat/de.md"


def current(tree: Tree) -> bool:
    page = load(tree.root).page("housing.find_flat")
    assert page is not None
    return page.texts["en"].current


def test_a_stamped_translation_is_current_until_the_german_text_changes(tree: Tree) -> None:
    assert not current(tree)
    assert stamp(tree.root) == [tree.root / EN]
    assert current(tree)
    assert stamp(tree.root) == []
    tree.change(DE, "wichtig", "sehr wichtig")
    assert not current(tree)


def test_only_the_hash_changes(tree: Tree) -> None:
    windows = (
        ("\ufeff" + tree.english).replace("\n", "\r\n").replace("source_hash:", "source_hash: # none yet").encode()
    )
    tree.write(EN, windows)
    stamp(tree.root)
    line = next(line for line in (tree.root / EN).read_bytes().split(b"\r\n") if line.startswith(b"source_hash"))
    assert (tree.root / EN).read_bytes() == windows.replace(b"source_hash: # none yet", line)
    assert tree.read(DE) == tree.german


def test_one_topic_and_one_language_can_be_chosen(tree: Tree) -> None:
    tree.write("common/housing.find_flat/fr.md", tree.english)
    assert stamp(tree.root, topic="money.debts") == []
    assert stamp(tree.root, language="fr") == [tree.root / "common/housing.find_flat/fr.md"]
    assert stamp(tree.root, topic="housing.find_flat", language="en") == [tree.root / EN]


def test_translations_of_places_are_stamped_too(tree: Tree) -> None:
    local = tree.write("places/musterstadt/housing.find_flat/en.md", tree.english)
    tree.write("places/musterstadt/housing.find_flat/de.md", tree.german)
    assert stamp(tree.root) == [tree.root / EN, local]


def test_nothing_is_written_when_a_german_text_is_faulty(tree: Tree) -> None:
    tree.page("money.debts")
    tree.change("common/money.debts/de.md", "method: machine", "method: magic")
    with pytest.raises(ConfigurationError):
        stamp(tree.root)
    assert tree.read(EN) == tree.english


def test_a_translation_without_front_matter_is_named(tree: Tree) -> None:
    tree.write(EN, "Only text.")
    tree.write("common/housing.find_flat/fr.md", b"\xff")
    with pytest.raises(ConfigurationError) as caught:
        stamp(tree.root)
    assert [fault.what for fault in caught.value.faults] == [
        "must start with front matter between two lines of ---",
        "not UTF-8; save it with this encoding",
    ]


@given(st.binary(), st.sampled_from([b"\n", b"\r\n"]))
def test_the_body_stays_byte_for_byte(body: bytes, newline: bytes) -> None:
    head = newline.join([b"---", b"title: x", b"---", b""])
    changed = stamped(head + body, "0123456789abcdef")
    assert changed == head.replace(b"x" + newline, b"x" + newline + b"source_hash: 0123456789abcdef" + newline) + body
    assert stamped(changed, "0123456789abcdef") == changed
