"""The files of one page, made of what Integreat says about it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from bot.core.language import DEFAULT
from bot.library.formats import SHORT, TITLE
from bot.library.hashing import source_hash
from bot.library.integreat.answer import Answer
from bot.library.integreat.markdown import to_markdown
from bot.library.integreat.tie import Tied

_REVIEW_AFTER = timedelta(days=365)
_MOST_RELATED = 8
_SENTENCE_END = re.compile(r"(?<=[.!?؟։።])\s+")
_PAGE_LINK = re.compile(r"\]\(page:([^)\s]+)\)")
_LIST_OR_HEADING = re.compile(r"## |- |[0-9]+\. ")
_MARKS = re.compile(r"\*\*|^## |^- |^[0-9]+\. ", re.MULTILINE)
_LABEL = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a page has to know of the others: ids by path, children in order, the place's name."""

    ids: Mapping[str, str]
    children: Mapping[str, Sequence[str]]
    titles: Mapping[str, str]
    source_name: str


def files_of(page: Tied, around: Surroundings, today: date) -> dict[str, str]:
    """Return the files of a page's folder: name and content."""
    texts = {tag: _text(answer, around.ids) for tag, answer in page.answers.items()}
    children = around.children.get(page.id, ())
    titles = {tag: _title(answer) for tag, answer in page.answers.items()}
    shorts = {tag: _short(text) or _contents(children, around.titles) or titles[tag] for tag, text in texts.items()}
    german = source_hash(titles[DEFAULT], shorts[DEFAULT], texts[DEFAULT]) if DEFAULT in texts else None
    found = {"page.yml": _page_yml(page, texts, children, around, today)}
    for tag, answer in page.answers.items():
        current = german if tag != DEFAULT and _as_new(answer, page.answers.get(DEFAULT)) else None
        found[f"{tag}.md"] = _text_md(titles[tag], shorts[tag], texts[tag], current)
    return found


def _page_yml(page: Tied, texts: Mapping[str, str], children: Sequence[str], around: Surroundings, today: date) -> str:
    main = page.main
    changed = min(main.last_updated.date() if main.last_updated else today, today)
    linked = [name for text in texts.values() for name in _PAGE_LINK.findall(text)]
    related = [name for name in dict.fromkeys([*children, *linked]) if name != page.id][:_MOST_RELATED]
    url = main.url if main.url and main.url.startswith("https://") else f"https://integreat.app{main.path}"
    return _yaml(
        {
            "id": page.id,
            "origin": url,
            "audience": ["all"],
            "owner": "integreat",
            "source_url": url,
            "source_name": around.source_name,
            "reviewed_on": changed,
            "review_by": changed + _REVIEW_AFTER,
            "section": not any(texts.values()),
            "related": related,
        }
    )


def _text_md(title: str, short: str, body: str, current: str | None) -> str:
    front = {"title": title, "short": short, "method": "human", "source_hash": current}
    return f"---\n{_yaml(front)}---\n{body}\n" if body else f"---\n{_yaml(front)}---\n"


def _yaml(value: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump(dict(value), allow_unicode=True, sort_keys=False, width=10_000))


def _text(answer: Answer, ids: Mapping[str, str]) -> str:
    return to_markdown(answer.content, lambda target: link_to(target, answer, ids))


def link_to(target: str, answer: Answer, ids: Mapping[str, str]) -> str | None:
    """Return what a link of a page leads to here: another page by its id, or an address; None: its text alone."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    same = not parts.netloc or parts.netloc in {urlsplit(answer.url or "").netloc, "integreat.app", "www.integreat.app"}
    if same and (page := ids.get(comparable(parts.path))):
        return f"page:{page}"
    if parts.scheme == "https" and "." in parts.netloc:
        return re.sub(r"[\s()<>\"'\\]", lambda sign: f"%{ord(sign[0]):02X}", target)
    return None


def comparable(path: str) -> str:
    """Return a path as it is compared: decoded, in lower case, without a slash at the end."""
    return unicodedata.normalize("NFC", unquote(path)).rstrip("/").casefold()


def _title(answer: Answer) -> str:
    plain = _plain(to_markdown(answer.title, lambda _: None)) or f"{answer.id}"
    return plain if len(plain) <= TITLE else plain[: TITLE - 1].rstrip() + "…"


def _short(body: str) -> str:
    """Return the first sentences of a text, as many as fit; a long first one is cut at a word."""
    blocks = (block for block in body.split("\n\n") if not _LIST_OR_HEADING.match(block))
    kept = ""
    for sentence in _sentences(blocks):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > SHORT:
            break
        kept = longer
    return kept or _cut(_plain(body))


def _sentences(blocks: Iterator[str]) -> Iterator[str]:
    for block in blocks:
        yield from (part for part in _SENTENCE_END.split(_plain(block)) if part)


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1].rsplit(" ", 1)[0][: SHORT - 1] + "…"


def _contents(children: Collection[str], titles: Mapping[str, str]) -> str:
    return _cut(" · ".join(titles[child] for child in children if child in titles))


def _plain(markdown: str) -> str:
    return " ".join(_MARKS.sub("", _LABEL.sub(r"\1", markdown)).split())


def _as_new(answer: Answer, german: Answer | None) -> bool:
    """Return whether a translation was changed at the time of the German text or later."""
    if german is None or german.modified_gmt is None or answer.modified_gmt is None:
        return False
    return answer.modified_gmt >= german.modified_gmt
