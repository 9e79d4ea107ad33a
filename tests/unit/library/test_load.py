from __future__ import annotations

import os
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.library.load import load
from bot.library.model import DatedException, Opening

if TYPE_CHECKING:
    from tests.unit.library.conftest import Tree

DE = "common/housing.find_flat/de.md"
EN = "common/housing.find_flat/en.md"
YML = "common/housing.find_flat/page.yml"


def test_a_right_folder_becomes_a_library(tree: Tree) -> None:
    library = load(tree.root)
    page = library.page("housing.find_flat")
    assert page is not None
    assert (page.place, page.review_by, page.valid_until) == (None, date(2027, 5, 31), None)
    assert (page.keywords, page.notranslate, page.offices) == (("Wohnung", "Kaltmiete"), ("SCHUFA",), ("wohnungsamt",))
    german = page.texts["de"]
    assert german.short == "Sie suchen eine Wohnung? Fragen Sie das Wohnungsamt."
    assert german.body.startswith("Die **SCHUFA**")
    assert (german.current, page.texts["en"].current) == (True, False)


def test_offices_are_read_with_hours_and_exceptions(tree: Tree) -> None:
    [office] = load(tree.root).offices_at("musterstadt")
    assert office.hours[0] == (Opening(time(8), time(12)), Opening(time(14), time(16), appointment_only=True))
    assert office.hours[1] == (Opening(time(10), time(18)),)
    assert office.hours[2] == ()
    assert office.exceptions == (DatedException(date(2026, 12, 24), date(2026, 12, 26), (), "Weihnachten"),)
    assert (office.name("ar"), office.fictional, office.time_zone) == ("Rathaus", True, "Europe/Berlin")


def test_missing_languages_are_warnings_and_faults_when_all_are_asked_for(tree: Tree) -> None:
    warnings = [warning.what for warning in load(tree.root).warnings]
    missing = "missing languages: de-simple, ar, uk, ru, tr, fa, ps, kmr, ti, so, fr"
    assert missing in warnings
    assert tree.faults(complete=True) == [f"common/housing.find_flat: {missing}"]


def test_all_faults_are_named_at_once_with_file_and_line(tree: Tree) -> None:
    tree.change(YML, "audience: [all]", "audience: [everybody]")
    tree.change(YML, "offices: [wohnungsamt]", "offices: [wohnungsamt, kneipe]")
    tree.change(DE, "- Rufen", "- *Rufen*")
    tree.change("places.yml", 'key: "08125"', 'key: "08121"')
    assert [fault.split(": ", 1)[0] for fault in tree.faults()] == [
        f"{DE}:12",
        f"{YML}:2",
        f"{YML}:11",
        "places.yml:11",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("id: housing", "id: money", "1: id: money.find_flat must be the name of its folder, housing.find_flat"),
        ("related: []", "related: [a.b]", "12: related: there is no page a.b"),
        ("related: []", "related: [housing.find_flat]", "12: related: a page is not related to itself"),
        ("related: []", "colour: red", "12: colour: Extra inputs are not permitted"),
        ("2026-11-22", "2026-02-30", "6: 2026-02-30 is not a date of the calendar"),
        ("2027-05-31", "2025-05-31", "1: review_by lies before reviewed_on"),
        ("owner: integrationsmanagement\n", "", "1: owner: Field required"),
        ("related: []", "owner: twice", "12: owner stands here twice"),
        ("related: []", "related: [", "13: not YAML: did not find expected node content"),
        ("keywords: [Wohnung, Kaltmiete]", "keywords: &a [Wohnung]\nx: *a", "9: anchors and aliases"),
    ],
)
def test_faults_of_page_yml(tree: Tree, old: str, new: str, fault: str) -> None:
    tree.change(YML, old, new)
    assert f"{YML}:{fault}" in "\n".join(tree.faults())


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("title: Finding a flat\n", "", "2: title: Field required"),
        ("method: machine", "method: magic", "4: method: Input should be 'human', 'machine' or 'machine_reviewed'"),
        ("method: machine", "method: machine_reviewed", "2: method machine_reviewed needs a reviewer"),
        ("short: Ask", f"short: {'x' * 300} Ask", "3: short: String should have at most 300 characters"),
        ("Call 0711", f"{'y' * 1800} Call 0711", "8: the long text has 1891 characters; at most 1800 fit"),
        ("short: Ask", "short: '**Ask**' #", "3: short: plain text only, no Markdown"),
        ("0711 123-45", "0711 123-46", ": phone number 071112345 of the German text is missing or changed"),
        ("0711 123-45", "0711 123-46", ": phone number 071112346 is not in the German text"),
        ("§ 5", "§ 6", ": § 5 of the German text is missing or changed"),
        ("www.service-bw.de", "service-bw.de", ": link https://www.service-bw.de of the German text is missing"),
        ("SCHUFA", "Schuldenkartei", ": the office word SCHUFA must stay in German beside its explanation"),
        ("The **", "The p\u0430per **", "8: p\u0430per mixes letters of different scripts"),
        ("- Call", "- Call\u200e", "10: invisible character U+200E; remove it"),
        ("title: Finding a flat", "title: Finding p\u0430per", "2: title: p\u0430per mixes letters"),
        ("title: Finding a flat", "title: [", "4: not YAML"),
        ("---\ntitle", "title", "1: must start with front matter between two lines of ---"),
    ],
)
def test_faults_of_a_translation(tree: Tree, old: str, new: str, fault: str) -> None:
    tree.change(EN, old, new)
    assert f"{EN}:{fault}".replace("::", ":") in "\n".join(tree.faults())


def test_a_page_without_german_and_an_unknown_language_are_faults(tree: Tree) -> None:
    (tree.root / DE).rename(tree.root / "common/housing.find_flat/pl.md")
    known = "known are de, de-simple, en, ar, uk, ru, tr, fa, ps, kmr, ti, so, fr"
    assert tree.faults() == [
        f"{DE}: the German text is missing",
        f"common/housing.find_flat/pl.md: unknown language pl; {known}",
    ]


def test_a_text_of_front_matter_alone_is_a_fault(tree: Tree) -> None:
    tree.write(EN, tree.english.split("The **")[0])
    assert f"{EN}:9: the long text is missing" in tree.faults()


def test_a_folder_that_cannot_be_listed_is_a_fault(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert tree.faults() == ["common: cannot be read: Permission denied"]


def test_a_faulty_page_is_not_also_unknown_to_its_relations(tree: Tree) -> None:
    tree.page("money.debts")
    tree.change("common/money.debts/page.yml", "related: []", "related: [housing.find_flat]")
    load(tree.root)
    tree.change(YML, "audience: [all]", "audience: []")
    assert tree.faults() == [f"{YML}:2: audience: List should have at least 1 item after validation, not 0"]


def test_files_that_are_no_text_are_faults_not_crashes(tree: Tree, tmp_path: Path) -> None:
    folder = "common/housing.find_flat"
    tree.write(f"{folder}/ar.md", b"---\ntitle: \xff\n---\n")
    tree.write(f"{folder}/fa.md", b"x" * 400_001)
    (tree.root / folder / "fr.md").symlink_to(tmp_path / "outside.md")
    (tmp_path / "secret.md").write_text(tree.english, encoding="utf-8")
    (tree.root / folder / "ps.md").symlink_to(tmp_path / "secret.md")
    os.mkfifo(tree.root / folder / "ru.md")
    (tree.root / folder / "so.md").mkdir()
    (tree.root / folder / "ti.md").symlink_to("ti.md")
    tree.write(f"{folder}/tr.md", "---\ntitle: " + "[" * 20_000 + "\n---\nx")
    tree.write(f"{folder}/uk.md", "---\ntitle: a\x00b\n---\nx")
    found = {fault.split(".md")[0].rsplit("/", 1)[1]: fault for fault in tree.faults()}
    assert sorted(found) == ["ar", "fa", "fr", "ps", "ru", "so", "ti", "tr", "uk"]
    assert "ar.md:2: not UTF-8" in found["ar"]
    assert "400001 bytes; at most 400000 are read" in found["fa"]
    assert "No such file" in found["fr"]
    assert "leads out of the content folder" in found["ps"]
    assert "is not a file" in found["ru"]


def test_windows_line_ends_and_a_byte_order_mark_are_fine(tree: Tree) -> None:
    before = load(tree.root).page("housing.find_flat")
    tree.write(DE, b"\xef\xbb\xbf" + tree.german.replace("\n", "\r\n").encode())
    after = load(tree.root).page("housing.find_flat")
    assert before is not None
    assert after is not None
    assert after.texts == before.texts


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("id: heilbronn-land", "id: heilbronn-stadt", "places.yml:10: id: heilbronn-stadt is already another place"),
        ("name: Landkreis Heilbronn", "name: Heilbronn (Stadt)", "places.yml:12: name: Heilbronn (Stadt) is already"),
        ("parent: heilbronn-land", "parent: berlin", "places.yml:21: parent: berlin is not a place above musterstadt"),
        ("parent: heilbronn-land", "parent: musterstadt", "places.yml:21: parent: musterstadt is not a place above"),
        ("kind: gemeinde", "kind: village", "places.yml:20: places.2.kind: Input should be"),
        ("    lat: 49.14\n", "", "places.yml:2: heilbronn-stadt: lat and lon belong together"),
    ],
)
def test_faults_of_places_yml(tree: Tree, old: str, new: str, fault: str) -> None:
    tree.change("places.yml", old, new)
    assert fault in "\n".join(tree.faults())


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("kind: buergeramt", "kind: kneipe", "3: offices.0.kind: Input should be"),
        ("10:00-18:00", "18:00-10:00", "9: tuesday: closes before it opens"),
        ("14:00-16:00", "11:00-16:00", "8: monday: hours overlap"),
        ("10:00-18:00", "10:00", "9: offices.0.hours.tuesday.0: String should match pattern"),
        ("[de, ar]", "[de, pl]", "12: offices.0.languages.1: unknown language pl"),
        ("name: Rathaus", "name: {en: Town hall}", "4: offices.0.name: the German name (de) is missing"),
        ("note: Weihnachten", "hours: [12:00-10:00]", "11: 2026-12-24: closes before it opens"),
        ("30 23125 001", '30 23125 001"\n    id: "x', "6: id stands here twice"),
        (
            "languages: [de, ar]",
            "languages: [de]\n  - id: rathaus\n    kind: jobcenter\n    name: A",
            "13: id: rathaus is already",
        ),
        ("030 23125 001", "call us", "5: offices.0.phone: String should match pattern"),
        ("until: 2026-12-26", "until: 2026-12-20", "11: offices.0.exceptions.0: until lies before date"),
    ],
)
def test_faults_of_offices_yml(tree: Tree, old: str, new: str, fault: str) -> None:
    tree.change("places/musterstadt/offices.yml", old, new)
    assert f"places/musterstadt/offices.yml:{fault}" in "\n".join(tree.faults())


def test_place_yml_adds_to_the_place(tree: Tree) -> None:
    contact = "{name: Rathaus, phone: '030 23125 001'}"
    tree.write("places/musterstadt/place.yml", f"languages: [de, ar]\ncontacts: [{contact}]\ntime_zone: Europe/Paris\n")
    library = load(tree.root)
    place = library.places["musterstadt"]
    assert (place.languages, place.time_zone, place.contacts[0].names) == (
        ("de", "ar"),
        "Europe/Paris",
        {"de": "Rathaus"},
    )
    assert library.offices[0].time_zone == "Europe/Paris"
    tree.change("places/musterstadt/place.yml", "Europe/Paris", "Europe/Musterstadt")
    file = "places/musterstadt/place.yml"
    assert tree.faults() == [f"{file}:3: time_zone: unknown time zone Europe/Musterstadt"]


def test_a_folder_of_an_unknown_place_is_a_fault(tree: Tree) -> None:
    tree.page("housing.find_flat", "places/atlantis")
    assert tree.faults() == ["places/atlantis: atlantis is not a place of places.yml"]


def test_a_folder_that_does_not_exist_is_a_fault(tree: Tree, tmp_path: Path) -> None:
    assert type(tree)(tmp_path / "nowhere").faults() == [f"{tmp_path}/nowhere: there is no such content folder"]


def test_a_place_page_inherits_what_it_does_not_say(tree: Tree) -> None:
    tree.write("places/musterstadt/housing.find_flat/page.yml", "offices: [buergeramt]\n")
    library = load(tree.root)
    local, common = library.page("housing.find_flat", "musterstadt"), library.page("housing.find_flat")
    assert local is not None
    assert common is not None
    assert (local.place, local.offices, local.keywords) == ("musterstadt", ("buergeramt",), common.keywords)
    assert local.texts == common.texts


def test_texts_of_a_place_replace_the_common_ones_in_every_language(tree: Tree) -> None:
    tree.write("places/musterstadt/housing.find_flat/de.md", tree.german.replace("Eine Wohnung", "Wohnung hier"))
    page = load(tree.root).page("housing.find_flat", "musterstadt")
    assert page is not None
    assert (list(page.texts), page.text("en").title) == (["de"], "Wohnung hier finden")


def test_a_place_may_add_a_page_of_its_own(tree: Tree) -> None:
    tree.page("housing.local_fund", "places/musterstadt")
    library = load(tree.root)
    assert library.page("housing.local_fund") is None
    assert library.page("housing.local_fund", "heilbronn-land") is None
    assert library.page("housing.local_fund", "musterstadt") is not None


def test_hidden_files_of_editors_are_left_alone(tree: Tree) -> None:
    tree.write("common/housing.find_flat/.de.md.swp", "rubbish")
    tree.write("common/housing.find_flat/.xx.md", "rubbish")
    tree.write("common/.git/page.yml", "rubbish")
    assert len(load(tree.root).pages) == 1
