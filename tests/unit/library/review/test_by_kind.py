"""Findings about imported pages are shown once a kind."""

from bot.errors import Fault
from bot.library.review.by_kind import by_kind

ODD = "mixes letters of different scripts"


def test_own_pages_are_named_one_by_one_and_imported_ones_by_kind() -> None:
    found = by_kind(
        [
            Fault("content/common/a.b/de.md", 3, f"Dulduнg {ODD}"),
            Fault("content/common/c.d/de.md", 4, f"Amт {ODD}"),
            Fault("content/places/x/integreat-7/de.md", 1, f"Wоhnung {ODD}"),
            Fault("content/places/x/integreat-8/de.md", 9, f"Schulе {ODD}"),
            Fault("content/places/x/integreat-8/en.md", 2, "0711 12 cannot be dialled; correct it"),
        ]
    )
    assert [str(one) for one in found] == [
        f"content/common/a.b/de.md:3: Dulduнg {ODD}",
        f"content/common/c.d/de.md:4: Amт {ODD}",
        f"content/places/x/integreat-7/de.md:1: Wоhnung {ODD} (1 more of this kind)",
        "content/places/x/integreat-8/en.md:2: 0711 12 cannot be dialled; correct it",
    ]
