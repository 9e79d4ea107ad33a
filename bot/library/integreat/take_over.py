"""`lotse content import integreat`: files in, folders of pages out; a second time brings only what has changed."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from bot.errors import ConfigurationError, Fault
from bot.library.integreat.answer import Answer, read_answers
from bot.library.integreat.page_of import Surroundings, comparable, files_of
from bot.library.integreat.tie import PREFIX, Tied, tie
from bot.library.reader import shown

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class TakenOver:
    """What an import did: ids of pages, faults of the files, and languages that Lotse does not speak."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    other_languages: Counter[str] = field(default_factory=Counter)


def take_over(
    files: Sequence[Path], content_dir: Path, place: str, *, place_name: str, today: date, progress: Progress
) -> TakenOver:
    """Write the pages of Integreat's answers below `places/<place>`; return what that changed.

    Pages of an earlier import that are not in the files any more are removed, but only those. Raises
    ConfigurationError, before anything is written, if a file as a whole cannot be used or holds no page at all.
    """
    done = TakenOver()
    answers: list[Answer] = []
    for file in files:
        read = read_answers(file)
        done.faults += read.faults
        answers += [answer for answer in read.answers if answer.language]
        done.other_languages.update(answer.code or "?" for answer in read.answers if not answer.language)
    if not answers:
        names = ", ".join(map(shown, files))
        raise ConfigurationError([*done.faults, Fault(names, 0, "no page in a language of Lotse; nothing was changed")])
    pages = tie(answers)
    around = _surroundings(pages, f"Integreat {place_name}")
    folder = content_dir / "places" / place
    for number, page in enumerate(pages, start=1):
        outcome = _write(folder / page.id, files_of(page, around, today))
        getattr(done, outcome).append(page.id)
        progress(number, len(pages))
    kept = {page.id for page in pages}
    for old in sorted(folder.glob(f"{PREFIX}*")):
        if old.is_dir() and old.name not in kept:
            shutil.rmtree(old)
            done.gone.append(old.name)
    return done


def place_in(content_dir: Path, place: str, name: str | None) -> None:
    """Write a places.yml with this one place if the folder has none: a folder of imported pages stands for itself."""
    file = content_dir / "places.yml"
    if file.exists():
        return
    content_dir.mkdir(parents=True, exist_ok=True)
    entry = {"id": place, "name": name or place.replace("-", " ").title(), "kind": "gemeinde"}
    file.write_text(yaml.safe_dump({"places": [entry]}, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _surroundings(pages: Sequence[Tied], source_name: str) -> Surroundings:
    ids = {comparable(answer.path): page.id for page in pages for answer in page.answers.values()}
    children: defaultdict[str, list[str]] = defaultdict(list)
    for page in pages:
        parent = page.main.parent
        if parent and parent.path and (above := ids.get(comparable(parent.path))):
            children[above].append(page.id)
    return Surroundings(ids, children, {page.id: " ".join(page.main.title.split()) for page in pages}, source_name)


def _write(folder: Path, files: Mapping[str, str]) -> str:
    """Make a folder hold these files; return `new`, `changed` or `unchanged`."""
    existed = folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    outcome = "unchanged" if existed else "new"
    for old in folder.glob("*.*"):
        if old.name not in files:
            old.unlink()
            outcome = "changed"
    for name, content in files.items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") == content:
            continue
        path.write_text(content, encoding="utf-8", newline="\n")
        outcome = "changed" if existed else outcome
    return outcome
