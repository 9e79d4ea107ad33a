"""What the page may do in the browser: talk to its own server, and ask for the position where a button offers it."""

from __future__ import annotations

import re

from bot.errors import ConfigurationError, Fault

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.*-]+(:[0-9]{1,5})?")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
_PERMISSIONS = "camera=(), microphone=(), geolocation=(self), payment=(), usb=(), browsing-topics=()"


def embed_origins(text: str) -> tuple[str, ...]:
    """Return the web sites that may embed the chat; raise ConfigurationError naming what is no address."""
    origins = tuple(origin.rstrip("/") for origin in text.split())
    faults = [
        Fault("LOTSE_EMBED_ORIGINS", 0, f"{origin} is not an address such as https://www.example.org")
        for origin in origins
        if not _ORIGIN.fullmatch(origin)
    ]
    if faults:
        raise ConfigurationError(faults)
    return origins


def page_headers(*, embedders: tuple[str, ...] | None = None) -> dict[str, str]:
    """Return the headers of a page; `embedders` may show it in a frame, None: nobody, empty: only our own pages."""
    ancestors = "'none'" if embedders is None else " ".join(("'self'", *embedders))
    headers = {
        "Content-Security-Policy": _POLICY.format(ancestors=ancestors),
        "Permissions-Policy": _PERMISSIONS,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        # Nothing of the page stays in the browser's cache, also not for the back button.
        "Cache-Control": "no-store",
        "Vary": "Accept-Language",
    }
    if embedders is None:
        headers["X-Frame-Options"] = "DENY"
    return headers
