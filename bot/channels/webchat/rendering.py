"""Replies as text and as HTML for the browser."""

from __future__ import annotations

import html
import re

from bot.channels import markup
from bot.core.message import Button, Reply


def as_plain(reply: Reply) -> str:
    """Return the reply as plain text."""
    return markup.plain(reply.text, reply.language, markup=reply.markup)


def as_html(reply: Reply) -> str:
    """Return the reply as HTML that is safe to show; in plain text blank lines part paragraphs, line breaks stay."""
    if reply.markup:
        return markup.html(reply.text, reply.language)
    paragraphs = re.split(r"\n\s*\n", as_plain(reply).strip())
    return "".join(f"<p>{html.escape(paragraph).replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)


def title_of(button: Button, language: str) -> str:
    """Return what stands on a button: right to left, "116 016" would otherwise be shown as 016 116."""
    return markup.plain(button.title, language, markup=False)
