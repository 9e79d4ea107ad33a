"""A small content folder that is right, to be spoilt one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.library.load import load
from bot.library.model import Office, Opening

PAGE = """\
id: {id}
audience: [all]
owner: integrationsmanagement
source_url: https://www.service-bw.de
source_name: Serviceportal Baden-Württemberg
reviewed_on: 2026-11-22
review_by: 2027-05-31
valid_until: null
keywords: [Wohnung, Kaltmiete]
notranslate: [SCHUFA]
offices: [wohnungsamt]
related: []
"""
GERMAN = """\
---
title: Eine Wohnung finden
short: >-
  Sie suchen eine Wohnung?
  Fragen Sie das Wohnungsamt.
method: machine
reviewer:
source_hash:
---
Die **SCHUFA** ist wichtig, siehe § 5.

- Rufen Sie an: 0711 123-45
- [Portal](https://www.service-bw.de)
"""
ENGLISH = """\
---
title: Finding a flat
short: Ask the Wohnungsamt (housing office).
method: machine
reviewer:
source_hash:
---
The **SCHUFA** matters, see § 5.

- Call 0711 123-45
- [Portal](https://www.service-bw.de)
"""
PLACES = """\
places:
  - id: heilbronn-stadt
    key: "08121"
    name: Heilbronn (Stadt)
    kind: stadtkreis
    seat: Heilbronn
    lat: 49.14
    lon: 9.22
    postal_codes: ["74072"]
  - id: heilbronn-land
    key: "08125"
    name: Landkreis Heilbronn
    kind: landkreis
    seat: Heilbronn
    lat: 49.14
    lon: 9.22
    aliases: [Neckarsulm]
  - id: musterstadt
    name: Musterstadt
    kind: gemeinde
    parent: heilbronn-land
    fictional: true
"""
OFFICES = """\
offices:
  - id: rathaus
    kind: buergeramt
    name: Rathaus
    phone: "030 23125 001"
    email: rathaus@musterstadt.example
    hours:
      monday: [08:00-12:00, 14:00-16:00 appointment_only]
      tuesday: [10:00-18:00]
    exceptions:
      - {date: 2026-12-24, until: 2026-12-26, note: Weihnachten}
    languages: [de, ar]
    step_free: true
"""


@dataclass(frozen=True)
class Tree:
    """A content folder that tests may write to."""

    root: Path
    german: str = GERMAN
    english: str = ENGLISH

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        before = self.read(name)
        assert old in before
        self.write(name, before.replace(old, new))

    def page(self, page_id: str, folder: str = "common") -> None:
        self.write(f"{folder}/{page_id}/page.yml", PAGE.format(id=page_id))
        self.write(f"{folder}/{page_id}/de.md", GERMAN)

    def faults(self, *, complete: bool = False) -> list[str]:
        """Return what `load` says about the folder, with paths below it."""
        with pytest.raises(ConfigurationError) as caught:
            load(self.root, complete=complete)
        return [str(fault).replace(f"{self.root}/", "") for fault in caught.value.faults]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    found = Tree(tmp_path / "content")
    found.page("housing.find_flat")
    found.write("common/housing.find_flat/en.md", ENGLISH)
    found.write("places.yml", PLACES)
    found.write("places/musterstadt/offices.yml", OFFICES)
    return found


@pytest.fixture
def make_office() -> Callable[..., Office]:
    def make(**changes: object) -> Office:
        week = [(Opening(time(8), time(12)), Opening(time(14), time(16), appointment_only=True)), *[()] * 6]
        values: dict[str, object] = {
            "id": "rathaus",
            "place": "musterstadt",
            "kind": "buergeramt",
            "names": {"de": "Rathaus"},
            "address": None,
            "lat": None,
            "lon": None,
            "phone": None,
            "email": None,
            "website": None,
            "hours": tuple(week),
            "exceptions": (),
            "languages": (),
            "step_free": None,
            "time_zone": "Europe/Berlin",
            "fictional": True,
        }
        return Office(**{**values, **changes})  # type: ignore[arg-type]

    return make
