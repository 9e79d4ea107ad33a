"""Encryption at rest: AES-256-GCM with keys that live outside the database.

A sealed value is `1 byte key number | 12 bytes nonce | ciphertext and tag`; the column's name is bound in as
associated data, so that a value copied to another column does not open. NIST SP 800-38D: random nonces are safe
for 2^32 values a key; a rotation starts a new one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import KeyRefused

_NONCE = 12
_KEY = 32


@dataclass(frozen=True)
class KeyRing:
    """The keys of one installation: `active` seals, all open; `index` makes look-up names and never rotates."""

    index: bytes
    active: int
    keys: dict[int, bytes]

    def __repr__(self) -> str:
        """Show key numbers only."""
        return f"KeyRing(active={self.active}, keys={sorted(self.keys)})"

    def seal(self, plain: bytes, *, bound_to: str) -> bytes:
        """Encrypt under the active key."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self.keys[self.active]).encrypt(nonce, plain, bound_to.encode())
        return bytes([self.active]) + nonce + sealed

    def open(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Decrypt; raise KeyRefused when the key is missing or wrong, or the value was altered."""
        key = self.keys.get(sealed[0]) if sealed else None
        if key is None:
            raise KeyRefused(f"a stored value needs key {sealed[0] if sealed else '?'}, which the key file lacks")
        try:
            return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], bound_to.encode())
        except (InvalidTag, ValueError) as exc:  # ValueError: too short to hold a nonce
            raise KeyRefused("a stored value does not open with this key file: wrong key or damaged data") from exc

    def name(self, purpose: str, *parts: str) -> str:
        """Return a name for looking up what must not be stored in the clear (128 bits of HMAC-SHA-256)."""
        message = "\x1f".join((purpose, *parts)).encode("utf-8", "surrogatepass")
        digest = hmac.new(self.index, message, hashlib.sha256).digest()[:16]
        return base64.b32encode(digest).decode().rstrip("=").lower()

    @property
    def fingerprint(self) -> str:
        """Name this installation in backups without telling anything about its keys."""
        return self.name("fingerprint")

    def with_new_key(self) -> KeyRing:
        """Return a ring whose new active key seals from now on; the old ones still open."""
        number = self.active % 255 + 1
        while number in self.keys:
            number = number % 255 + 1
        return replace(self, active=number, keys={**self.keys, number: secrets.token_bytes(_KEY)})

    def with_active_only(self) -> KeyRing:
        """Return a ring without the keys that nothing needs any more."""
        return replace(self, keys={self.active: self.keys[self.active]})


def new_ring() -> KeyRing:
    """Return a fresh ring with one key."""
    return KeyRing(index=secrets.token_bytes(_KEY), active=1, keys={1: secrets.token_bytes(_KEY)})


def load_or_create(path: Path) -> KeyRing:
    """Return the ring in `path`; make the file, readable by its owner alone, if there is none."""
    if not path.exists():
        try:
            save(new_ring(), path, must_be_new=True)
        except OSError as exc:
            raise KeyRefused(f"{path}: the key file cannot be written ({exc.strerror}); set LOTSE_KEY_FILE") from exc
    return load(path)


def load(path: Path) -> KeyRing:
    """Return the ring in `path`; raise KeyRefused with what to do if it cannot be used."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyRefused(f"{path}: others can read the key file; run: chmod 600 {path}")
        return _from_json(json.loads(path.read_text("utf-8")))
    except OSError as exc:
        raise KeyRefused(f"{path}: the key file cannot be read ({exc.strerror}); set LOTSE_KEY_FILE") from exc
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise KeyRefused(f"{path}: not a key file of Lotse, or damaged; restore it from its copy") from exc


def save(ring: KeyRing, path: Path, *, must_be_new: bool = False) -> None:
    """Write the ring with mode 0600, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(_to_json(ring), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        if must_be_new:
            os.link(fresh, path)  # fails where another process was first: its key counts
        else:
            fresh.replace(path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file's name survive a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _to_json(ring: KeyRing) -> dict[str, Any]:
    return {
        "format": "lotse-keys-1",
        "index": base64.b64encode(ring.index).decode(),
        "active": ring.active,
        "keys": {str(number): base64.b64encode(key).decode() for number, key in ring.keys.items()},
    }


def _from_json(data: dict[str, Any]) -> KeyRing:
    ring = KeyRing(
        index=base64.b64decode(data["index"], validate=True),
        active=int(data["active"]),
        keys={int(number): base64.b64decode(key, validate=True) for number, key in data["keys"].items()},
    )
    sound = data["format"] == "lotse-keys-1" and ring.active in ring.keys and len(ring.index) == _KEY
    if not sound or any(len(key) != _KEY or not 0 < number < 256 for number, key in ring.keys.items()):
        raise ValueError("not a key file")
    return ring
