"""A text file: some YAML between two `---` lines, then Markdown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """The two halves of a text file and the lines (from 1) on which they start."""

    front: str
    front_line: int
    body: str
    body_line: int


def split(text: str) -> Parts | None:
    r"""Return the front matter and the text without surrounding blank lines, None if there is no front matter.

    Expects `\n` line ends.
    """
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if line.rstrip() == "---"][:2]
    if len(fences) < 2 or fences[0] != 0:
        return None
    end = fences[1]
    first = next((n for n in range(end + 1, len(lines)) if lines[n].strip()), len(lines))
    return Parts("\n".join(lines[1:end]) + "\n", 2, "\n".join(lines[first:]).rstrip(), first + 1)
