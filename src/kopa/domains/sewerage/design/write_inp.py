"""Writes a sewerage design as a SWMM INP file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kopa.domain.design import Survey
from kopa.domain.rules import Rules
from kopa.model import IntArray

from .catchment import PATTERN, Catchment
from .profile import Chamber, Heads, Profile
from .storm import BLOCK_MIN, storm
from .tree import Ground

ATTRIBUTION = (
    "Synthetic design by Kopa, made from OpenStreetMap data (c) OpenStreetMap contributors, ODbL"
)
STEP_S = 5
"""Routing step; conduits in which a wave would pass quicker are lengthened for it."""

_DATE = "06/01/2025"
_START_H, _RAIN_H, _END_H = 16, 17, 21
_BESIDE_M = 10.0
_ABOVE_M = 3.0  # weirs are drawn this high: what is above is the street


@dataclass(frozen=True)
class Plan:
    """A design that can be written.

    Parameters
    ----------
    survey
        The city.
    node, edge
        Street node of each manhole of the tree, street of each sewer.
    ground, heads, load
        Manholes and streets; manholes of their own at the head of streets; what enters.
    """

    survey: Survey
    node: IntArray
    edge: IntArray
    ground: Ground
    heads: Heads
    load: Catchment

    def manhole_ids(self) -> list[str]:
        """Ids of manholes: those at street nodes, then those at heads of streets."""
        streets = self.survey.streets
        ids = [f"M{osm}" for osm in streets.node_osm[self.node].tolist()]
        return ids + [f"MH{streets.ids[row]}" for row in self.edge[self.heads.edge].tolist()]

    def sources(self) -> list[str]:
        """OSM object that each manhole comes from."""
        streets = self.survey.streets
        osm = [f"node/{node}" for node in streets.node_osm[self.node].tolist()]
        return osm + [f"way/{way}" for way in streets.way[self.edge[self.heads.edge]].tolist()]

    def rim(self) -> list[float]:
        """Ground at each manhole, m."""
        height = self.ground.height
        return [*height.tolist(), *height[self.heads.up].tolist()]

    def places(self) -> list[tuple[float, float]]:
        """Place of each manhole, m; heads stand a little way into their street."""
        found = list(zip(self.ground.x.tolist(), self.ground.y.tolist(), strict=True))
        streets = self.survey.streets
        for row, up in zip(self.heads.edge.tolist(), self.heads.up.tolist(), strict=True):
            line = streets.line(int(self.edge[row]))
            if self.ground.a[row] != up:
                line = line[::-1]
            step = line[1] - line[0]
            far = float((step**2).sum() ** 0.5)
            share = min(_BESIDE_M / far, 0.3) if far > 0 else 0.0
            found.append((float(line[0, 0] + share * step[0]), float(line[0, 1] + share * step[1])))
        return found


def slug(text: str) -> str:
    """A text without blanks, as SWMM wants its tags."""
    return re.sub(r"[\s;\"]+", "_", text.strip())


def link_id(chamber: Chamber, manholes: list[str]) -> str:
    """Id of the pump or throttle of a chamber."""
    return f"{'TH' if chamber.kind == 'overflow' else 'PU'}-{manholes[chamber.node]}"


def write_inp(rules: Rules, plan: Plan, profile: Profile) -> str:
    """Text of the INP file: SWMM 5.2, L/s and m, dynamic wave, five hours with the design storm."""
    names = plan.manhole_ids()
    parts: list[tuple[str, Iterable[str]]] = [
        ("TITLE", _title(rules, plan)),
        ("OPTIONS", _options()),
        ("EVAPORATION", ["CONSTANT 0", "DRY_ONLY NO"]),
        ("RAINGAGES", [f"RG INTENSITY 0:{BLOCK_MIN:02d} 1.0 TIMESERIES STORM"]),
        *_catchments(rules, plan, names),
        ("JUNCTIONS", _junctions(plan, profile, names)),
        ("OUTFALLS", _outfalls(profile, names)),
        ("STORAGE", _storage(rules, plan, profile, names)),
        ("CONDUITS", _conduits(rules, plan, profile, names)),
        *_regulators(rules, profile, names),
        ("XSECTIONS", _sections(rules, plan, profile, names)),
        ("DWF", _dry(rules, plan, names)),
        ("CURVES", _curves(profile, names)),
        ("PATTERNS", _pattern()),
        ("TIMESERIES", _series(rules)),
        ("REPORT", ["INPUT NO", "CONTROLS NO", "SUBCATCHMENTS NONE", "NODES NONE", "LINKS NONE"]),
        ("COORDINATES", _coordinates(plan, profile, names)),
        ("VERTICES", _vertices(plan, profile, names)),
    ]
    lines: list[str] = []
    for head, rows in parts:
        lines += [f"[{head}]", *rows, ""]
    return "\n".join(lines)


def _title(rules: Rules, plan: Plan) -> list[str]:
    survey = plan.survey
    return [
        f"{slug(survey.name)}: combined sewerage",
        ATTRIBUTION,
        f"Ground: {survey.ground_source[:80]}; CRS {survey.streets.crs}; seed {survey.seed}; "
        f"storm of {rules['return_period']:g} years",
    ]


def _options() -> list[str]:
    return [
        "FLOW_UNITS LPS", "INFILTRATION HORTON", "FLOW_ROUTING DYNWAVE",
        "LINK_OFFSETS ELEVATION", "ALLOW_PONDING NO", "SKIP_STEADY_STATE NO",
        f"START_DATE {_DATE}", f"START_TIME {_START_H}:00:00",
        f"REPORT_START_DATE {_DATE}", f"REPORT_START_TIME {_START_H}:00:00",
        f"END_DATE {_DATE}", f"END_TIME {_END_H}:00:00", "DRY_DAYS 5",
        "REPORT_STEP 00:05:00", "WET_STEP 00:01:00", "DRY_STEP 00:05:00",
        f"ROUTING_STEP {STEP_S}", f"LENGTHENING_STEP {STEP_S}", "VARIABLE_STEP 0",
        "INERTIAL_DAMPING PARTIAL", "NORMAL_FLOW_LIMITED BOTH", "SURCHARGE_METHOD EXTRAN",
        "MAX_TRIALS 8", "HEAD_TOLERANCE 0.0015", "THREADS 1",
    ]  # fmt: skip


def _catchments(rules: Rules, plan: Plan, names: list[str]) -> list[tuple[str, list[str]]]:
    paved = plan.load.paved.tolist()
    rows = [row for row, area in enumerate(paved) if round(area, 5) > 0]
    length, slope = rules["overland_length"], 100 * rules["paved_slope"]
    return [
        ("SUBCATCHMENTS", [
            f"S{names[row]} RG {names[row]} {paved[row]:.5f} 100 "
            f"{max(paved[row] * 1e4 / length, 1.0):.2f} {slope:g} 0"
            for row in rows
        ]),
        ("SUBAREAS", [
            f"S{names[row]} {rules['paved_roughness']:g} 0.1 {rules['depression']:g} 5 25 OUTLET"
            for row in rows
        ]),
        ("INFILTRATION", [f"S{names[row]} 50 10 4 7 0" for row in rows]),
    ]  # fmt: skip


def _junctions(plan: Plan, profile: Profile, names: list[str]) -> list[str]:
    rim, osm = plan.rim(), plan.sources()
    stored = {chamber.node for chamber in profile.chambers}
    rows = [
        f"{name} {invert:.3f} {rim[row] - invert:.3f} 0 0 0 ;osm {osm[row]} origin=synthetic"
        for row, (name, invert) in enumerate(zip(names, profile.invert.tolist(), strict=True))
        if row not in stored
    ]
    behind = {sewer.up: sewer for sewer in profile.sewers if sewer.up in stored}
    return rows + [
        f"D{names[row]} {sewer.start:.3f} {rim[row] - sewer.start:.3f} 0 0 0 "
        ";behind the throttle origin=synthetic"
        for row, sewer in behind.items()
    ]


def _outfalls(profile: Profile, names: list[str]) -> list[str]:
    rows = []
    for chamber in profile.chambers:
        if chamber.kind == "plant":
            rows.append(f"WWTP {chamber.floor:.3f} FREE NO ;treatment plant origin=synthetic")
        rows.append(
            f"O{names[chamber.node]} {chamber.crest - 0.5:.3f} FREE NO ;combined sewer overflow "
            "origin=synthetic"
        )
    return rows


def chamber_area(rules: Rules, chamber: Chamber) -> float:
    """Ground plan of a chamber, m².

    Below its crest it holds what its paved area asks for, and a minute of the greatest flow:
    weirs that are wide for their chamber swing, in SWMM and in concrete.
    """
    held = rules["well_time"] * chamber.storm
    volume = max(chamber.paved * rules["storage"], held)
    return max(volume / (chamber.crest - chamber.floor), _LEAST_CHAMBER_M2)


def _storage(rules: Rules, plan: Plan, profile: Profile, names: list[str]) -> list[str]:
    rim = plan.rim()
    return [
        f"{names[chamber.node]} {chamber.floor:.3f} {rim[chamber.node] - chamber.floor:.3f} "
        f"0 FUNCTIONAL 0 0 {chamber_area(rules, chamber):.1f} 0 0 ;{chamber.kind} "
        "origin=synthetic"
        for chamber in profile.chambers
    ]


def _conduits(rules: Rules, plan: Plan, profile: Profile, names: list[str]) -> list[str]:
    streets = plan.survey.streets
    stored = {chamber.node for chamber in profile.chambers}
    rows = []
    for sewer in profile.sewers:
        edge = int(plan.edge[sewer.edge])
        up = f"D{names[sewer.up]}" if sewer.up in stored else names[sewer.up]
        length = max(float(plan.ground.length[sewer.edge]), 1.0)
        rows.append(
            f"C{streets.ids[edge]} {up} {names[sewer.down]} {length:.2f} {rules['roughness']:g} "
            f"{sewer.start:.3f} {sewer.end:.3f} 0 0 ;osm way/{streets.way[edge]} origin=synthetic"
        )
    return rows


def _regulators(rules: Rules, profile: Profile, names: list[str]) -> list[tuple[str, list[str]]]:
    pumps, outlets, weirs = [], [], []
    for chamber in profile.chambers:
        name, link = names[chamber.node], link_id(chamber, names)
        if chamber.kind == "overflow":
            outlets.append(
                f"{link} {name} D{name} {chamber.floor:.3f} TABULAR/DEPTH {link} NO "
                ";origin=synthetic"
            )
        else:
            target = names[chamber.target] if chamber.target >= 0 else "WWTP"
            pumps.append(f"{link} {name} {target} {link} ON 0 0 ;origin=synthetic")
        weirs.append(
            f"W-{name} {name} O{name} TRANSVERSE {chamber.crest:.3f} "
            f"{rules['weir_coefficient']:g} NO 0 0 YES ;origin=synthetic"
        )
    return [("PUMPS", pumps), ("OUTLETS", outlets), ("WEIRS", weirs)]


def weir_width(rules: Rules, chamber: Chamber) -> float:
    """Width of a weir that lets the storm pass: Q = C b h^1.5, m."""
    return float(max(1.0, chamber.storm / rules["weir_coefficient"] / rules["weir_head"] ** 1.5))


def _sections(rules: Rules, plan: Plan, profile: Profile, names: list[str]) -> list[str]:
    ids = plan.survey.streets.ids
    rows = [
        f"C{ids[int(plan.edge[sewer.edge])]} CIRCULAR {sewer.diameter:g} 0 0 0 1"
        for sewer in profile.sewers
    ]
    return rows + [
        f"W-{names[chamber.node]} RECT_OPEN {_ABOVE_M:g} {weir_width(rules, chamber):.2f} 0 0"
        for chamber in profile.chambers
    ]


def _dry(rules: Rules, plan: Plan, names: list[str]) -> list[str]:
    """Waste water by the pattern, and ground water without one."""
    rows = []
    dry, paved = plan.load.dry.tolist(), plan.load.paved.tolist()
    for row, name in enumerate(names):
        # one line a node: infiltration is small, and spread over the same hours
        flow = dry[row] * 1e3 + paved[row] * rules["infiltration"]
        if flow > 0:
            rows.append(f"{name} FLOW {flow:.6g} DAY")
    return rows


def _curves(profile: Profile, names: list[str]) -> list[str]:
    """What pumps and throttles let on by the depth in their chamber, m and L/s."""
    rows = []
    for chamber in profile.chambers:
        link, flow = link_id(chamber, names), chamber.flow * 1e3
        depth = chamber.crest - chamber.floor
        if chamber.kind == "overflow":
            points = [(0.0, 0.0), (depth, flow), (depth + _ABOVE_M, 1.1 * flow)]
        else:
            points = [(0.0, 0.0), (0.1, 0.0), (depth * 0.8, flow), (depth + _ABOVE_M, flow)]
        word = "Rating" if chamber.kind == "overflow" else "Pump4"
        rows += [
            f"{link} {word if number == 0 else ''} {x:.3f} {y:.4f}"
            for number, (x, y) in enumerate(points)
        ]
    return rows


def _pattern() -> list[str]:
    values = [f"{value:g}" for value in PATTERN]
    return [
        f"DAY {'HOURLY' if low == 0 else ''} {' '.join(values[low : low + 6])}"
        for low in range(0, 24, 6)
    ]


def _series(rules: Rules) -> list[str]:
    rain = storm(rules).tolist()
    minutes = [BLOCK_MIN * row for row in range(len(rain) + 1)]
    return [
        f"STORM {_DATE} {_RAIN_H + at // 60}:{at % 60:02d} {value:.3f}"
        for at, value in zip(minutes, [*rain, 0.0], strict=True)
    ]


def _coordinates(plan: Plan, profile: Profile, names: list[str]) -> list[str]:
    places = plan.places()
    rows = [f"{name} {x:.2f} {y:.2f}" for name, (x, y) in zip(names, places, strict=True)]
    for chamber in profile.chambers:
        x, y = places[chamber.node]
        name = names[chamber.node]
        rows.append(f"O{name} {x:.2f} {y - _BESIDE_M:.2f}")
        if chamber.kind == "overflow":
            rows.append(f"D{name} {x + 2.0:.2f} {y:.2f}")
        if chamber.kind == "plant":
            rows.append(f"WWTP {x + _BESIDE_M:.2f} {y:.2f}")
    return rows


def _vertices(plan: Plan, profile: Profile, names: list[str]) -> list[str]:
    """Points of the streets between manholes, in the direction of flow."""
    streets = plan.survey.streets
    rows = []
    for sewer in profile.sewers:
        edge = int(plan.edge[sewer.edge])
        end = int(plan.ground.b[sewer.edge])
        line = streets.line(edge)[1:-1]
        if sewer.down != end:
            line = line[::-1]
        rows += [f"C{streets.ids[edge]} {x:.2f} {y:.2f}" for x, y in line.tolist()]
    for chamber in profile.chambers:
        here, link = chamber.node, link_id(chamber, names)
        for row in chamber.streets:
            line = streets.line(int(plan.edge[row]))
            forward = bool(plan.ground.a[row] == here) or here >= plan.ground.nodes
            points = line[1:] if forward else line[::-1][1:]
            here = int(plan.ground.b[row] if forward else plan.ground.a[row])
            last = points[-1:] if row == chamber.streets[-1] else points[:0]
            points = points[: len(points) - len(last)]
            rows += [f"{link} {x:.2f} {y:.2f}" for x, y in points.tolist()]
    return rows


_LEAST_CHAMBER_M2 = 5.0
