"""Reads fill levels that sensors told: a row a value, by hand or as ``kopa export`` writes them."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

from .calendar import DAY_S
from .file_text import FileText

HEADERS = (
    {"time": "time", "container": "container", "fill": "fill"},
    {"time": "observed_at", "container": "entity", "fill": "value"},
)
"""Columns of a file of one's own, and of an export."""
MOST = 3.0
"""A level above so many times the volume is told: it is probably written in percent."""
History = Mapping[int, tuple[FloatArray, FloatArray]]
"""By container: days since 1970-01-01, rising, and levels, shares of its volume."""


def read_history(path: Path, containers: Mapping[str, int]) -> tuple[History, tuple[Finding, ...]]:
    """Fill levels of containers.

    Times are taken by the clock that they are written with.

    Parameters
    ----------
    path
        A CSV file with the columns ``time, container, fill``, or an export of the attribute fill.
    containers
        Row by id.

    Raises
    ------
    InputError
        With all that is wrong in the file.
    """
    file = FileText(path, "waste")
    lines = file.lines()
    reader = csv.reader(lines)
    header = [name.strip() for name in next(reader, [])]
    names = next((one for one in HEADERS if set(one.values()) <= set(header)), None)
    if names is None:
        if not file.findings:
            file.wrong("columns", "it has not the columns.", "Write: time,container,fill.", 1)
        raise InputError(file.findings)
    at = {name: header.index(column) for name, column in names.items()}
    attribute = header.index("attribute") if "attribute" in header else -1
    found: dict[int, dict[float, float]] = {}
    strange: set[str] = set()
    for row in reader:
        line = reader.line_num
        if not row:
            continue
        if len(row) < len(header):
            file.wrong("cells", "it has fewer cells than the header.", "Complete it.", line)
            continue
        if attribute >= 0 and row[attribute] != "fill":
            continue
        name = row[at["container"]]
        container = containers.get(name, containers.get(name.rsplit(":", 1)[-1], -1))
        if container < 0:
            strange.add(name)
            continue
        when, level = _time(file, row[at["time"]], line), _level(file, row[at["fill"]], line)
        if math.isfinite(when) and math.isfinite(level):
            found.setdefault(container, {})[when] = level
    if file.findings:
        raise InputError(file.findings)
    findings = []
    if strange:
        what = f"{len(strange)} names are no containers, such as {sorted(strange)[0]!r}."
        do = "They are left out: check the ids."
        findings.append(Finding("waste.strange", what, do, "warning", str(path)))
    history = {}
    for container, levels in found.items():
        times = np.array(sorted(levels))
        history[container] = (times, np.array([levels[time] for time in times.tolist()]))
    return history, tuple(findings)


def _time(file: FileText, text: str, line: int) -> float:
    try:
        moment = datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        file.wrong("time", f"time is '{text[:40]}'.", "Write YYYY-MM-DDTHH:MM.", line)
        return math.nan
    return (moment - datetime(1970, 1, 1)).total_seconds() / DAY_S


def _level(file: FileText, text: str, line: int) -> float:
    level = file.number(text, "fill", line)
    if level > MOST:
        do = "Write shares: 0.8 for 80 %."
        file.wrong("value", f"fill is {level:g} times the volume.", do, line)
        return math.nan
    return level
