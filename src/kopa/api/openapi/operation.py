"""What can be said of a route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JSON = "application/json"
TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
ANY_OBJECT = dict[str, Any]
NO_JSON = bytes
"""The answer is no JSON: its media type says what."""


@dataclass(frozen=True)
class Operation:
    """What is said of a method of a path.

    Parameters
    ----------
    summary
        What it does.
    answer
        Type of its answer; None where there is none.
    status
        Of HTTP, when it is done.
    media
        Of the answer, where it is not that of a JSON document.
    body
        Type of what is sent; None for nothing.
    query
        Parameter → schema.
    empty
        What 204 says, where it can say so as well.
    forms
        Media types that answers and refusals come in besides.
    """

    summary: str
    answer: Any = None
    status: int = 200
    media: str = JSON
    body: Any = None
    query: Mapping[str, dict[str, Any]] | None = None
    empty: str = ""
    forms: tuple[str, ...] = ()


def texts(*names: str) -> dict[str, dict[str, Any]]:
    """Parameters that are texts."""
    return dict.fromkeys(names, TEXT)
