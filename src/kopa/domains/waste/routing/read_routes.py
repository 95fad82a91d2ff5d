"""Reads published routes in the VRPLIB format (``.sol``)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from kopa.domains.waste.file_text import FileText
from kopa.errors import InputError

_ROUTE = re.compile(r"^\s*route\s*#?\s*\d+\s*:(.*)$", re.IGNORECASE)
_COST = re.compile(r"^\s*cost\s*:?\s+(\S+)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Published:
    """Routes that somebody published.

    Parameters
    ----------
    cost
        As the file has it.
    routes
        Places in order; 0 on the way is the depot.
    """

    cost: float
    routes: tuple[tuple[int, ...], ...]


def read_routes(file: Path) -> Published:
    """Read routes.

    Parameters
    ----------
    file
        ``.sol``.

    Raises
    ------
    InputError
        With all that is wrong with the file.
    """
    text = FileText(file, "routes")
    routes: list[tuple[int, ...]] = []
    cost = math.nan
    for number, line in enumerate(text.lines(), 1):
        if match := _ROUTE.match(line):
            words = match[1].split()
            routes.append(tuple(text.whole(word, "a place", number) for word in words))
        elif match := _COST.match(line):
            cost = text.number(match[1], "the cost", number)
    if math.isnan(cost) and not text.findings:
        text.wrong("cost", "the file has no cost.", "Write: Cost NUMBER.")
    if text.findings:
        raise InputError(text.findings)
    return Published(cost, tuple(routes))
