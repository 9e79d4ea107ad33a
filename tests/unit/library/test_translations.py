from __future__ import annotations

import pytest

from bot.library.translations import Original, differences, fixed_parts


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Tel. 0711 123-45, +49 711 12345", {"071112345", "+4971112345"}),
        ("0800 111 0 111 / 0800 111 0 222", {"08001110111", "08001110222"}),
        ("112, 110 oder 116117, 116 117.", {"112", "110", "116117"}),
        ("Im Jahr 2026, 1.500 Euro, 110,50 Euro, 12 Monate, 01.02.2027, § 112", set()),
        ("08000 116 016", {"08000116016"}),
    ],
)
def test_phone_numbers_are_told_from_other_numbers(text: str, numbers: set[str]) -> None:
    assert fixed_parts(text).numbers == numbers


def test_a_faithful_translation_has_no_differences() -> None:
    german = "Wohngeld nach § 24a: 0711 12345, [Amt](https://a.de), x@a.de"
    arabic = "x@a.de ‏[مكتب](https://a.de) 071112345 (§24a) wohngeld"
    assert list(differences(Original.of(german, ["Wohngeld", "Jobcenter"]), arabic)) == []


def test_everything_lost_or_added_is_named() -> None:
    german = "Wohngeld § 24: 0711 12345 [Amt](https://a.de) x@a.de"
    other = "§ 25: ٠٧١١ [b](https://b.de)"
    assert list(differences(Original.of(german, ["Wohngeld"]), other)) == [
        "phone number 071112345 of the German text is missing or changed",
        "§ 24 of the German text is missing or changed",
        "§ 25 is not in the German text",
        "link https://a.de of the German text is missing or changed",
        "link https://b.de is not in the German text",
        "e-mail address x@a.de of the German text is missing or changed",
        "the office word Wohngeld must stay in German beside its explanation",
    ]
