"""The Markdown that pages may use: paragraphs, bold, flat lists, `##` headings, https links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LINKS_TO = ("https://", "page:")

_ALLOWED = {
    "paragraph_open",
    "paragraph_close",
    "heading_open",
    "heading_close",
    "bullet_list_open",
    "bullet_list_close",
    "ordered_list_open",
    "ordered_list_close",
    "list_item_open",
    "list_item_close",
    "inline",
    "text",
    "text_special",
    "softbreak",
    "hardbreak",
    "strong_open",
    "strong_close",
    "link_open",
    "link_close",
}
_MARKUP = {"heading_open": "##", "bullet_list_open": "-", "ordered_list_open": ".", "strong_open": "**"}
_NAMES = {
    "em_open": "italics",
    "code_inline": "`code`",
    "code_block": "an indented block",
    "fence": "a code block",
    "blockquote_open": "a quotation",
    "hr": "a ruled line",
    "html_block": "HTML",
    "html_inline": "HTML",
    "image": "an image",
    "table_open": "a table",
    "s_open": "struck-out text",
}
# Their parts would only repeat the fault of the whole.
_PARTS = ("_close", "thead_open", "tbody_open", "tr_open", "th_open", "td_open")

# What is inside the subset at first sight. Parsing a thousand texts takes seconds, these patterns a tenth of it;
# they only ever say "certainly inside", and a test holds them against the parser.
_LINKS = re.compile(r"(?<!!)\[([^\[\]\n]+)\]\((?:https://|page:)[^\s()<>\"'\\]+\)")
_BOLD = re.compile(r"(?<![^\s(])\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*(?=[\s.,;:!?)،؛؟።፣]|\Z)")
_LINE = re.compile(r"(?:(?:- |[0-9]{1,9}\. |## )?(?![0-9]+[.)])[^\s*_`<>|\[\]\\~#+=-][^*_`<|\[\]\\~]*)?")


def checker() -> MarkdownIt:
    """Return a parser that recognises far more than is allowed, so that it can be named."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def outside(parser: MarkdownIt, markdown: str) -> Iterator[tuple[int, str]]:
    """Yield the line (from 0) and the name of everything in a text that is not in the subset.

    Links lead to https:// or to another page (`page:<id>`).
    """
    if plainly_inside(markdown):
        return
    env: dict[str, object] = {}
    tokens = parser.parse(markdown, env)
    if env.get("references"):
        yield 0, "write a link as [text](https://...), not by reference"
    depth, line = 0, 0
    for token in tokens:
        line = token.map[0] if token.map else line
        depth += token.nesting if token.type.endswith(("list_open", "list_close")) else 0
        if depth > 1 and token.type.endswith("list_open"):
            yield line, "a list inside a list is not allowed"
        for what in _strange([token, *(token.children or ())]):
            yield line, what


def plainly_inside(markdown: str) -> bool:
    """Return whether a text is so plain that it need not be parsed to know that it is in the subset."""
    text = _BOLD.sub(r"\1", _LINKS.sub(r"\1", markdown))
    return all(_LINE.fullmatch(line) for line in text.split("\n"))


def _strange(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type not in _ALLOWED:
            if not token.type.endswith(_PARTS):
                yield f"{_NAMES.get(token.type, token.type)} is not allowed"
        elif token.type in _MARKUP and token.markup != _MARKUP[token.type]:
            yield f"write {_MARKUP[token.type]} instead of {token.markup}"
        elif token.type == "text" and "**" in token.content:
            yield "** that does not become bold: put it directly around words, with a space or a mark outside"
        elif token.type == "link_open":
            yield from _strange_link(token)


def _strange_link(token: Token) -> Iterator[str]:
    if token.markup == "autolink":
        yield "write a link as [text](https://...)"
    elif not str(token.attrs.get("href", "")).startswith(_LINKS_TO):
        yield f"a link must start with https:// or page:, not {token.attrs.get('href')}"
    elif "title" in token.attrs:
        yield "a link has no title"
