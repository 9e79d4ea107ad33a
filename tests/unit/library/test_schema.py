from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from bot.library.schema import schemas

CONTENT = Path(__file__).parents[3] / "content"


def as_json(path: Path) -> object:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - builds text only


def test_there_is_a_valid_schema_for_every_file() -> None:
    assert sorted(schemas()) == [
        "events.yml", "offices.yml", "page.yml", "place.yml", "places.yml", "professions-text.yml", "professions.yml",
        "services-text.yml", "services.yml", "text.md", "words-text.yml", "words.yml",
    ]  # fmt: skip
    for schema in schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_languages_and_kinds_can_be_completed() -> None:
    found = schemas()
    assert "kmr" in found["place.yml"]["properties"]["languages"]["items"]["enum"]
    assert "frauenberatung" in found["page.yml"]["properties"]["offices"]["items"]["enum"]


@pytest.mark.parametrize("kind", ["kneipe", "jobcenter"])
def test_the_schema_sees_an_unknown_kind_of_office(kind: str) -> None:
    office = {"offices": [{"id": "a", "kind": kind, "name": "A", "hours": {"monday": ["08:00-12:00"]}}]}
    faults = list(jsonschema.Draft202012Validator(schemas()["offices.yml"]).iter_errors(office))
    assert bool(faults) is (kind == "kneipe")


def test_the_offices_of_musterstadt_fit_the_schema() -> None:
    document = as_json(CONTENT / "places/musterstadt/offices.yml")
    names = {
        "/".join(map(str, fault.path))
        for fault in jsonschema.Draft202012Validator(schemas()["offices.yml"]).iter_errors(document)
    }
    # The loader above reads true and null as text; nothing else may differ.
    assert {name.rsplit("/", 1)[-1] for name in names} <= {"step_free", "fictional", "lat", "lon"}
