"""Results are pandapipes' own, to the digit, where nothing is coupled; and those of DESTEST."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kopa.domains.heat.domain import HeatDomain
from kopa.domains.heat.engine_pandapipes import OPTIONS
from kopa.domains.heat.network import ZERO_C
from kopa.domains.heat.read_file import Weather, read

from .nets import feature, ring, write

pandapipes = pytest.importorskip("pandapipes")


def _table(net: Any, name: str, column: str) -> Any:
    return net[name][column].to_numpy()


def _same(domain: HeatDomain, net: Any) -> None:
    steady = domain.steady
    flow = steady.solve(steady.usual()).flow
    assert flow is not None
    pairs = (
        (flow.delivered, "res_heat_consumer", "qext_w"),
        (flow.supply, "res_heat_consumer", "t_from_k"),
        (flow.back, "res_heat_consumer", "t_outlet_k"),
        (flow.consumer_flow, "res_heat_consumer", "mdot_from_kg_per_s"),
        (flow.pipe_flow, "res_pipe", "mdot_from_kg_per_s"),
        (flow.pipe_out, "res_pipe", "t_outlet_k"),
        (flow.produced, "res_circ_pump_pressure", "qext_w"),
        (flow.volume, "res_circ_pump_pressure", "vdot_m3_per_s"),
    )
    for mine, table, column in pairs:
        assert np.array_equal(mine, _table(net, table, column), equal_nan=True), column


@pytest.mark.filterwarnings("ignore")
def test_a_town_of_pandapipes_to_the_digit() -> None:
    """The heat network of Schutterwald that pandapipes brings: 482 pipes, 44 consumers."""
    folder = files("pandapipes").joinpath("networks", "network_files")
    file = Path(str(folder.joinpath("sw_heat.json")))
    domain = HeatDomain(read(file)[0])
    net = pandapipes.from_json(str(file))
    pandapipes.pipeflow(net, **OPTIONS)
    assert len(domain.network.consumers) == 44
    _same(domain, net)


@pytest.mark.filterwarnings("ignore")
def test_a_ring_built_by_hand_to_the_digit(tmp_path: Path) -> None:
    """GeoJSON becomes the net that somebody would build with pandapipes' own functions."""
    domain = HeatDomain(read(write(tmp_path, ring()))[0])
    pipes = domain.network.pipes
    net = pandapipes.create_empty_network(fluid="water")
    pandapipes.create_junctions(net, 12, 7, 333.15)
    pandapipes.create_circ_pump_const_pressure(net, 6, 0, 7, 3, 363.15)
    ends = [(0, 1), (1, 2), (1, 3), (2, 4), (2, 5), (0, 2)]
    length = [300, 300, 30, 30, 30, 700]
    inner = [70, 70, 28, 28, 28, 50]
    for begin, end, metres, mm in [
        *((a, b, m, d) for (a, b), m, d in zip(ends, length, inner, strict=True)),
        *((b + 6, a + 6, m, d) for (a, b), m, d in zip(ends, length, inner, strict=True)),
    ]:
        pandapipes.create_pipe_from_parameters(
            net, begin, end, metres / 1000, mm, k_mm=0.1, text_k=8 + ZERO_C,
            u_w_per_m2k=0.2 / (np.pi * mm / 1000),
        )  # fmt: skip
    for supply, heat in ((3, 100e3), (4, 120e3), (5, 80e3)):
        pandapipes.create_heat_consumer(net, supply, supply + 6, qext_w=heat, treturn_k=323.15)
    pandapipes.pipeflow(net, **OPTIONS, ambient_temperature=8 + ZERO_C)
    assert pipes.length == pytest.approx([*length, *length])
    steady = domain.steady
    flow = steady.solve(steady.usual()).flow
    assert flow is not None
    assert flow.supply == pytest.approx(_table(net, "res_heat_consumer", "t_from_k"), abs=1e-9)
    assert flow.produced == pytest.approx(_table(net, "res_circ_pump_pressure", "qext_w"))
    assert flow.pressure == pytest.approx(
        _table(net, "res_heat_consumer", "p_from_bar")
        - _table(net, "res_heat_consumer", "p_to_bar"),
        abs=1e-9,
    )


BRANCHES = {"h": (68, 0), "g": (68, 24), "f": (68, 48), "e": (68, 72)} | {
    "d": (20, 0), "c": (20, 24), "b": (20, 48), "a": (20, 72)
}  # fmt: skip
MAINS = (
    ("i", "h", 36, 50), ("h", "g", 24, 50), ("g", "f", 24, 40), ("f", "e", 24, 32),
    ("i", "d", 36, 50), ("d", "c", 24, 50), ("c", "b", 24, 40), ("b", "a", 24, 32),
)  # fmt: skip
INSULATION_MM = {20: 45, 25: 42.5, 32: 46.5, 40: 42.5, 50: 45}


def destest() -> list[dict[str, Any]]:
    """Sixteen equal buildings on two branches, two of them at each of eight crossings."""
    places = BRANCHES | {"i": (44, -12)}

    def pipe(name: str, mm: float, *points: tuple[float, float]) -> dict[str, Any]:
        steel, thick = mm / 1000, INSULATION_MM[int(mm)] / 1000
        casing = steel + 2 * thick
        foam = np.log(casing / steel) / (2 * np.pi * 0.035)
        soil = np.log(4 * 1.0 / casing) / (2 * np.pi * 1.5)
        metres = float(np.hypot(*np.diff(np.array(points), axis=0)[0]))
        length = 36 if name in ("i-h", "i-d") else metres
        properties = {
            "id": name, "kind": "pipe", "diameter_mm": mm, "length_m": length,
            "loss_w_mk": 1 / (foam + soil), "roughness_mm": 0.05,
        }  # fmt: skip
        return feature(properties, *(list(map(float, point)) for point in points))

    found = [pipe(f"{a}-{b}", mm, places[a], places[b]) for a, b, _, mm in MAINS]
    for name, (x, y) in BRANCHES.items():
        for side in (-12, 12):
            house = f"{name}{side:+d}"
            mm = 25 if name in "ae" else 20
            found.append(pipe(f"{name}-{house}", mm, (x, y), (x + side, y)))
            properties = {"id": house, "kind": "consumer", "heat_kw": 19.3473, "return_c": 39.44}
            found.append(feature(properties, [x + side, y]))
    plant = {"id": "plant", "kind": "plant", "supply_c": 70, "lift_bar": 1.5}
    return [*found, feature(plant, [44, -12])]


def test_destest(tmp_path: Path) -> None:
    """The network of 16 buildings of IBPSA Project 1 (IEA DHC), at its peak.

    Six simulations were handed in (Modelica, TRNSYS, SIM-VICUS). Their heat sources give 308.2
    (which leaves the losses out) to 314.3 kW; most have 8,848 kg/h, cooled by 30 K, leave at
    70 °C, 69.43 to 69.48 °C arrive at the farthest building, and 5.45 kW be lost. Lengths,
    diameters, insulation (0.035 W/(m K)) and roughness are those of the exercise; ground of
    12 °C is that of its model generator. The resistance of the ground, 1 m of soil of
    1.5 W/(m K), is ours (EN 13941-1): nobody says it.
    """
    network = read(write(tmp_path, destest()), Weather(ground=12))[0]
    users = network.consumers
    none, each = np.full(16, np.nan), np.full(16, 8848 / 16 / 3600)
    users = replace(users, heat=none, back=none, flow=each, cooling=np.full(16, 30.0))
    steady = HeatDomain(replace(network, consumers=users)).steady
    flow = steady.solve(steady.usual()).flow
    assert flow is not None
    lost = float(steady.losses(flow).sum()) / 1000
    assert lost == pytest.approx(5.45, abs=0.1)
    assert 308 <= flow.produced.sum() / 1000 <= 315
    assert flow.produced.sum() == pytest.approx(flow.delivered.sum() + lost * 1000, abs=20)
    assert flow.produced.sum() == pytest.approx(313_650, rel=3e-3)
    assert flow.supply.min() - ZERO_C == pytest.approx(69.45, abs=0.03)
    mains = flow.pipe_out[: len(MAINS)] - ZERO_C
    assert mains[:4] == pytest.approx([69.94, 69.87, 69.76, 69.59], abs=0.03)
    assert mains[:4] == pytest.approx(mains[4:])
    assert steady.rated == pytest.approx(np.full(16, 19_347), rel=5e-3)


def test_the_losses_of_a_pipe_by_hand(tmp_path: Path) -> None:
    """Water cools exponentially along a pipe: T = Tg + (T0 - Tg) exp(-UL / (m cp))."""
    domain = HeatDomain(read(write(tmp_path))[0])
    steady = domain.steady
    flow = steady.solve(steady.usual()).flow
    assert flow is not None
    lost = steady.losses(flow)
    cp = lost[0] / (flow.pipe_flow[0] * (flow.pipe_in[0] - flow.pipe_out[0]))
    assert 4180 < cp < 4210  # J/(kg K), water at 90 °C
    left = np.exp(-0.2 * 300 / (flow.pipe_flow[0] * cp))
    assert flow.pipe_out[0] == pytest.approx(281.15 + (363.15 - 281.15) * left, abs=1e-6)


def test_the_file_is_not_run(tmp_path: Path) -> None:
    """A file that names code to be loaded is read as data, or refused."""
    evil = {"_module": "os", "_class": "system", "_object": "touch hacked"}
    whole = {"_class": "pandapipesNet", "_object": {"junction": evil, "fluid": evil}}
    file = tmp_path / "net.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(Exception, match="fluid"):
        read(file)
    assert not Path("hacked").exists()
