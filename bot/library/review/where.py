"""Where in which file something stands that was found in a loaded page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.errors import Fault
from bot.library.model import Page
from bot.library.reader import shown


@dataclass(frozen=True, slots=True)
class Desk:
    """A content folder whose findings are named by file and line."""

    content_dir: Path

    def folder(self, page: Page) -> Path:
        """Return the folder of a page."""
        return self.content_dir / (Path("places") / page.place if page.place else Path("common")) / page.id

    def about_page(self, page: Page, field: str, what: str) -> Fault:
        """Return a finding about a field of page.yml."""
        return self._fault(self.folder(page) / "page.yml", f"{field}:", what)

    def about_text(self, page: Page, language: str, passage: str, what: str) -> Fault:
        """Return a finding about a passage of a text; the line is that on which the passage begins."""
        return self._fault(self.folder(page) / f"{language}.md", passage, what)

    def about_place(self, place: str, passage: str, what: str) -> Fault:
        """Return a finding about an office of a place."""
        return self._fault(self.content_dir / "places" / place / "offices.yml", passage, what)

    def _fault(self, path: Path, passage: str, what: str) -> Fault:
        return Fault(shown(path), _line(path, passage), what)


def _line(path: Path, passage: str) -> int:
    """Return the line (from 1) of a file on which a passage stands, 0 if it cannot be told."""
    try:
        content = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return 0
    at = content.find(passage.split("\n", 1)[0])
    return content.count("\n", 0, at) + 1 if at >= 0 else 0
