"""The Markdown of replies for each channel: plain text, or text with marks at positions (HTML: `library.page_html`).

Telegram gets text and marks, not its HTML: a long message is then split by looking at positions alone, and nothing
that a person or a page wrote can be taken for a tag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from bot.library.bidi import isolate_numbers
from bot.library.page_html import calls, leads_to_a_page, parser


@dataclass(frozen=True, slots=True)
class Mark:
    """Bold characters from `start` up to `end`, a link if `url` is set, or small print."""

    start: int
    end: int
    url: str | None = None
    small: bool = False


@dataclass(frozen=True, slots=True)
class Styled:
    """Text with marks; positions count characters (code points)."""

    text: str
    marks: tuple[Mark, ...] = ()


def styled(text: str, language: str, *, markup: bool) -> Styled:
    """Return the text of a reply with its marks; numbers and addresses in right-to-left text are isolated."""
    if not markup:
        return Styled(isolate_numbers(text, language))
    return _Walk(language).over(parser().parse(text))


def with_note(body: Styled, note: str, language: str) -> Styled:
    """Return a text with small print below it."""
    start = len(body.text) + 2
    text = f"{body.text}\n\n{isolate_numbers(note, language)}"
    return Styled(text, (*body.marks, Mark(start, len(text), small=True)))


def plain(text: str, language: str, *, markup: bool) -> str:
    """Return the text of a reply without any marks; a link is followed by its address."""
    found = styled(text, language, markup=markup)
    bare = found.text
    for mark in sorted(found.marks, key=lambda mark: -mark.end):
        if mark.url and mark.url not in bare[mark.start : mark.end]:
            bare = f"{bare[: mark.end]}: {isolate_numbers(mark.url, language)}{bare[mark.end :]}"
    return bare


class _Walk:
    """One way through the tokens of a text."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._text = ""
        self._marks: list[Mark] = []
        self._open: list[tuple[int, str | None] | None] = []
        self._lists: list[int | None] = []  # the next number, None in a list of bullets
        self._bullet = ""
        self._tight = False

    def over(self, tokens: Sequence[Token]) -> Styled:
        for token in tokens:
            if token.type == "inline":
                self._inline(token.children or ())
            else:
                self._block(token)
        return Styled(self._text, tuple(sorted(self._marks, key=lambda mark: (mark.start, -mark.end))))

    def _block(self, token: Token) -> None:
        match token.type:
            case "paragraph_open":
                self._begin()
            case "heading_open":
                self._begin()
                self._start(None)
            case "heading_close":
                self._finish()
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._tight = False
            case "list_item_open":
                self._bullet = self._next_bullet()

    def _begin(self) -> None:
        if self._text:
            self._text += "\n" if self._tight else "\n\n"
        self._text += self._bullet
        self._bullet = ""
        self._tight = bool(self._lists)

    def _next_bullet(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "• "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _inline(self, children: Sequence[Token]) -> None:
        for child in children:
            match child.type:
                case "strong_open":
                    self._start(None)
                case "link_open":
                    self._open.append(None if calls(child) else (len(self._text), _target(child)))
                case "strong_close" | "link_close":
                    self._finish()
                case "softbreak":
                    self._text += " "
                case "hardbreak":
                    self._text += "\n"
                case _:
                    self._text += isolate_numbers(child.content, self._language)

    def _start(self, url: str | None) -> None:
        self._open.append((len(self._text), url))

    def _finish(self) -> None:
        opened = self._open.pop()
        if opened is None:
            return  # phones find numbers to call by themselves
        start, url = opened
        if self._text[start:].strip():
            self._marks.append(Mark(start, len(self._text), url))


def _target(link: Token) -> str | None:
    """Return where a link leads, None for one that is only bold."""
    return None if leads_to_a_page(link) else str(link.attrs["href"])
