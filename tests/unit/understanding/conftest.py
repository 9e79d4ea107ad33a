"""A small world: three intents in two languages, and an encoder that counts its calls."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.understanding.encoder import E5, Vector
from bot.understanding.language import Languages
from bot.understanding.model import load_model
from bot.understanding.tuned import Encoders

SHIPPED = Path(__file__).parents[3] / "intents/model.npz"

DOMAIN = """version: "3.1"
intents: [housing.find_flat, greet, crisis.medical, open_page]
"""
GERMAN = """version: "3.1"
nlu:
- intent: housing.find_flat
  examples: |
    - Ich suche eine Wohnung
    - Wo finde ich eine Wohnung mit zwei Zimmern
    - Hilfe bei der Wohnungssuche
    - Wohnung mieten in [Musterstadt](place)
- intent: greet
  examples: |
    - Hallo
    - Guten Morgen
    - Hallo zusammen
    - Guten Tag
- intent: crisis.medical
  examples: |
    - Mein Vater atmet nicht mehr
    - Er blutet sehr stark
    - Sie ist bewusstlos und atmet kaum
    - Schnell einen Krankenwagen, Herzinfarkt
"""
ENGLISH = """version: "3.1"
nlu:
- intent: housing.find_flat
  examples: |
    - I am looking for a flat
    - how do I find an apartment
    - help me rent a room
- intent: greet
  examples: |
    - hello
    - good morning
    - hi there
- intent: crisis.medical
  examples: |
    - my father is not breathing
    - she is bleeding heavily
    - call an ambulance, heart attack
"""


class WordEncoder:
    """Vectors from words alone, the same for equal texts: fast, and it counts."""

    name = "words"
    dimension = 32

    def __init__(self) -> None:
        self.calls: list[str] = []

    def query(self, text: str) -> Vector:
        self.calls.append(text)
        vector = np.full(self.dimension, 0.01, dtype=np.float32)
        for word in text.casefold().split():
            vector[zlib.crc32(word.encode()) % self.dimension] += 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def passage(self, text: str) -> Vector:
        return self.query(text)


@pytest.fixture
def word_encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def e5(tmp_path_factory: pytest.TempPathFactory) -> E5:
    """Return the encoder as it comes."""
    return Encoders(Path("no such file"), tmp_path_factory.mktemp("graph")).plain()


@pytest.fixture(scope="session")
def languages() -> Languages:
    """Tell languages apart as the shipped model does."""
    return Languages(load_model(SHIPPED).languages)


WriteIntents = Callable[..., Path]


@pytest.fixture
def write_intents(tmp_path: Path) -> WriteIntents:
    """Write a folder of training data; `files` are paths below nlu/ with their text."""

    def write(files: dict[str, str] | None = None, domain: str = DOMAIN) -> Path:
        folder = tmp_path / "intents"
        for name, text in (files or {"de/all.yml": GERMAN, "en/all.yml": ENGLISH}).items():
            path = folder / "nlu" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        (folder / "domain.yml").write_text(domain, "utf-8")
        return folder

    return write
