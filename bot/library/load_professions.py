"""Reading the folder of the recognition finder."""

from __future__ import annotations

from pathlib import Path

from bot.core.language import DEFAULT
from bot.core.yaml_lines import Document
from bot.library.professions_format import ProfessionEntry, ProfessionsFile, ProfessionTexts
from bot.library.reader import Reader
from bot.library.recognition import Body, Profession, Recognition
from bot.library.sheets import Sheet, methods_of, read_sheets

FOLDER = "professions"
_Sheets = dict[str, Sheet[ProfessionTexts]]


def read_professions(reader: Reader, content_dir: Path) -> Recognition:
    """Return the professions; without the folder there are none."""
    listed = content_dir / FOLDER / "professions.yml"
    read = reader.file(ProfessionsFile, listed)
    if read is None:
        return Recognition({}, {})
    found, document = read
    sound = _check(reader, listed, document, found)
    sheets = read_sheets(reader, listed.parent, ProfessionTexts, base=listed.stem)
    if not sheets or not _named(reader, listed, found, sheets[DEFAULT].file) or not sound:
        return Recognition({}, {})
    bodies = {entry.id: Body(entry.id, entry.name, entry.website) for entry in found.bodies}
    return Recognition(
        fields={field: _in_all(sheets, "fields", field) for field in found.fields},
        professions={entry.id: _profession(entry, bodies[entry.body], sheets) for entry in found.professions},
        methods=methods_of(sheets),
    )


def _check(reader: Reader, path: Path, document: Document, file: ProfessionsFile) -> bool:
    """Say which profession is there twice, or points to what does not exist."""
    before = reader.found
    known = {"field": set(file.fields), "first_step": set(file.first_steps), "body": {body.id for body in file.bodies}}
    seen: set[str] = set()
    for number, entry in enumerate(file.professions):
        if entry.id in seen:
            line = document.line(("professions", number, "id"))
            reader.fault(path, line, f"id: {entry.id} is already another profession")
        seen.add(entry.id)
        for name, values in known.items():
            if (value := getattr(entry, name)) not in values:
                line = document.line(("professions", number, name))
                reader.fault(path, line, f"{name}: {value} is not listed in this file")
    return reader.found == before


def _named(reader: Reader, path: Path, file: ProfessionsFile, german: ProfessionTexts) -> bool:
    wanted = {
        "fields": file.fields,
        "first_steps": file.first_steps,
        "professions": [entry.id for entry in file.professions],
    }
    missing = [f"{group}.{key}" for group, keys in wanted.items() for key in keys if key not in getattr(german, group)]
    for key in missing:
        reader.fault(path, 0, f"{key}: {DEFAULT}.yml has no text for it")
    return not missing


def _in_all(sheets: _Sheets, group: str, key: str) -> dict[str, str]:
    return {tag: text for tag, sheet in sheets.items() if (text := getattr(sheet.file, group).get(key))}


def _profession(entry: ProfessionEntry, body: Body, sheets: _Sheets) -> Profession:
    return Profession(
        id=entry.id,
        field=entry.field,
        names=_in_all(sheets, "professions", entry.id),
        also=tuple(entry.also),
        regulated=entry.regulated,
        body=body,
        first_step=_in_all(sheets, "first_steps", entry.first_step),
        finder=entry.finder,
    )
