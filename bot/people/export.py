"""Everything stored about a person, to read and to take along (Art. 15 and 20 GDPR)."""

from __future__ import annotations

import json
from html import escape

from bot.core.i18n import Words
from bot.core.language import LANGUAGES
from bot.core.people import PersonalData


def readable(data: PersonalData, summary: list[str], words: Words) -> str:
    """Return all data as one page that every phone opens, without any reference to the network."""
    rows = "\n".join(
        f"<p><small>{escape(line.at.isoformat(sep=' ', timespec='minutes'))} · {escape(line.sender)}</small><br>"
        f'<span dir="auto">{escape(line.text)}</span></p>'
        for line in data.transcript
    )
    about = "\n".join(f"<li>{escape(line)}</li>" for line in summary)
    language = LANGUAGES[words.language]
    return (
        f'<!doctype html><html lang="{language.html}" dir="{language.direction}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Lotse</title>'
        f"<h1>Lotse</h1><p>{escape(words('This is what I store about you:'))}</p><ul>{about}</ul>{rows}</html>"
    )


def as_json(data: PersonalData) -> bytes:
    """Return all data in a form that another program can take over."""
    person = data.person
    content = {
        "person": {
            "id": person.id,
            "language": person.language,
            "place": person.place,
            "created_at": person.created_at.isoformat(),
            "last_seen_at": person.last_seen_at.isoformat(),
        },
        "transcript": [{"at": s.at.isoformat(), "sender": s.sender, "text": s.text} for s in data.transcript],
        "records": data.records,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode("utf-8", "replace")
