"""German that was left standing in a translation. Single office words belong there, sentences do not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bot.core.language import DEFAULT, LANGUAGES
from bot.library.model import PageText
from bot.library.review.plain_language import sentences

# Words that hold German sentences together and mean nothing, or something else and rarely, in our other languages.
_SMALL = frozenset(
    [
        "und",
        "oder",
        "nicht",
        "der",
        "das",
        "ist",
        "sind",
        "sie",
        "ihr",
        "ihre",
        "ihren",
        "ihnen",
        "wenn",
        "für",
        "mit",
        "von",
        "vom",
        "zum",
        "zur",
        "auf",
        "auch",
        "bei",
        "wie",
        "dann",
        "wird",
        "werden",
        "kann",
        "können",
        "müssen",
        "muss",
        "haben",
        "hat",
        "eine",
        "einen",
        "einer",
        "einem",
        "nur",
        "noch",
        "schon",
        "sich",
        "nach",
        "aus",
        "über",
        "ohne",
    ]
)
_IN_BRACKETS = re.compile(r"\([^)]*\)|„[^“]*“|“[^”]*”|«[^»]*»|\"[^\"]*\"")
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_WORDS, _FEWEST_SMALL, _SHARE = 5, 2, 0.25


def german_sentences(text: PageText, given: Collection[str] = ()) -> Iterator[str]:
    """Yield the sentences of a translation that are German; what is `given`, in brackets or in quotation marks may be.

    >>> [one for one in german_sentences(PageText("en", "t", "s", "Go there. Das ist für Sie und Ihre Kinder.",
    ...  "machine", None, None, True))]
    ['Das ist für Sie und Ihre Kinder.']
    """
    if LANGUAGES[text.language].cldr == DEFAULT:
        return
    for sentence in sentences(text.whole):
        if any(name in sentence for name in given if " " in name):
            continue
        words = [word.casefold() for word in _WORD.findall(_IN_BRACKETS.sub(" ", sentence))]
        small = sum(word in _SMALL for word in words)
        if len(words) >= _FEWEST_WORDS and small >= max(_FEWEST_SMALL, _SHARE * len(words)):
            yield sentence
