"""From the Markdown of pages to plain text and to safe HTML, with numbers that stay readable right to left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.language import direction
from bot.core.text import FSI, PDI, isolate

_NAME = r"[A-Za-zÄÖÜäöüß.'-]{0,40}"
_STREET = (
    rf"(?:[A-ZÄÖÜ]{_NAME} ){{0,3}}{_NAME}(?i:straße|strasse|str\.|platz|weg|allee|gasse|ring|markt|ufer|damm)"
    rf" \d+ ?[a-z]?\b(?:, ?\d{{5}} [A-ZÄÖÜ][A-Za-zÄÖÜäöüß-]{{0,40}}(?: \([a-z]+\))?)?"
)
# One separator at a time: "2025, 2026" are two numbers, which read from right to left.
_NUMBER = rf"(?<![\w{PDI}])[+(]?\d(?:(?:[ \u00a0/.:–-]|,(?=\d)| ?[()] ?| [/–-] )?\d)*"
_KEEP_TOGETHER = re.compile(
    rf"{FSI}[^{PDI}]*{PDI}"  # already isolated
    rf"|https?://[^\s<>(){FSI}{PDI}]+"
    r"|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|§§? ?\d+[a-z]?(?: Abs\. \d+)?(?: [A-ZÄÖÜ][A-Za-zÄÖÜäöü]+)?"
    rf"|{_STREET}"
    rf"|{_NUMBER}"
)


def isolate_numbers(text: str, language: str) -> str:
    """Return the text with phone numbers, times, sums, e-mail addresses, links and streets in bidi isolates.

    In left-to-right languages the text is returned as it is. Doing it twice changes nothing.
    """
    if direction(language) == "ltr":
        return text
    # A bare run of digits keeps its order anyway.
    return _KEEP_TOGETHER.sub(lambda found: found[0] if found[0].isdecimal() else isolate(found[0]), text)


def to_plain(markdown: str, language: str) -> str:
    """Return a page's Markdown as plain text: bullets as •, links as `text: address`."""
    return isolate_numbers(_Plain().of(_parser().parse(markdown)), language)


def to_html(markdown: str, language: str) -> str:
    """Return a page's Markdown as HTML that is safe to show: HTML in it is text, links are https only."""
    parser = _parser()
    env: dict[str, Any] = {}
    tokens = parser.parse(markdown, env)
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = isolate_numbers(child.content, language)
            elif child.type == "link_open":
                child.attrs.update(rel="noopener nofollow", target="_blank")
    return str(parser.renderer.render(tokens, parser.options, env))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False}).enable(["list", "heading", "emphasis", "link", "newline", "escape"])
    parser.validateLink = lambda url: url.startswith("https://")  # type: ignore[method-assign]
    return parser


class _Plain:
    """One walk over the tokens of a text."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._numbers: list[int | None] = []
        self._mark = ""
        self._tight = False

    def of(self, tokens: Sequence[Token]) -> str:
        for token in tokens:
            if token.type == "inline":
                self._add(_inline(token.children or ()))
            elif token.type.endswith("list_open"):
                self._numbers.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else None)
            elif token.type.endswith("list_close"):
                self._numbers.pop()
                self._tight = False
            elif token.type == "list_item_open":
                self._mark = self._next_mark()
        return "".join(self._blocks)

    def _add(self, text: str) -> None:
        if self._blocks:
            self._blocks.append("\n" if self._tight else "\n\n")
        self._blocks.append(f"{self._mark}{text}")
        self._mark = ""
        self._tight = bool(self._numbers)

    def _next_mark(self) -> str:
        number = self._numbers[-1]
        if number is None:
            return "• "
        self._numbers[-1] = number + 1
        return f"{number}. "


def _inline(children: Sequence[Token]) -> str:
    parts: list[str] = []
    link, start = "", 0
    for child in children:
        if child.type == "link_open":
            link, start = str(child.attrs["href"]), len(parts)
        elif child.type == "link_close":
            parts[start:] = [_link("".join(parts[start:]), link)]
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n" if child.type == "hardbreak" else " ")
        else:
            parts.append(child.content)
    return "".join(parts)


def _link(text: str, address: str) -> str:
    return address if _bare(text) == _bare(address) else f"{text}: {address}"


def _bare(address: str) -> str:
    return address.strip().removeprefix("https://").removeprefix("www.").rstrip("/")
