"""Draws the grid: stations, rings and cables, sized, and verified by a power flow."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from kopa.domain.design import Design, Progress, Survey
from kopa.domains.energy.design.demand import Customers, customers
from kopa.domains.energy.design.low_voltage import Mains, low_voltage
from kopa.domains.energy.design.rings import Layout, Ring, Way, lay_out, ways
from kopa.domains.energy.design.rules import RULES, cables, transformers
from kopa.domains.energy.design.stations import Station, place_stations
from kopa.domains.energy.design.verify import Verdict, verify
from kopa.domains.energy.design.write_pandapower import write_pandapower
from kopa.errors import Finding

FILE = "energy/grid.json"
_TRIES = 8
TAP = 0.015
"""Voltage of one tap of a substation's transformer, p.u."""
LOW_BUSBAR = 0.98
"""Voltage of a station's busbar below which its transformer takes another tap, p.u."""


@dataclass
class _Grid:
    """Rows of the file, as they are added."""

    bus: list[dict[str, Any]] = field(default_factory=list)
    line: list[dict[str, Any]] = field(default_factory=list)
    trafo: list[dict[str, Any]] = field(default_factory=list)
    switch: list[dict[str, Any]] = field(default_factory=list)
    load: list[dict[str, Any]] = field(default_factory=list)
    ext_grid: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)

    def named(self, name: str) -> str:
        """The name, with a number where it is taken."""
        self.names[name] = self.names.get(name, 0) + 1
        return name if self.names[name] == 1 else f"{name}/{self.names[name]}"


def draw(survey: Survey, folder: Path, progress: Progress) -> Design:
    """Design the grid and write ``energy/grid.json``.

    Parameters
    ----------
    survey
        The city.
    folder
        The city's folder.
    progress
        Told of each step.
    """
    progress("stations")
    who = customers(survey)
    stations = place_stations(survey, who)
    progress(f"low voltage of {len(stations)} stations")
    low = low_voltage(survey, who, stations)
    progress("medium voltage rings")
    layout = lay_out(survey, stations)
    builder = _Builder(survey, who, stations, low, layout)
    file = folder / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    verdict = Verdict({}, {}, (), {})
    for number in range(_TRIES):
        progress(f"power flow {number + 1}")
        grid = builder.grid()
        write_pandapower(
            file,
            f"{survey.name}: synthetic, designed by Kopa from OpenStreetMap (ODbL)",
            {
                table: getattr(grid, table)
                for table in ("bus", "line", "trafo", "switch", "load", "ext_grid")
            },
        )
        verdict = verify(file)
        if not builder.mend(verdict):
            break
    counts = {
        "loads": len(grid.load),
        "stations": len(stations),
        "substations": len(layout.nodes),
        "rings": len(layout.rings),
        "cables_km": round(sum(line["length_km"] for line in grid.line), 1),
        "peak_mw": round(float(who.kw.sum()) / 1000, 2),
        **verdict.figures,
    }
    return Design({"grid": FILE}, (FILE,), counts, findings=(*verdict.findings, *_large(who)))


class _Builder:
    """Makes the rows of the file, and makes thicker what a power flow shows to be thin."""

    def __init__(
        self,
        survey: Survey,
        who: Customers,
        stations: Sequence[Station],
        low: Mains,
        layout: Layout,
    ) -> None:
        self._survey, self._who, self._stations = survey, who, stations
        self._low, self._layout = low, layout
        self._taps = [0] * len(layout.nodes)
        self._low_taps = [0] * len(stations)
        self._low_bus: list[str] = []
        self._runs = [self._cables(ring) for ring in layout.rings]
        self._size = [self._ring_size(ring) for ring in layout.rings]

    def _cables(self, ring: Ring) -> list[Way]:
        nodes = [
            self._layout.nodes[ring.primary],
            *(self._stations[row].node for row in ring.stations),
            self._layout.nodes[ring.primary],
        ]
        return ways(self._survey, list(pairwise(nodes)))

    def _ring_size(self, ring: Ring) -> tuple[int, int]:
        """Catalogue row and number of cables that carry the whole ring from either end."""
        kw = sum(self._stations[row].kw for row in ring.stations)
        kilo_amps = kw / 1000 / (math.sqrt(3) * 20 * RULES["cos_phi"])
        for parallel in range(1, int(RULES["parallel_most"]) + 1):
            for size, cable in enumerate(cables("MV")):
                if kilo_amps <= cable.rated * parallel * RULES["line_loading"]:
                    return size, parallel
        return len(cables("MV")) - 1, int(RULES["parallel_most"])

    def mend(self, verdict: Verdict) -> bool:
        """Other taps and thicker rings where a power flow asks; False if it asks nothing."""
        before = (list(self._taps), list(self._low_taps), list(self._size))
        for row, node in enumerate(self._layout.nodes):
            off = RULES["primary_volts"] - verdict.volts[f"BB-{self._osm(node)}"]
            steps = round(off / TAP) if abs(off) > 0.9 * TAP else 0  # else it swings to and fro
            self._taps[row] = max(-9, min(9, self._taps[row] - steps))
        if before[0] == self._taps:
            for row in range(len(self._stations)):
                if verdict.volts[self._low_bus[row]] < LOW_BUSBAR:
                    self._low_taps[row] = max(-2, self._low_taps[row] - 1)
        for row, runs in enumerate(self._runs):
            names = (f"MV-{row + 1}-{number + 1}" for number in range(len(runs)))
            if max(verdict.loading[name] for name in names) > 100:
                self._size[row] = _thicker(self._size[row])
        return before != (self._taps, self._low_taps, self._size)

    def _osm(self, node: int) -> int:
        return int(self._survey.streets.node_osm[node])

    def grid(self) -> _Grid:
        """All rows."""
        grid = _Grid()
        high = [self._primary(grid, row) for row in range(len(self._layout.nodes))]
        station_bus = [self._bus(grid, "MV", station.node, 20.0) for station in self._stations]
        low_bus = [self._station(grid, row, bus) for row, bus in enumerate(station_bus)]
        for row, ring in enumerate(self._layout.rings):
            self._ring(grid, row, [high[ring.primary], *(station_bus[s] for s in ring.stations)])
        self._low_bus = [str(grid.bus[bus]["name"]) for bus in low_bus]
        buses = {(row, station.node): low_bus[row] for row, station in enumerate(self._stations)}
        self._mains(grid, buses)
        for row, station in enumerate(self._stations):
            for customer in station.customers:
                node = int(self._who.node[customer])
                self._load(grid, customer, buses[row, station.node if station.own else node])
        return grid

    def _bus(self, grid: _Grid, level: str, node: int, volts: float) -> int:
        streets = self._survey.streets
        name = grid.named(f"{level}-{self._osm(node)}")
        point = {
            "type": "Point",
            "coordinates": [round(float(streets.x[node]), 2), round(float(streets.y[node]), 2)],
        }
        grid.bus.append(
            {
                "name": name, "vn_kv": volts, "geo": json.dumps(point),
                "osm": f"n{self._osm(node)}", "origin": "synthetic",
            }
        )  # fmt: skip
        return len(grid.bus) - 1

    def _primary(self, grid: _Grid, row: int) -> int:
        node, kw = self._layout.nodes[row], self._layout.kw[row]
        upper = self._bus(grid, "HV", node, 110.0)
        busbar = self._bus(grid, "BB", node, 20.0)
        mva = kw / 1000 / RULES["cos_phi"]
        choice = transformers(110)
        kind = next((k for k in choice if float(k["sn_mva"]) >= mva), choice[-1])
        many = max(2, math.ceil(mva / float(kind["sn_mva"])) + 1)  # one may fail
        for _ in range(many):
            self._trafo(grid, kind, (upper, busbar), f"P-{self._osm(node)}", self._taps[row])
        grid.ext_grid.append(
            {
                "name": f"G-{self._osm(node)}", "bus": upper, "vm_pu": RULES["source_volts"],
                "osm": f"n{self._osm(node)}", "origin": "synthetic",
            }
        )  # fmt: skip
        return busbar

    def _station(self, grid: _Grid, row: int, bus: int) -> int:
        station = self._stations[row]
        mva = station.kw / 1000 / RULES["cos_phi"] / RULES["trafo_loading"]
        choice = transformers(20)
        kind = next((k for k in choice if float(k["sn_mva"]) >= mva), choice[-1])
        low = self._bus(grid, "LV", station.node, 0.4)
        for _ in range(max(1, math.ceil(mva / float(kind["sn_mva"])))):
            self._trafo(grid, kind, (bus, low), f"T-{self._osm(station.node)}", self._low_taps[row])
        return low

    def _trafo(
        self, grid: _Grid, kind: dict[str, str], buses: tuple[int, int], name: str, tap: int
    ) -> None:
        text = ("name", "vector_group", "source")
        grid.trafo.append(
            {
                "name": grid.named(name), "std_type": kind["name"],
                "hv_bus": buses[0], "lv_bus": buses[1], "tap_pos": float(tap),
                "vector_group": kind["vector_group"],
                **{key: float(value) for key, value in kind.items() if key not in text},
                "osm": f"n{name.split('-')[1]}", "origin": "synthetic",
            }
        )  # fmt: skip

    def _line(
        self,
        grid: _Grid,
        name: str,
        buses: tuple[int, int],
        kind: tuple[str, int, int],
        metres: float,
    ) -> int:
        level, size, parallel = kind
        cable = cables(level)[size]
        grid.line.append(
            {
                "name": grid.named(name), "std_type": cable.name,
                "from_bus": buses[0], "to_bus": buses[1],
                "length_km": round(metres / 1000, 5), "r_ohm_per_km": cable.r,
                "x_ohm_per_km": cable.x, "c_nf_per_km": cable.c, "max_i_ka": cable.rated,
                "parallel": parallel, "osm": "", "origin": "synthetic",
            }
        )  # fmt: skip
        return len(grid.line) - 1

    def _ring(self, grid: _Grid, row: int, buses: list[int]) -> None:
        ring = self._layout.rings[row]
        ends = [*buses, buses[0]]
        size, parallel = self._size[row]
        for number, way in enumerate(self._runs[row]):
            pair = (ends[number], ends[number + 1])
            line = self._line(
                grid, f"MV-{row + 1}-{number + 1}", pair, ("MV", size, parallel), way.length
            )
            grid.line[line]["osm"] = " ".join(f"n{self._osm(node)}" for node in way.nodes)
            grid.line[line]["geo"] = self._drawn(way.nodes)
            if number == ring.open:
                grid.switch.append(
                    {
                        "name": f"OPEN-{row + 1}", "bus": pair[0], "element": line, "et": "l",
                        "closed": False, "osm": "", "origin": "synthetic",
                    }
                )  # fmt: skip

    def _drawn(self, nodes: Sequence[int]) -> str:
        streets = self._survey.streets
        points = [[round(float(streets.x[n]), 2), round(float(streets.y[n]), 2)] for n in nodes]
        return json.dumps({"type": "LineString", "coordinates": points})

    def _mains(self, grid: _Grid, buses: dict[tuple[int, int], int]) -> None:
        low, streets = self._low, self._survey.streets
        for row in range(len(low.street)):
            station, street = int(low.station[row]), int(low.street[row])
            near, far = int(low.near[row]), int(low.far[row])
            buses[station, far] = self._bus(grid, "LV", far, 0.4)
            kind = ("LV", int(low.size[row]), int(low.parallel[row]))
            pair = (buses[station, near], buses[station, far])
            line = self._line(
                grid, f"LV-{streets.ids[street]}", pair, kind, float(streets.length[street])
            )
            grid.line[line]["osm"] = f"w{int(streets.way[street])}"

    def _load(self, grid: _Grid, customer: int, bus: int) -> None:
        kw = float(self._who.kw[customer])
        name = self._who.ids[customer]
        grid.load.append(
            {
                "name": name, "bus": bus, "p_mw": round(kw / 1000, 7),
                "q_mvar": round(kw / 1000 * math.tan(math.acos(RULES["cos_phi"])), 7),
                "osm": "" if ":" in name else name, "origin": "synthetic",
            }
        )  # fmt: skip


def _thicker(size: tuple[int, int]) -> tuple[int, int]:
    """The next choice of medium voltage cable: row of the catalogue, number side by side."""
    row, parallel = size
    return (row + 1, parallel) if row + 1 < len(cables("MV")) else (row, parallel + 1)


def _large(who: Customers) -> list[Finding]:
    most = RULES["large_customer_mw"]
    return [
        Finding(
            "energy.large-customer",
            f"{who.ids[row]} draws {who.kw[row] / 1000:.1f} MW at 20 kV.",
            f"A grid operator would join a customer of more than {most:g} MW to 110 kV.",
            "info",
        )
        for row in np.flatnonzero(who.kw > most * 1000)
    ]
