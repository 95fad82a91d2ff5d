"""Reads rivers, bathing waters, stations, zones and sites, and tells all that is wrong."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kopa.errors import Finding, InputError, stopping
from kopa.model import FloatArray

from .network import Bathing, Environment, Points, Rivers
from .read_substances import substances
from .read_table import Row, Table
from .read_thresholds import read_thresholds

SAMPLES = 12
"""So many points a side of a zone's box are looked at."""


def read_environment(
    folder: Path, settings: Mapping[str, Any]
) -> tuple[Environment, tuple[Finding, ...]]:
    """Read all files of the domain.

    Parameters
    ----------
    folder
        The city's folder.
    settings
        The domain's settings, checked.

    Returns
    -------
    tuple
        What they name, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings, if the files cannot be used.
    """
    findings: list[Finding] = []
    table = Table(findings)
    given = settings["files"]
    rows = table.read(folder, [given] if isinstance(given, str) else list(given))
    try:
        own = settings["thresholds"]
        thresholds = read_thresholds(None if own is None else folder / own)
    except InputError as error:
        findings += error.findings
        thresholds = {}
    if not rows and not findings:
        where = str(folder / str(given))
        table.wrong("empty", "the files name nothing.", "Add rivers, stations or zones.", where)
    rivers = _rivers(table, [r for r in rows if r.kind == "river"], settings["join_within_m"])
    baths = [row for row in rows if row.kind == "bathing"]
    bathing = _bathing(table, baths, rivers, settings["bathing_within_m"])
    points = _points(table, [row for row in rows if row.kind not in ("river", "bathing")])
    if stopping(findings):
        raise InputError(findings)
    return Environment(rivers, bathing, points, thresholds), tuple(findings)


def _column(rows: Sequence[Row], name: str) -> FloatArray:
    return np.array([row.values[name] for row in rows], dtype=np.float64)


def _text(rows: Sequence[Row], name: str) -> tuple[str, ...]:
    return tuple(row.values.get(name) or "" for row in rows)


def _rivers(table: Table, rows: Sequence[Row], join_within: float) -> Rivers:
    order, below = _in_order(table, rows, join_within)
    rows = [rows[number] for number in order]
    lines = tuple(row.parts[0] for row in rows)
    drawn = np.array([np.hypot(*np.diff(line, axis=0).T).sum() for line in lines])
    length = np.where(np.isnan(_column(rows, "length_m")), drawn, _column(rows, "length_m"))
    rivers = Rivers(
        ids=_text(rows, "id"),
        names=_text(rows, "name"),
        downstream=below,
        flow=_column(rows, "flow_m3_s"),
        low_flow=_column(rows, "low_flow_m3_s"),
        width=_column(rows, "width_m"),
        depth=_column(rows, "depth_m"),
        manning=_column(rows, "manning_n"),
        slope=_column(rows, "slope"),
        length=length,
        temperature=_column(rows, "temperature_c"),
        ph=_column(rows, "ph"),
        background={
            "escherichia_coli": _column(rows, "background_ecoli"),
            "enterococci": _column(rows, "background_enterococci"),
            "ammonia": _column(rows, "background_ammonia_mg_l"),
        },
        lines=lines,
    )
    _checked(table, rows, rivers)
    return rivers


def _checked(table: Table, rows: Sequence[Row], rivers: Rivers) -> None:
    """Findings for reaches whose numbers do not fit together."""
    for number, row in enumerate(rows):
        if np.isnan(rivers.depth[number]) and np.isnan(rivers.slope[number]):
            what = f"{rivers.ids[number]} has neither depth_m nor slope."
            table.wrong("depth", what, "Give one of them.", row.file, row.place)
        if rivers.low_flow[number] > rivers.flow[number]:
            what = f"low_flow_m3_s of {rivers.ids[number]} is more than its mean flow."
            table.wrong("low-flow", what, "Give a lower one.", row.file, row.place)
        if rivers.length[number] < 1:
            what = f"{rivers.ids[number]} is shorter than a metre."
            do = "Coordinates must be metres in the city's CRS, or give length_m."
            table.wrong("length", what, do, row.file, row.place)
        above = rivers.flow[rivers.downstream == number].sum()
        if above > 1.05 * rivers.flow[number]:
            what = f"{rivers.ids[number]} carries less than what flows into it, {above:g} m³/s."
            do = "Check the flows; the rest is taken as drawn off."
            found = Finding("environment.flow", what, do, "warning", row.file, row.place)
            table.findings.append(found)


def _in_order(table: Table, rows: Sequence[Row], within: float) -> tuple[list[int], Any]:
    """Rows from the springs down, and the downstream row of each in that order."""
    number = {row.values["id"]: n for n, row in enumerate(rows)}
    below = [-1] * len(rows)
    for n, row in enumerate(rows):
        named = row.values["downstream"]
        if named is None:
            below[n] = _begins_at(rows, n, within)
        elif named in number:
            below[n] = number[named]
        else:
            what = f"'{named}', downstream of '{row.values['id']}', is no reach."
            table.wrong("downstream", what, "Name a reach of the files.", row.file, row.place)
    waits = [below.count(n) for n in range(len(rows))]
    order = [n for n in range(len(rows)) if waits[n] == 0]
    for n in order:  # grows while it is walked
        if below[n] >= 0:
            waits[below[n]] -= 1
            if waits[below[n]] == 0:
                order.append(below[n])
    if len(order) < len(rows):
        ring = [row.values["id"] for n, row in enumerate(rows) if n not in order]
        what = f"these reaches flow in a ring: {', '.join(ring)}."
        table.wrong("ring", what, "Draw each line downstream.", rows[0].file)
        return list(range(len(rows))), np.full(len(rows), -1, dtype=np.int64)
    place = {n: spot for spot, n in enumerate(order)}
    found = [place[below[n]] if below[n] >= 0 else -1 for n in order]
    return order, np.array(found, dtype=np.int64)


def _begins_at(rows: Sequence[Row], reach: int, within: float) -> int:
    """The reach that begins nearest to where one ends, -1 where none is near enough."""
    end = rows[reach].parts[0][-1]
    far = [np.hypot(*(row.parts[0][0] - end)) for row in rows]
    far[reach] = np.inf
    best = int(np.argmin(far))
    return best if far[best] <= within else -1


def _bathing(table: Table, rows: Sequence[Row], rivers: Rivers, within: float) -> Bathing:
    xy = np.array([row.parts[0][0] for row in rows]).reshape(-1, 2)
    found = [_on_reach(table, row, rivers, within) for row in rows]
    for row in rows:
        if row.values["water"] not in ("inland", "coastal"):
            what = f"water is '{row.values['water']}'."
            table.wrong("water", what, "Write inland or coastal.", row.file, row.place)
    return Bathing(
        ids=_text(rows, "id"),
        names=_text(rows, "name"),
        waters=_text(rows, "water"),
        x=xy[:, 0],
        y=xy[:, 1],
        reach=np.array([reach for reach, _ in found], dtype=np.int64),
        along=np.array([along for _, along in found], dtype=np.float64),
        people_a_day=_column(rows, "people_a_day"),
        seasons=tuple(_season(table, row) for row in rows),
    )


def _on_reach(table: Table, row: Row, rivers: Rivers, within: float) -> tuple[int, float]:
    named, point = row.values["reach"], row.parts[0][0]
    if named is not None and named not in rivers.ids:
        what = f"'{named}' is no reach."
        table.wrong("reach", what, "Name a reach of the files.", row.file, row.place)
        return -1, 0.0
    numbers = range(len(rivers)) if named is None else [rivers.ids.index(named)]
    spots = [(*_nearest(rivers.lines[n], point), n) for n in numbers]
    far, along, reach = min(spots, default=(np.inf, 0.0, -1))
    if named is None and far > within:
        what = f"{row.values['id']} lies on no reach: no concentration is computed there."
        do = f"Name its reach, or draw a river within {within:g} m."
        found = Finding("environment.off-river", what, do, "warning", row.file, row.place)
        table.findings.append(found)
        return -1, 0.0
    return reach, along


def _nearest(line: FloatArray, point: FloatArray) -> tuple[float, float]:
    """Distance of a point to a line, m, and how far along it the nearest place lies, 0 to 1."""
    begin, step = line[:-1], np.diff(line, axis=0)
    length = np.hypot(*step.T)
    square = np.where(length > 0, length**2, 1.0)
    share = np.clip(((point - begin) * step).sum(axis=1) / square, 0.0, 1.0)
    far = np.hypot(*(begin + share[:, None] * step - point).T)
    best = int(np.argmin(far))
    along = length[:best].sum() + share[best] * length[best]
    return float(far[best]), float(along / length.sum())


def _season(table: Table, row: Row) -> tuple[tuple[int, int], tuple[int, int]] | None:
    texts = [row.values["season_start"], row.values["season_end"]]
    if texts == [None, None]:
        return None
    try:  # 2024 has a 29th of February
        days = [datetime.date.fromisoformat(f"2024-{text}") for text in texts]
    except ValueError:
        what = f"the season {texts[0]} to {texts[1]} cannot be read."
        table.wrong("season", what, "Write both days as MM-DD.", row.file, row.place)
        return None
    first, last = ((day.month, day.day) for day in days)
    return first, last


def _points(table: Table, rows: Sequence[Row]) -> Points:
    for row in rows:
        if row.kind == "site" and row.values["substance"] not in substances():
            what = f"the substance '{row.values['substance']}' is unknown."
            do = f"Known are {', '.join(substances())}."
            table.wrong("substance", what, do, row.file, row.place)
    samples = tuple(_samples(row) for row in rows)
    xy = np.array([_place(row) for row in rows]).reshape(-1, 2)

    def number(name: str) -> FloatArray:
        return np.array([row.values.get(name) or 0.0 for row in rows], dtype=np.float64)

    extra = tuple(row.values.get("substance") or row.values.get("source") or "" for row in rows)
    kinds = tuple(row.kind for row in rows)
    return Points(
        _text(rows, "id"), _text(rows, "name"), kinds, xy[:, 0], xy[:, 1],
        number("people"), extra, number("height_m"), samples,
    )  # fmt: skip


def _place(row: Row) -> FloatArray:
    """The point itself, or the mean corner of the first ring."""
    ring = row.parts[0]
    closed = len(ring) > 1 and bool((ring[0] == ring[-1]).all())
    return np.asarray((ring[:-1] if closed else ring).mean(axis=0))


def _samples(row: Row) -> FloatArray:
    """Points of a grid inside a zone; its place where it is a point, or thinner than the grid."""
    if len(row.parts[0]) < 4:
        return _place(row).reshape(1, 2)
    import shapely

    corners = np.concatenate(row.parts)
    low, high = corners.min(axis=0), corners.max(axis=0)
    share = (np.arange(SAMPLES) + 0.5) / SAMPLES
    x, y = np.meshgrid(low[0] + share * (high - low)[0], low[1] + share * (high - low)[1])
    rings = [shapely.make_valid(shapely.Polygon(part)) for part in row.parts if len(part) > 3]
    within = [shapely.contains_xy(ring, x.ravel(), y.ravel()) for ring in rings]
    inside = np.logical_xor.reduce(within)  # a point in a hole lies in two rings
    found = np.column_stack([x.ravel(), y.ravel()])[inside]
    return found if len(found) else _place(row).reshape(1, 2)
