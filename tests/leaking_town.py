"""Synthetic readings of L-TOWN with leaks: EPANET on a network that is not the model's.

The truth differs from the model in the roughness of every pipe, in the demand of every junction,
in the day's and the hour's demand of the whole town and in noise at every junction and step;
sensors add theirs. Leaks are orifices half way along their pipes. Files have BattLeDIM's layout.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from kopa.domains.water.engine_epanet import (
    Count,
    LinkValue,
    NodeValue,
    Option,
    Project,
    TimeValue,
)
from kopa.domains.water.network import PIPE, Network
from kopa.domains.water.read_inp import read_inp
from kopa.model import FloatArray

STEP = 900
MONDAY = datetime(2018, 1, 1)
FLOW_METERS = ("PUMP_1", "p227", "p235")


@dataclass(frozen=True)
class Leak:
    """A leak: pipe, first hour, last hour, hours until it is full-grown, m³/h at 45 m."""

    pipe: str
    start_h: float
    end_h: float
    growth_h: float
    flow: float


@dataclass(frozen=True)
class Truth:
    """How the truth differs from the model; standard deviations."""

    seed: int = 0
    days: int = 56
    leaks: tuple[Leak, ...] = ()
    roughness: float = 0.10
    demand: float = 0.20
    day: float = 0.03
    hour: float = 0.02
    node: float = 0.30
    pressure_noise: float = 0.07
    flow_noise: float = 0.01
    level_noise: float = 0.005
    meter_noise: float = 0.01


@dataclass
class Town:
    """Sensors that the file names in its comments, as BattLeDIM has them."""

    path: Path
    network: Network = field(init=False)
    pressures: list[str] = field(init=False)
    meters: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.network, _ = read_inp(self.path)
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        self.pressures = [line.split()[0] for line in lines if "PRESSURE SENSOR" in line]
        self.meters = [line.split()[0] for line in lines if ";AMR" in line]


def random_leaks(town: Town, seed: int, days: int = 56, free: int = 14) -> tuple[Leak, ...]:
    """Three to five leaks like BattLeDIM's of 2019.

    Of its list of 19 new leaks: half burst and half grow over one to two and a half months, holes
    are 9 to 20 mm wide (4 to 25 m³/h at 45 m), those above 14.5 mm are repaired after two to seven
    weeks (bursts) or six to nine (growing ones). It has 2.2 in 42 days: these are more.
    """
    rng = np.random.default_rng(20_000 + seed)
    leaks = []
    for pipe in _pipes(town, rng, int(rng.integers(3, 6))):
        start = 24 * rng.uniform(free + 1, days - 3)
        grows = rng.random() < 0.5
        width = rng.uniform(0.009, 0.020)
        flow = 3600 * 0.75 * np.pi / 4 * width**2 * np.sqrt(2 * 9.81 * 45)
        end = np.inf
        if width > 0.0145:
            end = start + 24 * (rng.uniform(45, 63) if grows else rng.uniform(14, 50))
        growth = 24 * rng.uniform(30, 75) if grows else 0.0
        leaks.append(Leak(pipe, float(start), float(end), float(growth), float(flow)))
    return tuple(sorted(leaks, key=lambda leak: leak.start_h))


def dense_leaks(town: Town, seed: int, days: int = 56, free: int = 14) -> tuple[Leak, ...]:
    """Five to seven leaks of 3 to 30 m³/h, some growing within weeks, some repaired."""
    rng = np.random.default_rng(10_000 + seed)
    leaks = []
    for pipe in _pipes(town, rng, int(rng.integers(5, 8))):
        start = 24 * rng.uniform(free + 1, days - 8)
        growth = 24 * rng.uniform(5, 20) if rng.random() < 0.5 else 0.0
        flow = float(np.exp(rng.uniform(np.log(3), np.log(30))))
        repaired = rng.random() < 0.4 or flow > 20
        end = start + growth + 24 * rng.uniform(8, 18) if repaired else np.inf
        leaks.append(Leak(pipe, start, end, growth, flow))
    return tuple(sorted(leaks, key=lambda leak: leak.start_h))


def _pipes(town: Town, rng: np.random.Generator, number: int) -> list[str]:
    """Different pipes, the longer the likelier."""
    network = town.network
    pipes = np.flatnonzero((network.link_types == PIPE) & (network.length > 10))
    share = network.length[pipes] / network.length[pipes].sum()
    return [network.link_ids[row] for row in rng.choice(pipes, number, replace=False, p=share)]


def simulate(town: Town, truth: Truth) -> dict[str, FloatArray]:
    """Readings and leaks by step; made once, then kept among temporary files."""
    name = hashlib.sha256(
        repr((astuple(truth), town.path.stat().st_size, Path(__file__).read_text())).encode()
    ).hexdigest()
    file = Path(tempfile.gettempdir()) / f"kopa-leaking-{name[:20]}.npz"
    if not file.exists():
        part = file.with_suffix(f".{name[20:28]}.npz")
        np.savez(part, **_simulated(town, truth))  # type: ignore[arg-type]
        part.replace(file)
    with np.load(file) as kept:
        return dict(kept)


def _simulated(town: Town, truth: Truth) -> dict[str, FloatArray]:
    network, rng = town.network, np.random.default_rng(truth.seed)
    steps = truth.days * 86_400 // STEP
    demand = _demands(network, truth, rng, steps)
    coefficients = np.array([_coefficients(leak, steps) for leak in truth.leaks]).reshape(-1, steps)
    with Project(_with_holes(network, truth.leaks)) as project:
        rows = _run(project, town, truth, (demand, coefficients), rng)
    found = {key: np.array(values) for key, values in rows.items()}
    noise = rng.normal
    pressures, flows = found["pressures"], found["flows"]
    found["pressures"] = np.round(pressures + noise(0, truth.pressure_noise, pressures.shape), 2)
    found["flows"] = np.round(flows * noise(1, truth.flow_noise, flows.shape), 2)
    levels = found["levels"]
    found["levels"] = np.round(levels + noise(0, truth.level_noise, levels.shape), 2)
    at = [network.node_ids.index(name) for name in town.meters]
    metered = demand[:, at] * 1e3  # L/h
    found["meters"] = np.round(metered * noise(1, truth.meter_noise, metered.shape), 2)
    return found


def _demands(network: Network, truth: Truth, rng: np.random.Generator, steps: int) -> FloatArray:
    """Demand of every node, m³/h, shape (step, node)."""
    nodes = len(network.node_ids)
    factor = np.exp(rng.normal(0, truth.demand, nodes))
    base = np.array([network.wanted(k * STEP, factor) * 3600 for k in range(steps)])
    days = _memory(rng, truth.days + 1, truth.day, 0.7)
    at = np.arange(steps) * STEP / 86_400
    common = np.interp(at, np.arange(truth.days + 1), days)
    common += _memory(rng, steps, truth.hour, 0.9)
    own = rng.gamma(1 / truth.node**2, truth.node**2, (steps, nodes))
    return np.asarray(base * np.exp(common)[:, None] * own)


def _memory(rng: np.random.Generator, length: int, spread: float, memory: float) -> FloatArray:
    """Noise that remembers the step before (AR(1)) with a standard deviation."""
    values = rng.normal(0, spread, length)
    for k in range(1, length):
        values[k] = memory * values[k - 1] + np.sqrt(1 - memory**2) * values[k]
    return values


def _coefficients(leak: Leak, steps: int) -> FloatArray:
    """Emitter coefficient by step, m³/h per √m: as BattLeDIM's, the diameter grows evenly."""
    hours = np.arange(steps) * STEP / 3600
    grown = np.clip((hours - leak.start_h) / leak.growth_h, 0, 1) if leak.growth_h else 1.0
    runs = (hours >= leak.start_h) & (hours < leak.end_h)
    return np.asarray(np.where(runs, leak.flow * np.square(grown), 0.0) / np.sqrt(45.0))


def _with_holes(network: Network, leaks: Iterable[Leak]) -> bytes:
    """The file with a junction half way along each leaking pipe."""
    text = network.inp.decode("latin-1")
    nodes, pipes = "", ""
    for leak in leaks:
        row = network.link_ids.index(leak.pipe)
        a, b = network.ends[:, row]
        height = (network.elevation[a] + network.elevation[b]) / 2
        nodes += f" hole-{leak.pipe} {height:.4f} 0\n"
        line = re.search(rf"^\s*{leak.pipe}\s+(\S+)\s+(\S+)\s+(\S+)\s+(.*)$", text, re.MULTILINE)
        assert line is not None
        first, second, length, rest = line.groups()
        half = float(length) / 2
        pipes += f" {leak.pipe}-rest hole-{leak.pipe} {second} {half} {rest}\n"
        whole = f" {leak.pipe} {first} hole-{leak.pipe} {half} {rest}"
        text = text[: line.start()] + whole + text[line.end() :]
    text = text.replace("[JUNCTIONS]\n", f"[JUNCTIONS]\n{nodes}", 1)
    text = text.replace("[JUNCTIONS]\r\n", f"[JUNCTIONS]\r\n{nodes}", 1)
    return re.sub(r"\[PIPES\]\r?\n", f"[PIPES]\n{pipes}", text, count=1).encode("latin-1")


def _run(
    project: Project,
    town: Town,
    truth: Truth,
    moving: tuple[FloatArray, FloatArray],
    rng: np.random.Generator,
) -> dict[str, list[FloatArray]]:
    demand, coefficients = moving
    assert project.open_code < 100
    node = {project.node(k + 1)[0]: k for k in range(project.nodes)}
    link = {project.link(k + 1)[0]: k for k in range(project.links)}
    for name in town.network.link_ids:
        row = link[name]
        if town.network.link_types[town.network.link_ids.index(name)] != PIPE:
            continue
        rough = project.link_value(row + 1, LinkValue.ROUGHNESS)
        rough *= np.exp(rng.normal(0, truth.roughness))
        project.set_link(row + 1, LinkValue.ROUGHNESS, rough)
        if f"{name}-rest" in link:
            project.set_link(link[f"{name}-rest"] + 1, LinkValue.ROUGHNESS, rough)
    ours = [node[name] for name in town.network.node_ids]
    drawing = [
        (place, column) for column, place in enumerate(ours) if project.node(place + 1)[1] == 0
    ]
    for place, _ in drawing:
        for category in range(len(project.demands(place + 1))):
            project.set_base_demand(place + 1, category + 1, 0.0)
        project.set_node(place + 1, NodeValue.PATTERN, 0.0)
    holes = [node[f"hole-{leak.pipe}"] for leak in truth.leaks]
    project.set_option(Option.ACCURACY, 1e-4)
    project.set_time(TimeValue.DURATION, len(demand) * STEP)
    project.set_time(TimeValue.HYDRAULIC_STEP, STEP)
    project.set_time(TimeValue.PATTERN_STEP, STEP)
    project.set_time(TimeValue.REPORT_STEP, STEP)
    assert project.count(Count.RULES) == 0
    at = [node[name] for name in town.pressures]
    through = [link[name] for name in FLOW_METERS]
    tank = node["T1"]
    rows: dict[str, list[FloatArray]] = {"pressures": [], "flows": [], "levels": [], "leaks": []}
    project.open_hydraulics()
    project.init_hydraulics()
    clock, before = 0, np.zeros(len(holes))
    while len(rows["flows"]) < len(demand):
        step = clock // STEP
        if clock % STEP == 0:
            for place, column in drawing:
                project.set_base_demand(place + 1, 1, float(demand[step, column]))
            now = coefficients[:, step]
            for k in np.flatnonzero(now != before).tolist():
                project.set_node(holes[k] + 1, NodeValue.EMITTER, float(now[k]))
            before = now
        assert project.solve() < 100
        if clock % STEP == 0:
            pressure = project.node_values(NodeValue.PRESSURE)
            rows["pressures"].append(pressure[at])
            rows["levels"].append(pressure[[tank]])
            rows["flows"].append(project.link_values(LinkValue.FLOW)[through])
            rows["leaks"].append(project.node_values(NodeValue.EMITTER_FLOW)[holes])
        clock += project.advance()
    return rows


def write(town: Town, truth: Truth, found: dict[str, FloatArray], folder: Path) -> None:
    """Files as BattLeDIM's: semicolons between columns, commas in numbers."""
    names = {
        "Pressures": (town.pressures, found["pressures"]),
        "Flows": (FLOW_METERS, found["flows"]),
        "Levels": (("T1",), found["levels"]),
        "Demands": (town.meters, found["meters"]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, values) in names.items():
        _csv(folder / f"2018_SCADA_{name}.csv", columns, values)
    pipes = [leak.pipe for leak in truth.leaks]
    _csv(folder / "2018_Leakages.csv", pipes, np.round(found["leaks"], 2))


def _csv(path: Path, columns: Sequence[str], values: FloatArray) -> None:
    lines = [";".join(["Timestamp", *columns])]
    for k, row in enumerate(values.tolist()):
        at = MONDAY + timedelta(seconds=k * STEP)
        cells = (f"{value:.2f}".replace(".", ",") for value in row)
        lines.append(";".join([f"{at:%Y-%m-%d %H:%M:%S}", *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
