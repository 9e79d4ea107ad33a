from __future__ import annotations

import pytest

from bot.channels.webchat.desk import Unanswered
from bot.channels.webchat.limits import Limiter, Rate
from bot.channels.webchat.page.safety import embed_origins, page_headers
from bot.channels.webchat.visitors import best_language, networks, visitor
from bot.errors import ConfigurationError


class Watch:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_average_counts() -> None:
    watch = Watch()
    limiter = Limiter(Rate(3, 6.0), 10, watch)
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 2.0]
    watch.now = 2.0
    assert [limiter.take("a") for _ in range(2)] == [0, 2.0]
    assert limiter.take("b") == 0


def test_waiting_in_vain_costs_nothing() -> None:
    watch = Watch()
    limiter = Limiter(Rate(1, 1.0), 10, watch)
    limiter.take("a")
    for _ in range(100):
        assert limiter.take("a") == 1.0
    watch.now = 1.0
    assert limiter.take("a") == 0


def test_memory_is_bounded() -> None:
    limiter = Limiter(Rate(1, 60.0), 100)
    for number in range(10_000):
        limiter.take(str(number))
    assert len(limiter._buckets) == 100


def test_open_questions_are_forgotten_after_a_while() -> None:
    watch = Watch()
    unanswered = Unanswered(longest=10, most=2, clock=watch)
    for chat in "abc":
        unanswered.asked(chat)
    assert [unanswered.since(chat) for chat in "abc"] == [None, 0.0, 0.0]
    unanswered.answered("b")
    watch.now = 11
    assert [unanswered.since(chat) for chat in "bc"] == [None, None]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("pl", None),
        ("de-DE,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.1, ti-ER", "ti"),
        ("ku-TR", "kmr"),
        ("ar;q=0", None),
        ("ar;q=nan, fr;q=0.2", "fr"),
        ("ar;q=x, tr;q=5, so;q=0.3", "so"),
        ("," * 10_000, None),
        ("uk,ru", "uk"),
    ],
)
def test_the_best_language_of_the_device_is_found(header: str | None, expected: str | None) -> None:
    assert best_language(header) == expected


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.7", [], "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["rubbish"], "unknown"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("2001:db8:1:2:3::4", [], "2001:db8:1:2::/64"),
        (None, [], "unknown"),
    ],
)
def test_requests_are_counted_by_the_address_that_can_be_believed(
    peer: str | None, forwarded: list[str], expected: str
) -> None:
    assert visitor(peer, forwarded, networks("10.0.0.0/8")) == expected


def test_wrong_settings_are_named() -> None:
    with pytest.raises(ConfigurationError, match="LOTSE_TRUSTED_PROXIES: nonsense is not an address"):
        networks("10.0.0.1 nonsense")
    with pytest.raises(ConfigurationError, match="LOTSE_EMBED_ORIGINS: x;script-src is not an address"):
        embed_origins("https://a.example x;script-src")


def test_only_named_web_sites_may_embed() -> None:
    assert embed_origins("https://www.a.example/ https://*.b.example:8443") == (
        "https://www.a.example", "https://*.b.example:8443",
    )  # fmt: skip
    plain, embedded = page_headers(), page_headers(embedders=("https://a.example",))
    assert plain["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert plain["X-Frame-Options"] == "DENY"
    assert embedded["Content-Security-Policy"].endswith("frame-ancestors 'self' https://a.example")
    assert "X-Frame-Options" not in embedded
