"""Reads an EPANET INP file, through EPANET itself: what is read is what is solved.

EPANET stops after ten errors and names only the line's text. Here every line with an error is
found in the file, set aside in a copy, and the copy is opened again, until nothing is left to
tell. Errors in sections that hydraulics does not use are warnings.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from kopa.domain.attributes import attributes, out_of_range
from kopa.errors import EngineError, Finding, InputError
from kopa.model import FloatArray, IntArray
from kopa.model.graph import reached
from kopa.units import FOOT, GALLON, PSI_METRE

from .engine_epanet import Count, LinkValue, NodeValue, Option, Project, TimeValue, message
from .network import JUNCTION, PUMP, Network, Service, Units

# m³/s in one unit of flow, by EN_FlowUnits: CFS GPM MGD IMGD AFD | LPS LPM MLD CMH CMD CMS
_FLOW = (
    FOOT**3, GALLON / 60, GALLON * 1e6 / 86_400, 4.54609e-3 * 1e6 / 86_400,
    43_560 * FOOT**3 / 86_400, 1e-3, 1e-3 / 60, 1e3 / 86_400, 1 / 3600, 1 / 86_400, 1.0,
)  # fmt: skip
_FIRST_SI = 5
_PRESSURE = (PSI_METRE, 0.101_971_6, 1.0, 10.197_16, PSI_METRE)  # PSI kPa m bar ft: EN_PressUnits
_ERROR = re.compile(r"^\s*Error (\d{3}): (.*?)(?: in (\[\w+\]) section:?)?\s*$")
_BESIDE = {"[QUALITY]", "[SOURCES]", "[REACTIONS]", "[MIXING]", "[ENERGY]", "[REPORT]"}
_FOLLOWING = {200, 203, 204, 205, 206, 233, 234}  # may only follow from a line set aside
_MEND = {
    201: "Compare the line with the columns that this section has.",
    202: "Write a number there.",
    203: "Define the node, or correct its id.",
    204: "Define the link, or correct its id.",
    205: "Add the pattern to [PATTERNS], or correct its id.",
    206: "Add the curve to [CURVES], or correct its id.",
    207: "A pipe with a check valve, or a GPV, takes no status: take it out of the control.",
    208: "Required pressure must lie 0.1 or more above the minimum pressure.",
    209: "Correct the node's value: levels, diameters and elevations must make sense together.",
    211: "Length, diameter and roughness of a link must be above zero.",
    213: "Correct the option's value.",
    214: "Split the line: 1024 characters are the most.",
    215: "Give each node, and each link, an id of its own.",
    219: "Put a short pipe between the valve and the tank or reservoir.",
    220: "Put a short pipe between the valves.",
    222: "Give the link two different ends.",
    223: "A network needs two nodes or more: is this the right file?",
    224: "Add a reservoir or a tank.",
    225: "The level must lie between the tank's minimum and maximum level.",
    226: "Give the pump a head curve or a power.",
    227: "A pump's head must fall as its flow rises.",
    230: "Sort the curve's points by x.",
    233: "Connect the node to the network, or delete it.",
    234: "Connect the node to the network, or delete it.",
    299: "Correct the section's name.",
}


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
    if not path.is_file():
        raise InputError([_finding("missing", path, "there is no such file", "Check the path.")])
    inp, findings = _usable(path)
    with Project(inp) as project:
        network = _network(project, inp, path, service)
    findings += _checks(network)
    if any(f.severity == "error" for f in findings):
        raise InputError(findings)
    return network, tuple(findings)


def _usable(path: Path) -> tuple[bytes, list[Finding]]:
    """Text that EPANET opens, and what had to be set aside for it.

    Raises
    ------
    InputError
        If a line that hydraulics needs is wrong.
    """
    inp = path.read_bytes()
    lines = inp.decode("utf-8", "surrogateescape").splitlines()
    aside: set[int] = set()
    findings: list[Finding] = []
    while errors := _errors(inp):
        told = len(aside)
        for code, what, section, text in errors:
            row = _find(lines, text, section, aside)
            if row is not None:
                aside.add(row)
            elif told and code in _FOLLOWING:
                continue  # it may only follow from a line that was set aside
            findings.append(_inp_finding(path, code, what, section, row, text))
        if len(aside) == told:
            break
        inp = "\n".join(
            f";{line}" if row in aside else line for row, line in enumerate(lines)
        ).encode("utf-8", "surrogateescape")
    if any(finding.severity == "error" for finding in findings):
        raise InputError(findings)
    return inp, findings


def _errors(inp: bytes) -> list[tuple[int, str, str, str]]:
    """Code, words, section and line of each error that EPANET finds when it opens a file."""
    project = Project(inp)
    code = project.open_code
    if code < 100:
        try:
            project.open_hydraulics()
        except EngineError as error:
            code = int(error.code.rsplit(".", 1)[1])
        else:
            project.close()
            return []
    report = project.report().splitlines()
    errors = []
    for number, line in enumerate(report):
        match = _ERROR.match(line)
        if match and match[1] != "200":
            text = report[number + 1].strip() if match[3] and number + 1 < len(report) else ""
            errors.append((int(match[1]), match[2].strip(), match[3] or "", text))
    return errors or [(code, message(code), "", "")]


def _find(lines: list[str], text: str, section: str, aside: set[int]) -> int | None:
    """Row of a line by its text and section; EPANET's report folds white space."""
    if not text:
        return None
    wanted = text.split()
    here = ""
    for row, line in enumerate(lines):
        words = line.split()
        if words and words[0].startswith("["):
            here = words[0].upper()
        same = words == wanted or (len(line) > 250 and line.strip().startswith(text[:80]))
        if same and row not in aside and (not section or here[:5] == section[:5].upper()):
            return row
    return None


def _inp_finding(
    path: Path, code: int, what: str, section: str, row: int | None, text: str
) -> Finding:
    beside = section.upper() in _BESIDE
    place = f"line {row + 1}" if row is not None else ""
    if section:
        place = f"{place}, {section}".strip(", ")
    shown = f"{what}: '{' '.join(text.split())[:120]}'" if text else what
    do = "Hydraulics does not use it; the line is left out." if beside else _MEND.get(code, "")
    return Finding(
        code=f"water.inp-{code}",
        what=f"{shown} (EPANET error {code}).",
        do=do or "See the EPANET 2.3 manual, appendix B.",
        severity="warning" if beside else "error",
        file=str(path),
        place=place,
    )


def _finding(code: str, path: Path, what: str, do: str) -> Finding:
    return Finding(f"water.{code}", what, do, file=str(path))


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
    rows = [
        (node, base, pattern - 1)
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
        demand_multiplier=project.option(Option.DEMAND_MULTIPLIER),
        emitter=project.node_values(NodeValue.EMITTER).copy(),
        emitter_exponent=project.option(Option.EMITTER_EXPONENT),
        accuracy=project.option(Option.ACCURACY),
        units=units,
        service=service,
    )


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
    }
    findings: list[Finding] = []
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
                _MEND[208],
            )
        )
    return findings


def _some(ids: list[str], most: int = 5) -> str:
    """The first few ids, and how many more there are."""
    more = f" and {len(ids) - most} more" if len(ids) > most else ""
    return ", ".join(ids[:most]) + more
