"""From Integreat's answers to pages of a place, and again when they have changed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ConfigurationError
from bot.library.integreat.take_over import TakenOver, place_in, take_over
from bot.library.load import load

TODAY = date(2026, 11, 30)
SAMPLES = Path(__file__).parent / "samples"


def answer(number: int, language: str, title: str, content: str = "<p>Text.</p>", **more: Any) -> dict[str, Any]:
    path = f"/kreis/{language}/{title.casefold().replace(' ', '-')}/"
    return {
        "id": number, "url": f"https://cms.example.org{path}", "path": path, "title": title, "content": content,
        "modified_gmt": "2026-03-01T14:37:23.654Z", "last_updated": "2026-03-01T15:37:23.654+01:00", "excerpt": "",
        "parent": {"id": 0, "url": None, "path": None}, "order": number, "available_languages": {}, "thumbnail": "",
        "organization": None, "hash": None, "embedded_offers": [],
    } | more  # fmt: skip


def other(language: str, number: int, title: str) -> dict[str, Any]:
    return {language: {"id": number, "url": None, "path": f"/kreis/{language}/{title.casefold()}/"}}


class Desk:
    """A content folder, and what is imported into it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "content"
        self._folder = folder
        place_in(self.root, "kreis", "Musterkreis")

    def take(self, *files: Any) -> TakenOver:
        paths = []
        for number, value in enumerate(files):
            paths.append(self._folder / f"{number}.json")
            paths[-1].write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return take_over(paths, self.root, "kreis", place_name="Musterkreis", today=TODAY, progress=lambda _, __: None)

    def text(self, page: str, language: str = "de") -> tuple[str, str, str]:
        found = load(self.root).pages["kreis", page].texts[language]
        return found.title, found.short, found.body


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_samples_become_pages(desk: Desk) -> None:
    samples = [(SAMPLES / f"integreat_pages_{tag}.json").read_text("utf-8") for tag in ("de", "en")]
    assert desk.take(*samples).new == ["integreat-101", "integreat-102", "integreat-103"]
    pages = load(desk.root).pages
    assert [sorted(pages["kreis", f"integreat-{number}"].texts) for number in (101, 102, 103)] == [
        ["de", "en"], ["de", "en"], ["de"],
    ]  # fmt: skip
    section = pages["kreis", "integreat-101"]
    assert (section.section, section.related) == (True, ("integreat-102", "integreat-103"))
    assert desk.text("integreat-101") == ("Gesundheit", "Einen Arzt finden · Apotheke", "")
    assert "- Montag: 8 bis 12 Uhr" in desk.text("integreat-102")[2]
    assert desk.text("integreat-102")[2].endswith("116117. Mehr unter [Apotheke](page:integreat-103).")
    doctor = pages["kreis", "integreat-102"]
    assert (doctor.reviewed_on, doctor.source_name, doctor.texts["en"].current) == (
        date(2026, 3, 1), "Integreat Musterkreis", True,
    )  # fmt: skip


def test_a_page_keeps_its_id_when_its_slug_changes(desk: Desk) -> None:
    desk.take([answer(7, "de", "Alt")])
    done = desk.take([answer(7, "de", "Ganz neu")])
    assert (done.new, done.changed, done.gone) == ([], ["integreat-7"], [])
    assert desk.text("integreat-7")[0] == "Ganz neu"


def test_the_second_import_says_what_changed_what_is_new_and_what_is_gone(desk: Desk) -> None:
    desk.take([answer(1, "de", "A"), answer(2, "de", "B"), answer(3, "de", "C")])
    done = desk.take([answer(1, "de", "A"), answer(2, "de", "B", "<p>Neu.</p>"), answer(4, "de", "D")])
    assert (done.unchanged, done.changed, done.new, done.gone) == (
        ["integreat-1"], ["integreat-2"], ["integreat-4"], ["integreat-3"],
    )  # fmt: skip
    assert ("kreis", "integreat-3") not in load(desk.root).pages


def test_what_editors_wrote_themselves_stays(desk: Desk) -> None:
    own = desk.root / "places" / "kreis" / "offices.yml"
    own.parent.mkdir(parents=True)
    own.write_text("offices: []\n")
    desk.take([answer(1, "de", "A")])
    desk.take([answer(2, "de", "B")])
    assert own.read_text() == "offices: []\n"


def test_translations_are_tied_from_either_side(desk: Desk) -> None:
    german = [answer(1, "de", "Eins"), answer(2, "de", "Zwei", available_languages=other("en", 12, "two"))]
    english = [answer(11, "en", "One", available_languages=other("de", 1, "eins")), answer(12, "en", "Two")]
    assert desk.take(english, german).new == ["integreat-1", "integreat-2"]
    assert desk.text("integreat-2", "en")[0] == "Two"


def test_ids_of_different_languages_do_not_meet(desk: Desk) -> None:
    done = desk.take([answer(5, "de", "Eins")], [answer(5, "en", "Other", available_languages=other("de", 9, "x"))])
    assert sorted(done.new) == ["integreat-5", "integreat-9"]


def test_a_page_without_german_is_kept(desk: Desk) -> None:
    desk.take([answer(8, "uk", "Притулок", "<p>Тут є місце.</p>")])
    page = load(desk.root).pages["kreis", "integreat-8"]
    assert (page.text("ar").language, page.text("ar").short) == ("uk", "Тут є місце.")


def test_a_translation_older_than_the_german_text_is_not_current(desk: Desk) -> None:
    old = answer(2, "en", "Old", modified_gmt="2025-01-01T00:00:00Z", available_languages=other("de", 1, "neu"))
    desk.take([answer(1, "de", "Neu")], [old])
    assert load(desk.root).pages["kreis", "integreat-1"].texts["en"].current is False


def test_broken_objects_are_named_and_the_rest_is_imported(desk: Desk) -> None:
    done = desk.take(
        [
            answer(1, "de", "A"),
            {"id": "x"},
            None,
            answer(3, "de", "C", content=None),
            {**answer(4, "de", "D"), "path": 3},
        ]
    )
    assert done.new == ["integreat-1", "integreat-3"]
    said = [fault.what for fault in done.faults]
    assert any(what.startswith("object 2: ") for what in said)
    assert any(what.startswith("object 3: ") for what in said)
    assert any(what.startswith("object 5 (id 4): path: ") for what in said)


def test_languages_that_lotse_does_not_speak_are_counted(desk: Desk) -> None:
    done = desk.take([answer(1, "de", "A"), answer(2, "ro", "B"), answer(3, "de-si", "C"), answer(4, "ku", "D")])
    assert done.other_languages == {"ro": 1}
    pages = load(desk.root).pages
    assert sorted(tag for page in pages.values() for tag in page.texts) == ["de", "de-simple", "kmr"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("[", "not JSON"),
        ('{"detail": "not found"}', "must be a list"),
        ("[]", "no page in a language of Lotse"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_file_that_is_no_answer_changes_nothing(desk: Desk, content: str, what: str) -> None:
    desk.take([answer(1, "de", "A")])
    with pytest.raises(ConfigurationError, match=what):
        desk.take(content)
    assert desk.text("integreat-1")[0] == "A"


def test_long_pages_and_long_titles_fit(desk: Desk) -> None:
    desk.take([answer(1, "de", "T" * 300, "<p>" + "Ein Satz steht hier. " * 1_000 + "</p>")])
    title, short, body = desk.text("integreat-1")
    assert (len(title), len(body) > 20_000) == (100, True)
    assert len(short) <= 300
    assert short.endswith("hier.")


@pytest.mark.parametrize(
    ("href", "markdown"),
    [
        ("https://cms.example.org/kreis/de/b/", "[dort](page:integreat-2)"),
        ("/kreis/de/b", "[dort](page:integreat-2)"),
        ("https://integreat.app/kreis/de/B/#oben", "[dort](page:integreat-2)"),
        ("https://www.bamf.de/x?y=(1)", "[dort](https://www.bamf.de/x?y=%281%29)"),
        ("http://alt.example.org", "dort (alt.example.org)"),
        ("javascript:alert(1)", "dort"),
        ("/kreis/de/gibt-es-nicht/", "dort"),
        ("http://[", "dort"),
        ("", "dort"),
    ],
)
def test_links_lead_to_pages_by_id_or_to_addresses(desk: Desk, href: str, markdown: str) -> None:
    desk.take([answer(1, "de", "A", f"<p><a href='{href}'>dort</a></p>"), answer(2, "de", "B")])
    assert desk.text("integreat-1")[2] == markdown
