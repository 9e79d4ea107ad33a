"""The Markdown of pages and replies as HTML that is safe to show."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.library.bidi import isolate_numbers
from bot.library.translations import LONG_NUMBER

_ADDRESS, _PAGE, _CALL = "https://", "page:", "tel:"
_APART = {"target": "_blank", "rel": "noopener noreferrer"}

# Not 110 and 112: "110 Euro" must not call the police; where these are meant, they are buttons.
_NUMBER = re.compile(rf"{LONG_NUMBER.pattern}|(?<![\w.,§])116[ \u00a0\u202f]?[0-9]{{3}}(?![0-9]|[.,][0-9])")

Target = Callable[[str], str | None]
"""Given the id of a page, returns the address of it; None: the link is only bold, the page has a button of its own."""


def parser() -> MarkdownIt:
    """Return the parser of what replies and pages may hold; links that lead elsewhere stay text."""
    markdown = MarkdownIt("zero", {"html": False}).enable(["list", "heading", "emphasis", "link", "newline", "escape"])
    markdown.validateLink = lambda url: url.startswith((_ADDRESS, _PAGE, _CALL))  # type: ignore[method-assign]
    return markdown


def leads_to_a_page(link: Token) -> bool:
    """Return whether a link leads to another page of the library."""
    return str(link.attrs["href"]).startswith(_PAGE)


def calls(link: Token) -> bool:
    """Return whether a link calls a number."""
    return str(link.attrs["href"]).startswith(_CALL)


def html(text: str, language: str, target: Target = lambda _: None) -> str:
    """Return Markdown as HTML that is safe to show: HTML in it is text, links open apart."""
    markdown = parser()
    env: dict[str, Any] = {}
    tokens = markdown.parse(text, env)
    bold = False  # whether the link that is open has become bold text
    for token in tokens:
        token.children = _with_calls(token.children) if token.children else token.children
    for child in (child for token in tokens for child in token.children or ()):
        if child.type == "text":
            child.content = isolate_numbers(child.content, language)
        elif child.type == "link_open":
            href = str(child.attrs["href"])
            inside = target(href.removeprefix(_PAGE)) if leads_to_a_page(child) else href
            bold = inside is None
            child.tag = "strong" if bold else child.tag
            child.attrs = (
                {}
                if inside is None
                else {"href": inside, **(_APART if inside == href and not href.startswith(_CALL) else {})}
            )
        elif child.type == "link_close" and bold:
            child.tag = "strong"
    return str(markdown.renderer.render(tokens, markdown.options, env))


def _with_calls(children: list[Token]) -> list[Token]:
    """Return the parts of a line with a link on each phone number: a tap calls it."""
    found: list[Token] = []
    linked = False
    for child in children:
        linked = child.type == "link_open" or (linked and child.type != "link_close")
        found += [child] if linked or child.type != "text" else _calls(child)
    return found


def _calls(text: Token) -> list[Token]:
    parts, at = [], 0
    for number in _NUMBER.finditer(text.content):
        digits = re.sub(r"[^0-9+]", "", number[0])
        parts += [
            Token("text", "", 0, content=text.content[at : number.start()], level=text.level),
            Token("link_open", "a", 1, attrs={"href": f"{_CALL}{digits}"}, level=text.level),
            Token("text", "", 0, content=number[0], level=text.level + 1),
            Token("link_close", "a", -1, level=text.level),
        ]
        at = number.end()
    return [*parts, Token("text", "", 0, content=text.content[at:], level=text.level)] if parts else [text]
