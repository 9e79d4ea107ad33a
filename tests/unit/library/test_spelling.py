from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.spelling import fold


@pytest.mark.parametrize(
    "variants",
    [
        ["Göppingen", "Goeppingen", "GOPPINGEN", "Go\u0308ppingen"],
        ["Rhein-Neckar-Kreis", "rhein neckar kreis", "Rhein–Neckar–Kreis"],
        ["شتوتگارت", "شتوتغارت", "شْتُوتغـارت"],
        ["كارلسروه", "کارلسروه"],
        ["Зігмарінген", "зигмаринген"],
        ["ሰላም", "ሠላም"],
        ["Meßstetten", "Messstetten"],
        ["٧٠١٧٣", "۷۰۱۷۳", "70173"],
    ],
)
def test_variants_become_one(variants: list[str]) -> None:
    assert len({fold(variant) for variant in variants}) == 1


@given(st.text())
def test_folding_any_text_ends_and_leaves_single_spaces(text: str) -> None:
    assert fold(text) == " ".join(fold(text).split())
