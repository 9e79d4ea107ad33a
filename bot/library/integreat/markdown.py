"""HTML of editors and word processors becomes the Markdown that pages may use (`markdown_subset`).

Tables become lists (a row each, every cell named by its column), headings of all levels `##`, deeper lists flat ones;
italics and colours go, images leave their text behind. Scripts, styles and forms leave nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import unquote

from bs4 import BeautifulSoup, Comment, Tag
from markdownify import MarkdownConverter

from bot.library.integreat.tidy import tidied
from bot.library.markdown_subset import checker, outside

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TWO = 2
_DIRECT = re.compile(r"(?:tel|mailto):", re.IGNORECASE)
_SIGN = re.compile(r"[^\w@.]")
_COUNTRY = 2  # +49711 and 0711 are one number but for the beginning

Link = Callable[[str], str | None]
"""Given the address of a link, returns what to write instead; None: the text alone."""

_NOTHING = (
    "script", "style", "form", "input", "button", "noscript", "svg", "template", "object", "embed", "meta", "link",
    "head", "title",
)  # fmt: skip
_FILE_NAME = re.compile(r"\S+\.\w{3,4}")
# What Markdown would take for marks of its own.
_STAR_IN_WORD = re.compile(r"(?<=\w)\*(?=\w)")  # Bürger*innen
_LOOSE_LINE = re.compile(r"(?<!\w)_+|_+(?!\w)")
_LOOK_ALIKE = str.maketrans(
    {"*": "\u2217", "`": "'", "<": "‹", ">": "›", "[": "(", "]": ")", "|": "/", "~": "\u223c", "\\": "/"}
)


def to_markdown(source: str, link: Link) -> str:
    """Return HTML as Markdown of our subset; whatever the HTML is like, it is never an error."""
    soup = BeautifulSoup(source, "html.parser")
    for tag in soup.find_all(_NOTHING):
        tag.decompose()
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    try:
        text = tidied(str(_Converter(link).convert_soup(soup)))
    except RecursionError:  # a thousand elements in one another
        text = ""
    if text and not list(outside(checker(), text)):
        return text
    # Something that we did not think of: better without any form than not at all.
    return tidied(soup.get_text("\n").translate(_LOOK_ALIKE).replace("_", " "))


class _Converter(MarkdownConverter):
    """Markdownify's walk over the tree, with our words for each element."""

    def __init__(self, link: Link) -> None:
        super().__init__(bullets="-", heading_style="atx", strip=None, wrap=False)
        self._link = link

    def escape(self, text: str, parent_tags: set[str] | None = None) -> str:
        """Put look-alikes in the place of signs that Markdown would take for its own."""
        del parent_tags
        return _LOOSE_LINE.sub("", _STAR_IN_WORD.sub(":", text)).translate(_LOOK_ALIKE)

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write a link as the caller wants it."""
        del parent_tags
        label = " ".join(text.replace("**", "").split())
        href = html.unescape(str(el.get("href") or "")).strip()
        if direct := _DIRECT.match(href):
            return _with_contact(label, self.escape(unquote(href[direct.end() :].split("?")[0])))
        if href.startswith("http://") and self._link(href) is None:  # to be seen, but not to be led to
            return _with_contact(label, self.escape(href.removeprefix("http://")))
        target = self._link(href)
        if "](" in label:  # a link in a link
            return text
        if not label or target is None:
            return f" {label} " if label else ""
        return f"[{label}]({target})"

    def convert_b(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write bold text, if there is any and it is not bold already."""
        del el
        inner = " ".join(text.split())
        if not inner or "**" in inner or "](" in inner or _in_heading(parent_tags):
            return text
        return f"{_edge(text)}**{inner}**{_edge(text[::-1])}"

    convert_strong = convert_b

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Leave the text as it is: some scripts have no italics."""
        del el, parent_tags
        return text

    convert_i = convert_code = convert_kbd = convert_samp = convert_del = convert_s = convert_sub = convert_sup = (
        convert_em
    )

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802 - markdownify's name
        """Write every heading at the one level that pages have."""
        del n, el
        heading = " ".join(text.replace("**", "").split())
        if not heading:
            return ""
        return f"\n\n## {heading}\n\n" if not parent_tags & {"li", "td", "th"} else f" {heading}: "

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write an item of a list on a line of its own; an item in an item becomes one of the same list."""
        del parent_tags
        first, *rest = [line.strip() for line in text.strip().split("\n") if line.strip()] or [""]
        if not first:
            return ""
        mark = f"{_number(el)}. " if el.parent is not None and el.parent.name == "ol" and not _inside_item(el) else "- "
        own = [first] if first.startswith("- ") else [mark + first]
        for line in rest:
            if line.startswith("- "):
                own.append(line)
            else:
                own[-1] += f" {line}"
        return "\n".join(own) + "\n"

    def convert_list(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Set a list apart from what surrounds it."""
        del el
        return f"\n{text.rstrip()}\n" if "li" in parent_tags else f"\n\n{text.rstrip()}\n\n"

    convert_ul = convert_ol = convert_list

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Leave the text of an image."""
        del text, parent_tags
        said = " ".join(str(el.get("alt") or "").split())
        return f" {self.escape(said)} " if said and not _FILE_NAME.fullmatch(said) else ""

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Write a table as a list."""
        del text, parent_tags
        return "\n\n" + "\n".join(self._rows(el)) + "\n\n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """A ruled line parts as a blank one does."""
        del el, text, parent_tags
        return "\n\n"

    def convert_blockquote(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Leave the text."""
        del el, parent_tags
        return f"\n\n{text.strip()}\n\n"

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Leave the text."""
        return self.convert_blockquote(el, text, parent_tags)

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Begin a new line, where lines mean something."""
        del el, text
        return " " if parent_tags & {"li", "td", "th"} or _in_heading(parent_tags) else "\n\n"

    def convert_iframe(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Leave a link to what was embedded."""
        target = self._link(str(el.get("src") or "").strip())
        title = " ".join(str(el.get("title") or "").split())
        del text, parent_tags
        return f"\n\n[{self.escape(title)}]({target})\n\n" if target and title else ""

    def _rows(self, table: Tag) -> list[str]:
        rows = [
            [self._cell(cell) for cell in row.find_all(["td", "th"], recursive=False)] for row in table.find_all("tr")
        ]
        rows = [row for row in rows if any(row)]
        heads = rows[0] if len(rows) > 1 and _is_head(table) and len(rows[0]) > 1 else []
        lines = []
        for row in rows[1:] if heads else rows:
            first, *others = row
            named = [
                f"{heads[place]} {cell}" if len(heads) > _TWO and heads[place:] else cell
                for place, cell in enumerate(others, start=1)
                if cell
            ]
            joined = ", ".join(named)
            lines.append(f"- {first}: {joined}" if first and joined else f"- {first or joined}")
        return lines

    def _inside(self, cell: Tag) -> str:
        return str(self.process_tag(cell, parent_tags={"td", "table"}))  # type: ignore[attr-defined]

    def _cell(self, cell: Tag) -> str:
        lines = [line.strip() for line in self._inside(cell).split("\n")]
        listed = any(line.startswith("- ") for line in lines)
        return (", " if listed else " ").join(line.removeprefix("- ") for line in lines if line)

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Leave the text; `_rows` puts cells together."""
        del el, parent_tags
        return text

    convert_th = convert_td


def _with_contact(label: str, contact: str) -> str:
    """Return a label followed by the number or address behind it, unless it says so itself."""
    said, meant = (_SIGN.sub("", text).casefold() for text in (label, contact))
    if not meant or meant in said or (len(meant) > _COUNTRY and meant[_COUNTRY:] in said):
        return label
    return f"{label} ({contact})" if label else contact


def _is_head(table: Tag) -> bool:
    first = table.find("tr")
    return isinstance(first, Tag) and first.find("th") is not None and first.find("td") is None


def _inside_item(el: Tag) -> bool:
    return el.find_parent("li") is not None


def _number(el: Tag) -> int:
    return 1 + sum(isinstance(other, Tag) and other.name == "li" for other in el.previous_siblings)


def _in_heading(parent_tags: set[str]) -> bool:
    return any(tag in parent_tags for tag in _HEADINGS)


def _edge(text: str) -> str:
    return " " if text[:1].isspace() else ""
