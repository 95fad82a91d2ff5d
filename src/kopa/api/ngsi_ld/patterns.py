"""Patterns that clients send: matched in linear time, so that none can stop the server."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from kopa.api.ngsi_ld.problems import BadRequestData

MAX_LENGTH = 512


@lru_cache(maxsize=512)
def pattern(text: str) -> Any:
    """Compile a regular expression (RE2 syntax).

    Parameters
    ----------
    text
        The expression.

    Returns
    -------
    Any
        Something with ``search`` and ``fullmatch``.

    Raises
    ------
    BadRequestData
        If it is not a valid expression.
    """
    if len(text) > MAX_LENGTH:
        raise BadRequestData(f"A pattern has more than {MAX_LENGTH} characters.")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        raise BadRequestData(f"'{text[:100]}' is not a valid pattern: {error}.") from error
