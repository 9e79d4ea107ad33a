"""Names for things that nobody can guess."""

from __future__ import annotations

import secrets

# Without 0, 1, i, l, o, u: ids are read aloud on the phone.
_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


def new_id(length: int = 20) -> str:
    """Return a random id; 20 letters carry 98 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_token() -> str:
    """Return a secret of 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)
