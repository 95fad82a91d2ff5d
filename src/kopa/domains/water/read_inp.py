"""Reads an EPANET INP file, through EPANET itself: what is read is what is solved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kopa.domain.attributes import attributes, out_of_range
from kopa.errors import Finding, InputError
from kopa.model import FloatArray, IntArray
from kopa.model.graph import reached
from kopa.units import FOOT, GALLON

from .check_inp import usable
from .engine_epanet import Count, LinkValue, NodeValue, Option, Project, TimeValue
from .network import JUNCTION, PUMP, TANK, TCV, Network, Service, Units
from .segments import IsolationValve

# m³/s in one unit of flow, by EN_FlowUnits: CFS GPM MGD IMGD AFD | LPS LPM MLD CMH CMD CMS
_FLOW = (
    FOOT**3, GALLON / 60, GALLON * 1e6 / 86_400, 4.54609e-3 * 1e6 / 86_400,
    43_560 * FOOT**3 / 86_400, 1e-3, 1e-3 / 60, 1e3 / 86_400, 1 / 3600, 1 / 86_400, 1.0,
)  # fmt: skip
_FIRST_SI = 5
_PSI = FOOT / 0.4333  # EPANET's own constants, so that heads come out of it as they are in it
# m of head in one unit of pressure, by EN_PressUnits: PSI kPa m bar ft
_PRESSURE = (_PSI, _PSI / 6.895, 1.0, _PSI / 0.068948, FOOT)


def read_inp(path: Path, service: Service | None = None) -> tuple[Network, tuple[Finding, ...]]:
    """Read an INP file.

    Parameters
    ----------
    path
        The file.
    service
        Pressures of full service; None takes them from a pressure-driven file, or else the
        defaults.

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
    with Project(inp) as project:
        network = _network(project, inp, path, service)
    findings += _checks(network)
    if any(f.severity == "error" for f in findings):
        raise InputError(findings)
    return network, tuple(findings)


def node_comments(network: Network, rows: IntArray) -> dict[int, str]:
    """Description of each of these nodes: what its line in the INP file says after ``;``."""
    with Project(network.inp) as project:
        return {row: project.node_comment(row + 1).strip() for row in rows.tolist()}


def _network(project: Project, inp: bytes, source: Path, service: Service | None) -> Network:
    flow_code = project.flow_units()
    length = 1.0 if flow_code >= _FIRST_SI else FOOT
    diameter = 1e-3 if flow_code >= _FIRST_SI else FOOT / 12
    pressure = _PRESSURE[int(project.option(Option.PRESSURE_UNITS))]
    units = Units(_FLOW[flow_code], length, pressure)
    driven, low, high, power = project.demand_model()
    if service is None:
        service = Service(low * pressure, high * pressure, power) if driven else Service()

    nodes = [project.node(i + 1) for i in range(project.nodes)]
    links = [project.link(i + 1) for i in range(project.links)]
    places = np.array([project.coordinate(i + 1) for i in range(project.nodes)])
    first, drawn = _drawn(project, places, [link[2:] for link in links])
    usual_pattern = int(project.option(Option.DEMAND_PATTERN))
    rows = [
        (node, base, (pattern or usual_pattern) - 1)
        for node, (_, kind) in enumerate(nodes)
        if kind == JUNCTION
        for base, pattern in project.demands(node + 1)
    ]
    category = np.array(rows, dtype=np.float64).reshape(-1, 3)
    controlled = project.link_values(LinkValue.IN_CONTROL) > 0
    for link in np.flatnonzero([link[1] == PUMP for link in links]):
        controlled[link] |= project.link_value(int(link) + 1, LinkValue.PATTERN) > 0
    return Network(
        inp=inp,
        source=source,
        node_ids=tuple(name for name, _ in nodes),
        node_types=np.array([kind for _, kind in nodes]),
        elevation=project.node_values(NodeValue.ELEVATION) * length,
        x=places[:, 0],
        y=places[:, 1],
        first=first,
        drawn=drawn,
        zones=tuple(project.node_tag(i + 1) for i in range(project.nodes)),
        link_ids=tuple(link[0] for link in links),
        link_types=np.array([link[1] for link in links]),
        ends=np.array([link[2:] for link in links]).reshape(-1, 2).T - 1,
        length=project.link_values(LinkValue.LENGTH) * length,
        diameter=project.link_values(LinkValue.DIAMETER) * diameter,
        controlled=controlled,
        always_shut=(project.link_values(LinkValue.INITIAL_STATUS) == 0) & ~controlled,
        demand_node=category[:, 0].astype(np.int64),
        demand_base=category[:, 1].copy(),
        demand_pattern=category[:, 2].astype(np.int64),
        patterns=tuple(project.pattern(i + 1) for i in range(project.count(Count.PATTERNS))),
        pattern_step=project.time(TimeValue.PATTERN_STEP),
        pattern_start=project.time(TimeValue.PATTERN_START),
        start_clock=project.time(TimeValue.START_CLOCK),
        tank_levels=_of_tanks(project, nodes, NodeValue.MIN_LEVEL, NodeValue.MAX_LEVEL) * length,
        tank_volume=np.diff(
            _of_tanks(project, nodes, NodeValue.MIN_VOLUME, NodeValue.MAX_VOLUME), axis=0
        )[0]
        * length**3,
        demand_multiplier=project.option(Option.DEMAND_MULTIPLIER),
        emitter=project.node_values(NodeValue.EMITTER).copy(),
        emitter_exponent=project.option(Option.EMITTER_EXPONENT),
        accuracy=project.option(Option.ACCURACY),
        units=units,
        service=service,
        isolation_valves=tuple(
            IsolationValve(link[0], row)
            for row, link in enumerate(links)
            if link[1] == TCV and not controlled[row]
        ),
    )


def _drawn(
    project: Project, places: FloatArray, ends: Sequence[tuple[int, int]]
) -> tuple[IntArray, FloatArray]:
    """Where the points of each link begin, and the points, shapes (link + 1,) and (2, point)."""
    lines = [
        [places[a - 1], *project.vertices(row + 1), places[b - 1]]
        for row, (a, b) in enumerate(ends)
    ]
    first = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64)
    points = np.array([point for line in lines for point in line], dtype=np.float64)
    return first, points.reshape(-1, 2).T


def _of_tanks(project: Project, nodes: Sequence[tuple[str, int]], *what: NodeValue) -> FloatArray:
    """Values of each tank, in the file's units, shape (what, tank)."""
    tanks = [index + 1 for index, (_, kind) in enumerate(nodes) if kind == TANK]
    return np.array([[project.node_value(tank, one) for tank in tanks] for one in what])


def _checks(network: Network) -> list[Finding]:
    """What EPANET accepts but an engineer would want to know."""
    path = network.source
    pipes = np.flatnonzero(network.link_types < PUMP)
    junctions = network.junctions
    base = network.base_demand * network.units.flow
    values: dict[tuple[str, str], tuple[FloatArray, IntArray, tuple[str, ...]]] = {
        ("junction", "elevation"): (network.elevation, junctions, network.node_ids),
        ("junction", "demand"): (base, junctions, network.node_ids),
        ("pipe", "length"): (network.length, pipes, network.link_ids),
        ("pipe", "diameter"): (network.diameter, pipes, network.link_ids),
        ("tank", "volume"): (
            network.tank_volume,
            np.arange(len(network.tanks)),
            tuple(network.node_ids[tank] for tank in network.tanks),
        ),
    }
    findings = _not_finite(network)
    for attribute in attributes("kopa.domains.water"):
        if (attribute.table, attribute.name) in values:
            column, rows, ids = values[attribute.table, attribute.name]
            findings += out_of_range(
                attribute, column[rows], [ids[row] for row in rows], "water", str(path)
            )

    def warn(code: str, what: str, do: str) -> None:
        findings.append(Finding(f"water.{code}", what, do, "warning", str(path)))

    a, b = network.ends
    fed = reached(len(network.node_ids), a, b, network.sources)
    apart = [network.node_ids[row] for row in junctions[~fed[junctions]]]
    if apart:
        warn(
            "no-path-to-source",
            f"{len(apart)} junctions have no path to a source: {_some(apart)}.",
            "They get nothing; connect them, or add a source.",
        )
    if not (base > 0).any():
        warn("no-demand", "no junction has a demand.", "Add demands, or nothing can be unserved.")
    if np.isnan(network.x).any():
        lost = int(np.isnan(network.x).sum())
        warn(
            "no-coordinates",
            f"{lost} of {len(network.node_ids)} nodes have no coordinates.",
            "Add them to [COORDINATES]: maps and nearest links need them.",
        )
    if network.service.required - network.service.minimum < 0.1:
        findings.append(
            _finding(
                "pressure-limits",
                path,
                "required and minimum pressure are less than 0.1 m apart.",
                "Required pressure must lie 0.1 m or more above the minimum pressure.",
            )
        )
    return findings


def _finding(code: str, path: Path, what: str, do: str) -> Finding:
    return Finding(f"water.{code}", what, do, file=str(path))


def _not_finite(network: Network) -> list[Finding]:
    """EPANET takes ``nan`` and ``1e999`` for numbers; no solution can come of them."""
    numbers = tuple(str(number + 1) for number in range(len(network.patterns)))
    means = np.array([pattern.mean() for pattern in network.patterns])
    columns = (
        ("node", "elevation", network.node_ids, network.elevation),
        ("junction", "demand", network.node_ids, network.base_demand),
        ("junction", "emitter", network.node_ids, network.emitter),
        ("link", "length", network.link_ids, network.length),
        ("link", "diameter", network.link_ids, network.diameter),
        ("pattern number", "multiplier", numbers, means),
    )
    return [
        _finding(
            "not-finite",
            network.source,
            f"{kind} {ids[row]}: {name} is no finite number.",
            "Write a number there.",
        )
        for kind, name, ids, values in columns
        for row in np.flatnonzero(~np.isfinite(values))
    ]


def _some(ids: list[str], most: int = 5) -> str:
    """The first few ids, and how many more there are."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(ids[:most]) + more
