"""The Markdown of pages and replies as HTML that is safe to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.library.bidi import isolate_numbers

_ADDRESS, _PAGE = "https://", "page:"
_APART = {"target": "_blank", "rel": "noopener noreferrer"}

Target = Callable[[str], str | None]
"""Given the id of a page, returns the address of it; None: the link is only bold, the page has a button of its own."""


def parser() -> MarkdownIt:
    """Return the parser of what replies and pages may hold; links that lead elsewhere stay text."""
    markdown = MarkdownIt("zero", {"html": False}).enable(["list", "heading", "emphasis", "link", "newline", "escape"])
    markdown.validateLink = lambda url: url.startswith((_ADDRESS, _PAGE))  # type: ignore[method-assign]
    return markdown


def leads_to_a_page(link: Token) -> bool:
    """Return whether a link leads to another page of the library."""
    return str(link.attrs["href"]).startswith(_PAGE)


def html(text: str, language: str, target: Target = lambda _: None) -> str:
    """Return Markdown as HTML that is safe to show: HTML in it is text, links open apart."""
    markdown = parser()
    env: dict[str, Any] = {}
    tokens = markdown.parse(text, env)
    bold = False  # whether the link that is open has become bold text
    for child in (child for token in tokens for child in token.children or ()):
        if child.type == "text":
            child.content = isolate_numbers(child.content, language)
        elif child.type == "link_open":
            href = str(child.attrs["href"])
            inside = target(href.removeprefix(_PAGE)) if leads_to_a_page(child) else href
            bold = inside is None
            child.tag = "strong" if bold else child.tag
            child.attrs = {} if inside is None else {"href": inside, **(_APART if inside == href else {})}
        elif child.type == "link_close" and bold:
            child.tag = "strong"
    return str(markdown.renderer.render(tokens, markdown.options, env))
