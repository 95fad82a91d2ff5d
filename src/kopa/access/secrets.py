"""Passwords and keys: only what cannot be turned back is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

from kopa.errors import RangeError

LEAST = 12
"""Characters of a password (NIST SP 800-63B-4: 15, or 8 beside a second factor)."""
MOST = 1024
"""Longer ones are refused before they are hashed: hashing costs time."""
_KEY = "kopa"


@cache
def _hasher() -> Any:
    import argon2

    return argon2.PasswordHasher()  # RFC 9106, second recommended option


def hash_password(password: str) -> str:
    """What is kept of a password.

    Raises
    ------
    RangeError
        If it is too short or too long.
    """
    if not LEAST <= len(password) <= MOST:
        raise RangeError(f"a password has {LEAST} to {MOST} characters")
    return str(_hasher().hash(password))


def password_fits(kept: str, password: str) -> bool:
    """Whether a password is the one that was kept; takes as long for one as for another."""
    import argon2

    if len(password) > MOST:
        return False
    try:
        return bool(_hasher().verify(kept, password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


@cache
def nobody() -> str:
    """Hash of a password that nobody has: with it an unknown account takes as long as a known."""
    return hash_password(secrets.token_urlsafe(32))


@dataclass(frozen=True)
class Key:
    """A device key as it is given out: it is shown once.

    Parameters
    ----------
    id
        Its name, which may be seen.
    secret
        What only the device knows.
    """

    id: str
    secret: str

    @property
    def text(self) -> str:
        """What the device sends: ``kopa_<id>_<secret>``."""
        return f"{_KEY}_{self.id}_{self.secret}"

    @property
    def digest(self) -> str:
        """What is kept. SHA-256 is enough: the secret is random and has 256 bits."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def fits(self, digest: str) -> bool:
        """Whether it is the key that was kept."""
        return hmac.compare_digest(self.digest, digest)


def new_key() -> Key:
    """A new device key."""
    return Key(secrets.token_hex(8), secrets.token_hex(32))


def read_key(text: str) -> Key | None:
    """The key that a device sent; None if it is none."""
    parts = text.split("_")
    if len(parts) != 3 or parts[0] != _KEY or not parts[1].isalnum() or len(parts[2]) != 64:
        return None
    return Key(parts[1], parts[2])
