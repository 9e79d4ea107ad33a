"""Replies as text and as HTML for the browser."""

from __future__ import annotations

import html
import re

from bot.channels import markup
from bot.core.message import Button, Reply
from bot.library import page_html


def as_plain(reply: Reply) -> str:
    """Return the reply as plain text, the small print last."""
    text = markup.plain(reply.text, reply.language, markup=reply.markup)
    return f"{text}\n\n{_plainly(reply.note, reply)}" if reply.note else text


def as_html(reply: Reply) -> str:
    """Return the reply as HTML that is safe to show; in plain text blank lines part paragraphs, line breaks stay."""
    note = f'<p class="small" dir="auto">{_lines(_plainly(reply.note, reply))}</p>' if reply.note else ""
    if reply.markup:
        return page_html.html(reply.text, reply.language) + note
    paragraphs = re.split(r"\n\s*\n", _plainly(reply.text, reply).strip())
    return "".join(f"<p>{_lines(paragraph)}</p>" for paragraph in paragraphs) + note


def _plainly(text: str, reply: Reply) -> str:
    return markup.plain(text, reply.language, markup=False)


def _lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def title_of(button: Button, language: str) -> str:
    """Return what stands on a button: right to left, "116 016" would otherwise be shown as 016 116."""
    return markup.plain(button.title, language, markup=False)
