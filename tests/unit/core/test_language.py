import pytest

from bot.core.language import LANGUAGES, direction, known


@pytest.mark.parametrize(
    ("tag", "ours"),
    [
        ("ar-SY", "ar"),
        ("ku", "kmr"),
        ("prs-AF", "fa"),
        ("de-simple", "de-simple"),
        ("EN_gb", "en"),
        ("pl", None),
        ("", None),
        (None, None),
    ],
)
def test_tags_of_phones_lead_to_our_languages(tag: str | None, ours: str | None) -> None:
    assert known(tag) == ours


def test_there_are_thirteen_and_three_are_written_from_the_right() -> None:
    assert len(LANGUAGES) == 13
    assert {tag for tag in LANGUAGES if direction(tag) == "rtl"} == {"ar", "fa", "ps"}
