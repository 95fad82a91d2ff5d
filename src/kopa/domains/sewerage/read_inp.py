"""Reads a SWMM INP file: SWMM checks it, and its rows tell what a map and the kernel need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray, IntArray
from kopa.units import FOOT, GALLON

from .check_inp import usable
from .inp import Inp, Row
from .network import LINKS, NODES, OUTFALL, DryFlow, Network, Pattern, Units

_FLOW = {
    "CFS": FOOT**3, "GPM": GALLON / 60, "MGD": GALLON * 1e6 / 86_400,
    "CMS": 1.0, "LPS": 1e-3, "MLD": 1e3 / 86_400,
}  # fmt: skip
_US = ("CFS", "GPM", "MGD")
_INCH_MM = 25.4
_NODE_SECTIONS = ("JUNC", "OUTF", "STOR", "DIVI")
_LINK_SECTIONS = ("COND", "PUMP", "ORIF", "WEIR", "OUTL")
_OFFSET_AT = (5, 0, 4, 4, 3)
_PLANT = re.compile(r"wwtp|stw\b|wtp|treatment|sewage.?works|kl[aä]ranlage|\bnai\b|att[iī]r", re.I)


def read_inp(
    path: Path,
    plants: Sequence[str] = (),
    receiving: Sequence[str] = (),
    routing_step: float = 0.0,
) -> tuple[Network, tuple[Finding, ...]]:
    """Read an INP file.

    Parameters
    ----------
    path
        The file.
    plants
        Ids of outfalls that are treatment plants; none: by their names and tags, or else the
        outfall that most waste water reaches.
    receiving
        Ids of nodes that spill into a water body, not onto the street.
    routing_step
        Step of the routing in runs of a city, s; 0 is the file's own.

    Returns
    -------
    tuple
        The network, and findings that do not stop the work.

    Raises
    ------
    InputError
        With all findings, if the file cannot be used.
    """
    inp, findings = usable(path)
    network = replace(_network(inp, path), routing_step=routing_step)
    rows = {name: row for row, name in enumerate(network.node_ids)}
    outfalls = set(network.outfalls.tolist())
    wrong = [_unknown(path, "plants", n) for n in plants if rows.get(n, -1) not in outfalls]
    wrong += [_unknown(path, "overflows", name) for name in receiving if name not in rows]
    if wrong:
        raise InputError([*findings, *wrong])
    network = replace(
        network, receiving=np.array([rows[name] for name in receiving], dtype=np.int64)
    )
    more: list[Finding] = []
    if plants:
        found = [rows[name] for name in plants]
    else:
        found, more = _plants(network)
    network = replace(network, plants=np.array(sorted(found), dtype=np.int64))
    return network, (*findings, *more)


def _unknown(path: Path, key: str, name: str) -> Finding:
    what = f"'{name}' of '{key}' is no {'outfall' if key == 'plants' else 'node'} of the file."
    do = "Correct the id in city.toml, or on the command line."
    return Finding("sewerage.unknown-node", what, do, file=str(path), place=key)


def _plants(network: Network) -> tuple[list[int], list[Finding]]:
    """Outfalls that are treatment plants, by their names and tags or by their waste water."""
    named = [
        row
        for row in network.outfalls.tolist()
        if _PLANT.search(network.node_ids[row]) or _PLANT.search(network.tags[row])
    ]
    if named:
        return named, []
    flow = np.zeros(len(network.node_ids))
    for one in network.dry:
        to = network.outfall_of[one.node]
        if to >= 0:
            flow[to] += one.mean
    if not flow.any():
        return [], []
    most = int(np.argmax(flow))
    name = network.node_ids[most]
    what = f"no outfall is named as a treatment plant: '{name}' gets most of the waste water."
    do = 'Name yours in city.toml, [sewerage]: plants = ["ID"].'
    place = f"sewerage:{name}"
    return [most], [Finding("sewerage.plant", what, do, "info", str(network.source), asset=place)]


def _network(inp: Inp, path: Path) -> Network:
    flow = inp.option("FLOW_UNITS", "CFS").upper()
    us = flow in _US
    units = Units(_FLOW.get(flow, 1.0), FOOT if us else 1.0, _INCH_MM if us else 1.0)
    nodes, node_types = _objects(inp, _NODE_SECTIONS)
    links, link_types = _objects(inp, _LINK_SECTIONS)
    row_of = {row.words[0].upper(): at for at, row in enumerate(nodes)}
    link_of = {row.words[0].upper(): at for at, row in enumerate(links)}
    invert = np.array([_number(row, 1) for row in nodes]) * units.length
    depth = np.array([_number(row, 2) for row in nodes]) * units.length
    depth[(node_types == OUTFALL) | (node_types == NODES.index("divider")) | (depth <= 0)] = np.inf
    ends = np.array(
        [[row_of[row.words[at].upper()] for row in links] for at in (1, 2)], dtype=np.int64
    )
    ends = ends.reshape(2, len(links))
    offset = np.array(
        [_number(row, _OFFSET_AT[t]) if _OFFSET_AT[t] else 0.0
         for row, t in zip(links, link_types, strict=True)]
    ) * units.length  # fmt: skip
    if inp.option("LINK_OFFSETS").upper().startswith("ELEV"):
        offset = np.maximum(offset - invert[ends[0]], 0.0)
    size = np.zeros(len(links))
    for row in inp.rows("XSECT"):
        at = link_of.get(row.words[0].upper())
        if at is not None:
            size[at] = _number(row, 2) * units.length
    x, y = _places(inp, row_of)
    first, drawn = _drawn(inp, link_of, ends, x, y)
    begin, end = _period(inp)
    return Network(
        inp=inp,
        source=path,
        units=units,
        node_ids=tuple(row.words[0] for row in nodes),
        node_types=node_types,
        invert=invert,
        depth=depth,
        x=x,
        y=y,
        tags=_tags(inp, nodes),
        link_ids=tuple(row.words[0] for row in links),
        link_types=link_types,
        ends=ends,
        size=size,
        offset=offset,
        first=first,
        drawn=drawn,
        pump_on=tuple(
            not (t == LINKS.index("pump") and _word(row, 4, "ON").upper() == "OFF")
            for row, t in zip(links, link_types, strict=True)
        ),
        catchments=np.array(
            [row_of.get(_word(row, 2).upper(), -1) for row in inp.rows("SUBCATCH")], dtype=np.int64
        ),
        dry=tuple(_dry(inp, row_of, units)),
        patterns=_patterns(inp),
        begin=begin,
        end=end,
        plants=np.empty(0, dtype=np.int64),
        receiving=np.empty(0, dtype=np.int64),
    )


def _objects(inp: Inp, sections: tuple[str, ...]) -> tuple[list[Row], IntArray]:
    """Rows of objects and their types, in SWMM's order."""
    type_of = {row.line: at for at, name in enumerate(sections) for row in inp.rows(name)}
    rows = inp.rows(*sections)
    return rows, np.array([type_of[row.line] for row in rows], dtype=np.int64)


def _word(row: Row, at: int, default: str = "") -> str:
    return row.words[at] if at < len(row.words) else default


def _number(row: Row, at: int) -> float:
    """A number of a row; 0 where a column has none (``*``, left out), as SWMM takes it."""
    try:
        return float(_word(row, at, "0"))
    except ValueError:
        return 0.0


def _tags(inp: Inp, nodes: Sequence[Row]) -> tuple[str, ...]:
    tags = {
        row.words[1]: " ".join(row.words[2:])
        for row in inp.rows("TAG")
        if row.words[0].upper() == "NODE" and len(row.words) > 2
    }
    return tuple(f"{tags.get(row.words[0], '')} {row.note}".strip() for row in nodes)


def _places(inp: Inp, row_of: dict[str, int]) -> tuple[FloatArray, FloatArray]:
    x, y = np.full(len(row_of), np.nan), np.full(len(row_of), np.nan)
    for row in inp.rows("COORD"):
        at = row_of.get(row.words[0].upper())
        if at is not None and len(row.words) > 2:
            x[at], y[at] = _number(row, 1), _number(row, 2)
    return x, y


def _drawn(
    inp: Inp, link_of: dict[str, int], ends: IntArray, x: FloatArray, y: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Points of all links, their ends among them."""
    between: dict[int, list[tuple[float, float]]] = {}
    for row in inp.rows("VERT"):
        at = link_of.get(row.words[0].upper())
        if at is not None and len(row.words) > 2:
            between.setdefault(at, []).append((_number(row, 1), _number(row, 2)))
    points: list[tuple[float, float]] = []
    first = [0]
    for at, (a, b) in enumerate(ends.T.tolist()):
        points += [(x[a], y[a]), *between.get(at, ()), (x[b], y[b])]
        first.append(len(points))
    return np.array(first, dtype=np.int64), np.array(points, dtype=np.float64).reshape(-1, 2).T


def _dry(inp: Inp, row_of: dict[str, int], units: Units) -> list[DryFlow]:
    """Waste water of [DWF], and steady inflows of [INFLOWS]."""
    found = [
        DryFlow(row_of[row.words[0].upper()], _number(row, 2) * units.flow, row.words[3:])
        for row in inp.rows("DWF")
        if _word(row, 1).upper() == "FLOW" and row.words[0].upper() in row_of
    ]
    found += [
        DryFlow(row_of[row.words[0].upper()], _number(row, 6) * units.flow, row.words[7:8])
        for row in inp.rows("INFLOW")
        if _word(row, 1).upper() == "FLOW"
        and row.words[0].upper() in row_of
        and _number(row, 6) != 0
    ]
    return found


def _patterns(inp: Inp) -> dict[str, Pattern]:
    kinds = ("MONTHLY", "DAILY", "HOURLY", "WEEKEND")
    kind_of: dict[str, str] = {}
    values: dict[str, list[float]] = {}
    for row in inp.rows("PATTERN"):
        name, at = row.words[0].upper(), 1
        if _word(row, 1).upper() in kinds:
            kind_of[name], at = row.words[1].upper(), 2
        values.setdefault(name, []).extend(_number(row, i) for i in range(at, len(row.words)))
    return {name: Pattern(kind, tuple(values[name])) for name, kind in kind_of.items()}


def _period(inp: Inp) -> tuple[datetime, datetime]:
    """Begin and end of the file's own period."""
    begin = day_of(inp.option("START_DATE", "01/01/2004")) + time_of(inp.option("START_TIME", "0"))
    end = day_of(inp.option("END_DATE", "")) if inp.option("END_DATE") else begin
    return begin, end + time_of(inp.option("END_TIME", "0"))


def day_of(text: str) -> datetime:
    """A date as SWMM writes it, ``06/01/2025`` or ``JUN-01-2025``."""
    for form in ("%m/%d/%Y", "%m-%d-%Y", "%b-%d-%Y", "%b/%d/%Y", "%m/%d/%y"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return datetime(2004, 1, 1)  # SWMM's own first day where it is told none


def time_of(text: str) -> timedelta:
    """A time of day as SWMM writes it, ``16:30:00`` or decimal hours."""
    try:
        if ":" not in text:
            return timedelta(hours=float(text))
        parts = [float(part) for part in text.split(":")] + [0.0, 0.0]
        return timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
    except ValueError:
        return timedelta(0)
