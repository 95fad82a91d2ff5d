"""The same runs by WNTR: its EPANET 2.2, and its own solver, which shares no code with EPANET.

Tolerances: EPANET stops when flows change by less than the file's accuracy (Net3 0.001, L-TOWN
0.01, ky8 0.0001); WNTR reads EPANET's results in single precision, and takes 1 psi for 0.70325 m
where EPANET takes 0.70344 m, 2 cm at 70 m. Pressures of junctions that ask for water agree to
3 cm, and flows of all junctions together to 0.1 %, on L-TOWN 5 cm and 0.3 %;
on ky8 0.2 %, as EPANET 2.2 lets each of its 1255 junctions take a drop more than it asks for.

References
----------
Klise, Bynum, Moriarty and Murray (2017), A software framework for assessing the resilience of
drinking water systems to disasters, Environ. Modell. Softw. 95.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from shared_data import data

from kopa.domain import Change
from kopa.domains.water.domain import Water
from kopa.domains.water.hydraulics import Hydraulics
from kopa.domains.water.network import Network, Service
from kopa.domains.water.read_inp import read_inp
from kopa.model import Window

wntr = pytest.importorskip("wntr")

SERVICE = Service(0.0, 20.0, 0.5)
TOLERANCE = {"Net3": (0.03, 1e-3), "L-TOWN": (0.05, 3e-3), "ky8_v": (0.03, 2e-3)}
STEP = {"Net3": 3600, "L-TOWN": 300, "ky8_v": 3600}  # the files' own hydraulic time steps


def theirs(name: str, shut: tuple[str, ...], steps: int, simulator: str, folder: Path):
    """Demand m³/s and pressure m by moment and junction."""
    with warnings.catch_warnings():
        # WNTR warns of units and curves in the published files; that is not what is tested
        warnings.simplefilter("ignore")
        model = wntr.network.WaterNetworkModel(str(data("water", f"{name}.inp")))
        options = model.options
        options.hydraulic.demand_model = "PDD"
        options.hydraulic.required_pressure = SERVICE.required
        options.hydraulic.minimum_pressure = SERVICE.minimum
        options.hydraulic.pressure_exponent = SERVICE.exponent
        options.time.duration = steps * STEP[name]
        options.time.report_timestep = options.time.hydraulic_timestep = STEP[name]
        for link in shut:
            model.get_link(link).initial_status = wntr.network.LinkStatus.Closed
        if simulator == "epanet":
            run = wntr.sim.EpanetSimulator(model).run_sim(file_prefix=str(folder / "wntr"))
        else:
            run = wntr.sim.WNTRSimulator(model).run_sim()
    names = model.junction_name_list
    return names, run.node["demand"][names].to_numpy(), run.node["pressure"][names].to_numpy()


def ours(network: Network, shut: tuple[str, ...], window: Window) -> Hydraulics:
    """A run in which the links are shut from the first moment on."""
    model = Water(network)
    ids = network.assets.ids
    rows = [network.link_row(network.link_ids.index(name)) for name in shut]
    changes = [Change("water", ids[row], "closed", start=0, end=100 * 3600) for row in rows]
    return model.solve(window, changes, {})[1]


def compare(name: str, shut: tuple[str, ...], steps: int, simulator: str, folder: Path) -> None:
    network, _ = read_inp(data("water", f"{name}.inp"), SERVICE)
    names, demand, pressure = theirs(name, shut, steps, simulator, folder)
    rows = [network.node_ids.index(name) for name in names]
    for_pressure, for_flow = TOLERANCE[name]
    for moment in (0, steps):
        run = ours(network, shut, Window(moment * STEP[name], 1, 1))
        delivered = run.delivered[0][rows]
        fed = ~run.cuts[0].nodes[rows] if run.cuts else np.ones(len(rows), dtype=bool)
        total = np.maximum(demand[moment][fed], 0.0).sum()
        assert delivered.sum() == pytest.approx(total, rel=for_flow)
        assert np.abs(delivered - demand[moment])[fed].max() < 2 * for_flow * total
        asks = fed & (run.wanted[0][rows] > 0)
        assert np.abs(run.pressure[0][rows] - pressure[moment])[asks].max() < for_pressure
        if shut:
            assert run.wanted.sum() - run.delivered.sum() > 1e-3 * run.wanted.sum()


CASES = [
    ("Net3", (), 1),
    ("Net3", ("233",), 1),
    ("Net3", ("193", "173"), 1),
    ("L-TOWN", (), 12),
    ("L-TOWN", ("p239",), 12),
    ("ky8_v", (), 3),
]


@pytest.mark.parametrize(("name", "shut", "steps"), CASES)
def test_against_epanet_by_wntr(
    name: str, shut: tuple[str, ...], steps: int, tmp_path: Path
) -> None:
    compare(name, shut, steps, "epanet", tmp_path)


@pytest.mark.parametrize(("name", "shut", "steps"), CASES[:5])
def test_against_the_solver_of_wntr(
    name: str, shut: tuple[str, ...], steps: int, tmp_path: Path
) -> None:
    """Fewer moments than a day: this solver takes 0.05 s a moment on L-TOWN."""
    compare(name, shut, steps, "wntr", tmp_path)


def test_a_day_of_net3_against_epanet_by_wntr(tmp_path: Path) -> None:
    """Tanks, pumps and controls for 24 h: the volume delivered, and the tanks' use."""
    network, _ = read_inp(data("water", "Net3.inp"), SERVICE)
    run = ours(network, (), Window(0, 3600, 24))
    names, demand, pressure = theirs("Net3", (), 24, "epanet", tmp_path)
    rows = [network.node_ids.index(name) for name in names]
    assert run.delivered.sum() == pytest.approx(demand[:24].sum() * 3600, rel=1e-3)
    assert np.median(np.abs(run.pressure[:, rows] - pressure[:24])) < 0.5
