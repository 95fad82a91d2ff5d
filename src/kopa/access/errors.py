"""What can be wrong with an access.

::

    AccessError
    ├── UnknownCallerError   nobody knows who asks            (HTTP 401)
    ├── ForbiddenError       the caller may not do it         (HTTP 403)
    └── TooManyError         too often: try again later       (HTTP 429)

A message never says whether an account exists, and never holds a secret.
"""

from __future__ import annotations

from kopa.errors import KopaError


class AccessError(KopaError):
    """An access is refused."""

    code = "access"


class UnknownCallerError(AccessError):
    """Nobody knows who asks."""

    code = "access-unknown-caller"


class ForbiddenError(AccessError):
    """The caller may not do it."""

    code = "access-forbidden"


class TooManyError(AccessError):
    """The caller asks too often.

    Parameters
    ----------
    message
        What is told.
    wait_s
        Seconds until it may be tried again.
    """

    code = "access-too-many"

    def __init__(self, message: str, wait_s: float) -> None:
        super().__init__(message)
        self.wait_s = wait_s
