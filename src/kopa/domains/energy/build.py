"""From checked tables to a grid in memory."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kopa.domains.energy.check_grid import SMALLEST_OHM
from kopa.domains.energy.network import Edges, Network, Sources, Switches, Units
from kopa.domains.energy.shapes import shapes
from kopa.domains.energy.tables import Table
from kopa.domains.energy.transformer import Circuit, circuits
from kopa.model import Assets, BoolArray, FloatArray, IntArray

Tables = Mapping[str, Table]

BRANCHES = (
    ("line", "from_bus", "to_bus"),
    ("trafo", "hv_bus", "lv_bus"),
    ("impedance", "from_bus", "to_bus"),
)
UNITS = ("load", "motor", "sgen", "storage", "ward", "shunt")
SWITCH_R_PER_X = 2.0
"""R/X of a switch that has an impedance, as pandapower's ``switch_rx_ratio``."""


def build(tables: Tables, frequency: float) -> Network:
    """The grid of checked tables.

    Parameters
    ----------
    tables
        Tables without a finding that stops the work.
    frequency
        Rated frequency, Hz.
    """
    register = _Register(tables)
    bus = tables["bus"]
    in_service = bus.flag("in_service")
    edges, switches = _edges(register, frequency)
    units = _units(register, in_service)
    sources = _sources(register, in_service)
    assets = register.assets()
    return Network(
        assets=assets,
        shapes=shapes(tables, assets, edges, bus.real("vn_kv")),
        frequency=frequency,
        bus_kv=bus.real("vn_kv"),
        bus_in_service=in_service,
        edges=edges,
        units=units,
        sources=sources,
        switches=switches,
    )


@dataclass
class _Register:
    """Gives every element its asset row, and every bus index its position."""

    tables: Tables
    ids: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    places: list[FloatArray] = field(default_factory=list)
    position: dict[int, int] = field(default_factory=dict)
    xy: FloatArray = field(default_factory=lambda: np.empty((0, 2)))

    def __post_init__(self) -> None:
        bus = self.tables["bus"]
        self.position = {int(index): row for row, index in enumerate(bus.index)}
        self.xy = _bus_places(bus, self.tables["bus_geodata"])
        self.add("bus", self.xy)

    def at(self, table: str, column: str) -> IntArray:
        """Positions of the buses that a column names."""
        named = self.tables[table].whole(column)
        return np.array([self.position[int(index)] for index in named], dtype=np.int64)

    def add(self, name: str, places: FloatArray) -> IntArray:
        """Add all rows of a table as assets, at places of shape (row, 2)."""
        table = self.tables[name]
        first = len(self.ids)
        self.ids += [f"{name}:{index}" for index in table.index]
        self.kinds += [name] * len(table)
        self.names += table.text("name")
        self.places.append(places)
        return np.arange(first, len(self.ids), dtype=np.int64)

    def assets(self) -> Assets:
        """All assets, the whole network last."""
        xy = np.concatenate([*self.places, [[np.nan, np.nan]]])
        return Assets(
            "energy",
            (*self.ids, "network"),
            (*self.kinds, "network"),
            (*self.names, ""),
            xy[:, 0],
            xy[:, 1],
        )


def _bus_places(bus: Table, geodata: Table) -> FloatArray:
    """Places of the buses: GeoJSON of newer files, the geodata table of older ones."""
    places = np.full((len(bus), 2), np.nan)
    for row, text in enumerate(bus.text("geo")):
        if text:
            places[row] = _point(text)
    row_of = {int(index): row for row, index in enumerate(bus.index)}
    for row, index in enumerate(geodata.index):
        if int(index) in row_of:
            places[row_of[int(index)]] = geodata.real("x")[row], geodata.real("y")[row]
    return places


def _point(text: str) -> tuple[float, float]:
    """Coordinates of a GeoJSON point; NaN if it is none: a place is not needed to calculate."""
    try:
        x, y = json.loads(text)["coordinates"][:2]
        return float(x), float(y)
    except (ValueError, TypeError, KeyError):
        return math.nan, math.nan


def _edges(register: _Register, frequency: float) -> tuple[Edges, Switches]:
    """Branches, then switches between buses; and all switches."""
    tables = register.tables
    switch = tables["switch"]
    between = np.array([et == "b" for et in switch.text("et")], dtype=bool)
    begins, ends, rows, service, parts, ratings = [], [], [], [], [], []
    first: dict[str, int] = {}
    count = 0
    for name, begin_column, end_column in BRANCHES:
        begin, end = register.at(name, begin_column), register.at(name, end_column)
        first[name] = count
        count += len(begin)
        begins.append(begin)
        ends.append(end)
        rows.append(register.add(name, (register.xy[begin] + register.xy[end]) / 2))
        service.append(tables[name].flag("in_service"))
        kv = tables["bus"].real("vn_kv")
        part, rating = _CIRCUITS[name](tables[name], kv[begin], kv[end], frequency)
        parts.append(part)
        ratings.append(rating)
    bus_of = register.at("switch", "bus")
    switch_rows = register.add("switch", register.xy[bus_of])
    named = switch.whole("element")
    other = np.array([register.position[int(i)] for i in named[between]], dtype=np.int64)
    begins.append(bus_of[between])
    ends.append(other)
    rows.append(switch_rows[between])
    service.append(np.ones(int(between.sum()), dtype=bool))
    parts.append(_switch_circuit(switch.real("z_ohm")[between]))
    ratings.append(np.full((int(between.sum()), 2), np.nan))
    begin, end = np.concatenate(begins), np.concatenate(ends)
    edge = _edge_of_switches(tables, first, between, count)
    is_line = np.arange(len(begin)) < first["trafo"]
    edges = Edges(
        rows=np.concatenate(rows),
        begin=begin,
        end=end,
        in_service=np.concatenate(service),
        whole=~is_line,
        switches=_sides(begin, edge, bus_of, between),
        circuit=_joined(parts),
        rated_ka=np.concatenate(ratings),
    )
    breaker = np.array([kind == "CB" for kind in switch.text("type")], dtype=bool)
    return edges, Switches(switch_rows, switch.flag("closed"), edge, breaker)


def _sides(
    begin: IntArray, edge: IntArray, bus_of: IntArray, between: BoolArray
) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """Switches at the beginning and at the end of each edge."""
    sides: list[tuple[list[int], list[int]]] = [([], []) for _ in begin]
    for row, (at, on) in enumerate(zip(bus_of, edge, strict=True)):
        if between[row] or begin[on] == at:
            sides[on][0].append(row)
        if between[row] or begin[on] != at:
            sides[on][1].append(row)
    return tuple((tuple(first), tuple(last)) for first, last in sides)


def _edge_of_switches(
    tables: Tables, first: Mapping[str, int], between: BoolArray, count: int
) -> IntArray:
    """The edge that each switch acts on, shape (switch,)."""
    switch = tables["switch"]
    owners = {"l": "line", "t": "trafo"}
    row_of = {
        et: {int(index): first[name] + row for row, index in enumerate(tables[name].index)}
        for et, name in owners.items()
    }
    own = count + np.cumsum(between) - 1
    return np.array(
        [
            own[row] if et == "b" else row_of[et][int(element)]
            for row, (et, element) in enumerate(
                zip(switch.text("et"), switch.whole("element"), strict=True)
            )
        ],
        dtype=np.int64,
    )


_Branch = tuple[Circuit, FloatArray]


def _lines(line: Table, begin_kv: FloatArray, end_kv: FloatArray, frequency: float) -> _Branch:
    length, parallel = line.real("length_km"), line.real("parallel")
    one, none = np.ones(len(line)), np.zeros(len(line))
    circuit = Circuit(
        r=line.real("r_ohm_per_km") * length / parallel,
        x=line.real("x_ohm_per_km") * length / parallel,
        g=line.real("g_us_per_km") * 1e-6 * length * parallel,
        b=2 * np.pi * frequency * line.real("c_nf_per_km") * 1e-9 * length * parallel,
        k=one,
        theta=none,
    )
    rated = line.real("max_i_ka") * line.real("df") * parallel
    return circuit, np.column_stack([rated, rated])


def _trafos(trafo: Table, hv_kv: FloatArray, lv_kv: FloatArray, frequency: float) -> _Branch:
    rated = trafo.real("sn_mva") * trafo.real("df") * trafo.real("parallel") / np.sqrt(3)
    sides = np.column_stack([trafo.real("vn_hv_kv"), trafo.real("vn_lv_kv")])
    return circuits(trafo, hv_kv, lv_kv), rated[:, None] / sides


def _impedances(
    table: Table, begin_kv: FloatArray, end_kv: FloatArray, frequency: float
) -> _Branch:
    base = end_kv**2 / table.real("sn_mva")
    one, none = np.ones(len(table)), np.zeros(len(table))
    r, x = table.real("rft_pu") * base, table.real("xft_pu") * base
    return Circuit(r, x, none, none, one, none), np.full((len(table), 2), np.nan)


_CIRCUITS: dict[str, Callable[[Table, FloatArray, FloatArray, float], _Branch]] = {
    "line": _lines,
    "trafo": _trafos,
    "impedance": _impedances,
}


def _switch_circuit(z: FloatArray) -> Circuit:
    x = np.where(z < SMALLEST_OHM, 0.0, z) / math.hypot(1, SWITCH_R_PER_X)
    one, none = np.ones(len(z)), np.zeros(len(z))
    return Circuit(x * SWITCH_R_PER_X, x, none, none, one, none)


def _joined(parts: Sequence[Circuit]) -> Circuit:
    names = ("r", "x", "g", "b", "k", "theta")
    return Circuit(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _units(register: _Register, bus_in: BoolArray) -> Units:
    rows, buses, service, p, q, of = [], [], [], [], [], []
    for name in UNITS:
        table = register.tables[name]
        bus = register.at(name, "bus")
        rows.append(register.add(name, register.xy[bus]))
        buses.append(bus)
        service.append(table.flag("in_service") & bus_in[bus])
        active, reactive = _power(name, table, register.tables["bus"].real("vn_kv")[bus])
        p.append(active)
        q.append(reactive)
        of += [name] * len(table)
    return Units(
        rows=np.concatenate(rows),
        bus=np.concatenate(buses),
        in_service=np.concatenate(service),
        consumer=np.array([name in ("load", "motor") for name in of], dtype=bool),
        feeds=np.array([name == "sgen" for name in of], dtype=bool),
        p=np.concatenate(p),
        q=np.concatenate(q),
    )


def _power(name: str, table: Table, bus_kv: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Active and reactive power drawn at constant power, impedance and current, (row, 3)."""
    none = np.zeros(len(table))
    if name == "motor":
        share = table.real("loading_percent") / table.real("efficiency_percent")
        p = table.real("pn_mech_mw") * share * table.real("scaling")
        q = p * np.sqrt(1 / table.real("cos_phi") ** 2 - 1)
        return np.column_stack([p, none, none]), np.column_stack([q, none, none])
    if name == "ward":
        return (
            np.column_stack([table.real("ps_mw"), table.real("pz_mw"), none]),
            np.column_stack([table.real("qs_mvar"), table.real("qz_mvar"), none]),
        )
    if name == "shunt":
        own = table.real("vn_kv")
        scale = table.real("step") * (bus_kv / np.where(np.isfinite(own), own, bus_kv)) ** 2
        p, q = table.real("p_mw") * scale, table.real("q_mvar") * scale
        return np.column_stack([none, p, none]), np.column_stack([none, q, none])
    scale = table.real("scaling") * (-1.0 if name == "sgen" else 1.0)
    p, q = table.real("p_mw") * scale, table.real("q_mvar") * scale
    if name != "load":
        return np.column_stack([p, none, none]), np.column_stack([q, none, none])
    return _shared(table, "p", p), _shared(table, "q", q)


def _shared(load: Table, letter: str, power: FloatArray) -> FloatArray:
    z = load.real(f"const_z_{letter}_percent") / 100
    i = load.real(f"const_i_{letter}_percent") / 100
    return np.column_stack([power * (1 - z - i), power * z, power * i])


def _sources(register: _Register, bus_in: BoolArray) -> Sources:
    rows, buses, service, volts, angle = [], [], [], [], []
    for name in ("ext_grid", "gen"):
        table = register.tables[name]
        bus = register.at(name, "bus")
        rows.append(register.add(name, register.xy[bus]))
        buses.append(bus)
        service.append(table.flag("in_service") & bus_in[bus])
        volts.append(table.real("vm_pu"))
        # a slack generator holds the angle 0, as in pandapower
        angle.append(
            np.deg2rad(table.real("va_degree")) if name == "ext_grid" else np.zeros(len(table))
        )
    return Sources(
        np.concatenate(rows),
        np.concatenate(buses),
        np.concatenate(service),
        np.concatenate(volts),
        np.concatenate(angle),
    )
