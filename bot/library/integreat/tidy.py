"""Lines without anything that only looks like a heading, a rule or a list, and without invisible characters."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_BEFORE_MARK = re.compile(r" (?=[.,;:!?](?:\s|$))")
_BOLD = re.compile(r"\*\*([^*\n]*)\*\*")
_RULE = re.compile(r"[-=#+•·–—\s]*")
_MARK = re.compile(r"(?:(?P<heading>#+)|(?P<bullet>[-+•·–—=])|(?P<number>[0-9]{1,3})[.)])(?:\s+|$)")


def tidied(markdown: str) -> str:
    """Return Markdown with its lines put in order; bold text stands apart from the words around it."""
    text = _CONTROL.sub("", unicodedata.normalize("NFC", markdown.replace("\u00a0", " ")))
    return _BLANK_LINES.sub("\n\n", "\n".join(_line(line) for line in text.split("\n"))).strip()


def _line(line: str) -> str:
    """Return a line without anything that only looks like a heading, a rule or a list."""
    plain = _BEFORE_MARK.sub("", _SPACES.sub(" ", line).strip())
    if not _MARK.match(plain):
        plain = plain.lstrip("#=")
    mark = ""
    while found := _MARK.match(plain):  # of several marks the first says what the line is
        mark = mark or _our_mark(found)
        plain = plain[found.end() :].lstrip("#= ")
    plain = "" if _RULE.fullmatch(plain) else mark + plain
    return _BOLD.sub(_bold_apart, plain)


def _our_mark(found: re.Match[str]) -> str:
    if found["number"]:
        return f"{found['number']}. "
    return "- " if found["bullet"] else "## " if found["heading"] == "##" else ""


def _bold_apart(found: re.Match[str]) -> str:
    """Put spaces where ** would stand inside a word."""
    inner = found[1].strip()
    if not inner:
        return ""
    before = found.string[: found.start()][-1:]
    after = found.string[found.end() :][:1]
    left = " " if before and not before.isspace() and before != "(" else ""
    right = " " if after.isalnum() else ""
    return f"{left}**{inner}**{right}"
