"""A scripted assistant: what a real one would answer, word for word the same every time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.core.language import LANGUAGES
from bot.core.message import Button, Document, Reply
from bot.core.payload import read, write
from tests.unit.channels.webchat.fakes import all_words

LONG = {
    "de": (
        "**Wohnung suchen**\n\nSuchen Sie im Internet, in der Zeitung und bei der Stadt. Für eine günstige Wohnung "
        "brauchen Sie oft einen **Wohnberechtigungsschein (WBS)**.\n\n- Fragen Sie beim Wohnungsamt.\n- Bezahlen Sie "
        "nie Geld, bevor Sie die Wohnung gesehen haben.\n- Unterschreiben Sie nichts, was Sie nicht verstehen.\n\n"
        "Mehr: [Serviceportal Baden-Württemberg](https://www.service-bw.de)\n\nTelefon: 07531 900-0, Mo bis Fr "
        "8:00–12:00 Uhr"
    ),
    "ar": (
        "**البحث عن سكن**\n\nابحثوا في الإنترنت وفي الصحف ولدى البلدية. للحصول على سكن رخيص تحتاجون غالبًا إلى شهادة "
        "**Wohnberechtigungsschein (WBS)**.\n\n- اسألوا في مكتب السكن.\n- لا تدفعوا أي مال قبل أن تروا الشقة.\n- لا "
        "توقّعوا على شيء لا تفهمونه.\n\nالمزيد: [Serviceportal Baden-Württemberg](https://www.service-bw.de)\n\n"
        "الهاتف: 07531 900-0، من الاثنين إلى الجمعة 8:00–12:00"
    ),
    "ti": (
        "**ምንዳይ ገዛ**\n\nኣብ ኢንተርነት፡ ኣብ ጋዜጣን ኣብ ምምሕዳር ከተማን ድለዩ። ንሕሱር ገዛ መብዛሕትኡ ግዜ **Wohnberechtigungsschein (WBS)** "
        "የድልየኩም።\n\n- ኣብ ቤት ጽሕፈት ኣባይቲ ሕተቱ።\n- ነቲ ገዛ ከይረኣኹምዎ ገንዘብ ኣይትኽፈሉ።\n- ዘይተረድኣኩም ነገር ኣይትፈርሙ።\n\n"
        "ዝያዳ፡ [Serviceportal Baden-Württemberg](https://www.service-bw.de)\n\nቴሌፎን፡ 07531 900-0፡ 8:00–12:00"
    ),
}  # fmt: skip


def answer(said: dict[str, Any]) -> Sequence[Reply]:
    """Return the replies to one message."""
    if said.get("start"):
        return _welcome(said.get("language"))
    pressed = read(said["payload"]) if said.get("payload") else None
    if pressed and pressed.intent == "set_language":
        return _menu(pressed.values["language"])
    if pressed:
        return [Reply(f"Sie haben gedrückt: {pressed.intent}", "de", buttons=_rows("de"))]
    return _to_text(said.get("text") or "")


def _welcome(language: str | None) -> Sequence[Reply]:
    if language:
        return _menu(language)
    words = all_words()["de"]
    choices = [
        Button(about.endonym, payload=write("set_language", {"language": about.tag})) for about in LANGUAGES.values()
    ]
    rows = tuple(tuple(choices[i : i + 2]) for i in range(0, len(choices), 2))
    return [Reply(words("Which language do you want to read?"), "de", buttons=rows)]


def _menu(language: str) -> Sequence[Reply]:
    words = all_words()[language]
    text = words("How can I help you? Write your question in your own words, or choose a topic.")
    areas = ["Housing", "Work", "Health", "Learning German"]
    buttons = [Button(words(area), payload=write("open_area", {"area": area.lower()})) for area in areas]
    return [Reply(text, language, buttons=(tuple(buttons[:2]), tuple(buttons[2:]), *_rows(language)))]


def _to_text(text: str) -> Sequence[Reply]:
    word, _, language = text.partition(" ")
    language = language if language in LANGUAGES else "de"
    words = all_words()[language]
    if word == "wohnung":
        helped = (Button(words("This helped"), "/helped"), Button(words("This did not help"), "/not_helped"))
        return [
            Reply(LONG.get(language, LONG["de"]), language, markup=True, page="housing.find_flat",
                  note=words("Source: {source}. As of {date}.", source="Stadt Musterstadt", date="2026")),
            Reply(words("You may also want to read:"), language, buttons=(helped, *_rows(language))),
        ]  # fmt: skip
    if word == "hilfe":
        call = tuple(Button(f"📞 {number}", url=f"tel:{number}") for number in ("112", "110"))
        numbers = [
            words("If you are in danger, call now. It is free."),
            words("{number}: ambulance and fire brigade", number="112"),
            words("{number}: police", number="110"),
            words("Your residence status does not matter. Everybody gets help."),
        ]
        return [Reply("\n".join(numbers), language, urgent=True, buttons=(call, *_rows(language)))]
    if word == "datei":
        file = Document("meine-daten.json", "application/json", b'{"a": 1}')
        return [Reply("Bitte sehr.", language, document=file)]
    if word == "ort":
        asked = words("Which town or district do you live in? Write its name or postal code.")
        return [Reply(asked, language, ask_location=True)]
    if word == "mensch":
        return [Reply("Guten Tag, hier ist Frau Muster. Wie kann ich helfen?", "de", sender="human")]
    return [Reply(f"Antwort auf: {text}", language, buttons=_rows(language))]


def _rows(language: str) -> tuple[tuple[Button, ...], ...]:
    return ((Button(all_words()[language]("Talk to a person"), payload="/talk_to_human"),),)
