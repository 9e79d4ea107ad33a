import pytest

from bot.channels import markup
from bot.channels.markup import Mark, Styled
from bot.core.text import FSI, PDI

PAGE = """## Sprachkurs

Ein Kurs kostet **nichts**.
Mehr [beim BAMF](https://www.bamf.de).

- Ausweis
- **Brief** vom Amt

1. Anrufen
2. Hingehen

Viel Erfolg!"""


def marked(found: Styled) -> list[tuple[str, str | None]]:
    return [(found.text[mark.start : mark.end], mark.url) for mark in found.marks]


def test_markdown_becomes_text_with_marks_at_positions() -> None:
    found = markup.styled(PAGE, "de", markup=True)
    assert found.text == (
        "Sprachkurs\n\nEin Kurs kostet nichts. Mehr beim BAMF.\n\n• Ausweis\n• Brief vom Amt\n\n"
        "1. Anrufen\n2. Hingehen\n\nViel Erfolg!"
    )
    assert marked(found) == [
        ("Sprachkurs", None), ("nichts", None), ("beim BAMF", "https://www.bamf.de"), ("Brief", None),
    ]  # fmt: skip


def test_plain_text_names_the_address_of_a_link() -> None:
    assert markup.plain("Siehe [hier](https://a.de) oder [https://b.de](https://b.de)", "de", markup=True) == (
        "Siehe hier: https://a.de oder https://b.de"
    )


def test_text_without_markup_is_left_as_it_is() -> None:
    assert markup.styled("2 * 3 ** 4 [x](https://a.de)\n# no", "de", markup=False) == Styled(
        "2 * 3 ** 4 [x](https://a.de)\n# no"
    )


@pytest.mark.parametrize("with_markup", [True, False])
@pytest.mark.parametrize("piece", ["+49 711 123-456", "rat@musterstadt.example", "https://www.bamf.de/x"])
def test_numbers_and_addresses_keep_their_direction_in_right_to_left_text(piece: str, with_markup: bool) -> None:
    found = markup.styled(f"اتصل على {piece} الآن", "ar", markup=with_markup)
    assert f"{FSI}{piece}{PDI}" in found.text
    assert markup.styled(found.text, "ar", markup=with_markup) == found


def test_marks_count_the_isolates_before_them() -> None:
    found = markup.styled("رقم 0711 123 **مهم**", "ar", markup=True)
    assert FSI in found.text
    assert marked(found) == [("مهم", None)]


def test_left_to_right_text_gets_no_isolates() -> None:
    assert FSI not in markup.styled("Ruf 0711 123 an", "de", markup=True).text


def test_bold_inside_a_link_keeps_both_marks() -> None:
    found = markup.styled("[ein **sehr** guter Ort](https://a.de)", "de", markup=True)
    assert marked(found) == [("ein sehr guter Ort", "https://a.de"), ("sehr", None)]


def test_emphasis_around_nothing_makes_no_empty_mark() -> None:
    assert markup.styled("## \n\ntext", "de", markup=True).marks == ()


def test_a_heading_is_bold_and_an_ordered_list_keeps_its_first_number() -> None:
    found = markup.styled("## A\n\n3. c\n4. d", "de", markup=True)
    assert (found.text, found.marks) == ("A\n\n3. c\n4. d", (Mark(0, 1),))


def test_a_link_to_another_page_is_bold_since_the_page_has_a_button() -> None:
    text = "Mehr unter [Apotheke](page:integreat-103) und [hier](https://a.example)."
    assert markup.plain(text, "de", markup=True) == "Mehr unter Apotheke und hier: https://a.example."
