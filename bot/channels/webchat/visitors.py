"""What a request tells about the visitor: the address it came from and the languages of the device."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bot.core.language import known
from bot.errors import ConfigurationError, Fault

Network = IPv4Network | IPv6Network
_LONGEST_HEADER = 500


def networks(text: str, setting: str = "LOTSE_TRUSTED_PROXIES") -> tuple[Network, ...]:
    """Return the networks of a setting, separated by spaces; raise ConfigurationError naming what is none."""
    found: list[Network] = []
    faults: list[Fault] = []
    for word in text.split():
        try:
            found.append(ip_network(word, strict=False))
        except ValueError:
            faults.append(Fault(setting, 0, f"{word} is not an address or network such as 10.0.0.0/8"))
    if faults:
        raise ConfigurationError(faults)
    return tuple(found)


def visitor(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the address to count requests by.

    `forwarded_for` holds the X-Forwarded-For headers. They are believed from the right for as long as a trusted
    proxy wrote them; anybody can write the rest. An IPv6 address counts with its /64, which one customer owns.
    """
    address = peer or ""
    hops = [hop.strip() for header in forwarded_for for hop in header.split(",")]
    while hops and _is_trusted(address, trusted):
        address = hops.pop()
    return _counted(address)


def best_language(accept_language: str | None) -> str | None:
    """Return the one of our languages that the header Accept-Language likes best, None if there is none.

    >>> best_language("pl, prs;q=0.8, de;q=0.5")
    'fa'
    """
    wishes = []
    for part in (accept_language or "")[:_LONGEST_HEADER].split(","):
        tag, _, parameter = part.partition(";")
        weight = _weight(parameter.strip())
        if weight > 0 and (language := known(tag.strip())):
            wishes.append((weight, language))
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else None


def _weight(parameter: str) -> float:
    if not parameter.startswith("q="):
        return 1.0
    try:
        weight = float(parameter[2:])
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)


def _counted(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
