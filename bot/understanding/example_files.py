"""Writing a sentence into the training files, where an editor would put it: at the end of its intent's examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError, Fault
from bot.understanding.examples import read_yaml
from bot.understanding.normalise import tidy


def add_example(intents_dir: Path, *, language: str, intent: str, text: str) -> Path:
    """Add a sentence to the examples of an intent and return the file; raise ConfigurationError if there are none.

    Everything else in the file stays as it is, byte for byte.
    """
    folder = intents_dir / "nlu" / language.split("-")[0]  # plain German shares the examples of German
    for path in sorted(folder.glob("*.yml")):
        document = read_yaml(path)
        items: Any = document.value.get("nlu") if isinstance(document.value, dict) else None
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict) and item.get("intent") == intent:
                last = document.line(("nlu", number, "examples")) + len(str(item["examples"]).rstrip().splitlines())
                _insert_after(path, last, tidy(text))
                return path
    raise ConfigurationError([Fault(str(folder), 0, f"there are no examples of {intent} to add to")])


def _insert_after(path: Path, number: int, text: str) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    before = lines[number - 1]
    indent = before[: len(before) - len(before.lstrip())]
    lines[number - 1] = before if before.endswith("\n") else before + "\n"
    lines.insert(number, f"{indent}- {text}\n")
    partial = path.with_name(path.name + ".part")
    partial.write_text("".join(lines), "utf-8")
    partial.replace(path)
