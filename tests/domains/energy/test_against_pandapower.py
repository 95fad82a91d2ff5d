"""Against pandapower 3.3, its default solver and its default transformer model ("t")."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.grids import bus, document, ext_grid, line, load, written
from shared_data import data

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.effects import loading
from kopa.domains.energy.read_pandapower import read
from kopa.domains.energy.topology import BASE, Action

pandapower = pytest.importorskip("pandapower")
networks = pytest.importorskip("pandapower.networks")

# pandapower's own use of pandas and numpy warns; what it calculates is not concerned
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:pandapower"),
    pytest.mark.filterwarnings("ignore::FutureWarning:pandapower"),
]

VOLTS = 1e-8
"""Both solve the same equations; this is the tolerance of their iterations."""


def cigre() -> Any:
    return networks.create_cigre_network_mv()


def cigre_der() -> Any:
    return networks.create_cigre_network_mv(with_der="pv_wind")


def oberrhein_meshed() -> Any:
    net = networks.mv_oberrhein()
    net.switch["closed"] = True
    return net


def high_voltage_meshed() -> Any:
    """IEEE 30 buses, 132 and 33 kV; generators become static ones of the same power."""
    net = networks.case_ieee30()
    pandapower.runpp(net)
    for index, at in net.gen.bus.items():
        pandapower.create_sgen(net, at, net.res_gen.p_mw[index], net.res_gen.q_mvar[index])
    net.gen = net.gen.iloc[:0]
    return net


def tap_at_low_voltage() -> Any:
    net = motley()
    columns = ["tap_side", "tap_pos", "tap_step_degree", "tap_changer_type"]
    net.trafo.loc[0, columns] = ["lv", -4, 60.0, "Symmetrical"]
    return net


def phase_shifter() -> Any:
    net = motley()
    columns = ["tap_pos", "tap_step_percent", "tap_step_degree", "tap_changer_type"]
    net.trafo.loc[0, columns] = [5, 0.0, 1.5, "Ideal"]
    return net


def motley() -> Any:
    """Loads of all kinds, shunts, wards, storage, an impedance and switches between buses."""
    net = pandapower.create_empty_network()
    hv, lv, *more = (pandapower.create_bus(net, kv) for kv in (110, 20, 20, 20, 20, 20))
    pandapower.create_ext_grid(net, hv, vm_pu=1.02, va_degree=10)
    trafo = pandapower.create_transformer(net, hv, lv, "25 MVA 110/20 kV")
    net.trafo.loc[trafo, ["tap_pos", "tap_step_degree"]] = [3, 30.0]
    net.trafo.loc[trafo, "parallel"] = 2
    cable = "NA2XS2Y 1x185 RM/25 12/20 kV"
    for begin, end in ((lv, more[0]), (more[0], more[1]), (more[1], lv)):
        pandapower.create_line(net, begin, end, 3.0, cable, parallel=2)
    pandapower.create_switch(net, more[1], more[2], "b", closed=True)
    pandapower.create_switch(net, more[2], more[3], "b", closed=True, z_ohm=0.5)
    pandapower.create_impedance(net, more[0], more[3], 0.01, 0.05, 10.0)
    shares = {
        "const_z_p_percent": 30,
        "const_z_q_percent": 10,
        "const_i_p_percent": 20,
        "const_i_q_percent": 40,
    }
    pandapower.create_load(net, more[0], 3.0, 1.0, **shares)
    pandapower.create_load(net, more[3], 2.0, 0.5, scaling=0.7)
    pandapower.create_motor(net, more[2], 0.4, 0.85, loading_percent=80, efficiency_percent=93)
    pandapower.create_sgen(net, more[1], 1.5, -0.2)
    pandapower.create_storage(net, more[1], 0.3, 1.0, q_mvar=0.1)
    pandapower.create_shunt(net, more[2], -0.4, 0.01, vn_kv=21.0, step=2)
    pandapower.create_ward(net, more[3], 0.2, 0.1, 0.3, 0.05)
    return net


NETWORKS = {
    "mv_oberrhein": networks.mv_oberrhein,
    "mv_oberrhein, all switches closed": oberrhein_meshed,
    "CIGRE MV": cigre,
    "CIGRE MV with generation": cigre_der,
    "IEEE 30": high_voltage_meshed,
    "motley": motley,
    "motley, tap at low voltage": tap_at_low_voltage,
    "motley, phase shifter": phase_shifter,
}


@pytest.fixture(params=list(NETWORKS), name="pair")
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, Energy]:
    net = NETWORKS[request.param]()
    pandapower.to_json(net, str(tmp_path / "net.json"))
    return net, Energy(read(tmp_path / "net.json")[0])


def theirs(net: Any) -> None:
    pandapower.runpp(
        net, calculate_voltage_angles=True, tolerance_mva=1e-9, voltage_depend_loads=True
    )


def assert_same(net: Any, energy: Energy, flows: Any, state: int) -> None:
    volts = net.res_bus.vm_pu.to_numpy()
    dead = np.isnan(volts)
    assert (dead == (flows.volts[state] == 0)).all()
    np.testing.assert_allclose(flows.volts[state][~dead], volts[~dead], rtol=0, atol=VOLTS)
    angle = net.res_bus.va_degree.to_numpy()[~dead]
    if len(angle) > 1:  # pandapower gives a source that stands alone the angle 0
        np.testing.assert_allclose(np.rad2deg(flows.angle[state][~dead]), angle, rtol=0, atol=1e-6)
    full, first = loading(energy.network, flows)[state], 0
    for table in ("line", "trafo"):
        result = net[f"res_{table}"]
        mine = slice(first, first + len(result))
        first += len(result)
        lost = np.nan_to_num(result.pl_mw.to_numpy())
        np.testing.assert_allclose(flows.losses_mw[state][mine], lost, rtol=0, atol=1e-6)
        percent = np.nan_to_num(result.loading_percent.to_numpy())
        np.testing.assert_allclose(full[mine], percent, rtol=0, atol=1e-4)


def test_base_case(pair: tuple[Any, Energy]) -> None:
    net, energy = pair
    theirs(net)
    flows = energy.power_flow.solve([BASE])
    assert_same(net, energy, flows, 0)
    gave = float(flows.source_mw[0].sum() + flows.fed_mw[0])
    took = float(flows.used_mw[0] + flows.losses_mw[0].sum())
    assert gave == pytest.approx(took, abs=1e-6)


@pytest.mark.parametrize("table", ["line", "trafo"])
def test_every_outage_of_one(pair: tuple[Any, Energy], table: str) -> None:
    net, energy = pair
    ids = [f"{table}:{index}" for index in net[table].index]
    rows = [energy.assets().index[native] for native in ids]
    states = [energy.topology.state(Action(out=frozenset([row]))) for row in rows]
    flows = energy.power_flow.solve(states)
    compared = 0
    for position, index in enumerate(net[table].index):
        was = net[table].loc[index, "in_service"]
        net[table].loc[index, "in_service"] = False
        try:
            theirs(net)
        except pandapower.LoadflowNotConverged:
            # nothing to compare with: what is left may have no solution, or no source at all
            continue
        finally:
            net[table].loc[index, "in_service"] = was
        live = energy.topology.energised(states[position])
        assert (live == ~np.isnan(net.res_bus.vm_pu.to_numpy())).all()
        assert flows.converged[position]
        assert_same(net, energy, flows, position)
        compared += 1
    assert compared >= 0.9 * len(states) - 1


def test_the_pi_model_of_transformers_would_differ() -> None:
    """Says by how much pandapower's two transformer models are apart on mv_oberrhein."""
    net = networks.mv_oberrhein()
    pandapower.runpp(net, trafo_model="t")
    volts = net.res_bus.vm_pu.copy()
    pandapower.runpp(net, trafo_model="pi")
    apart = abs(net.res_bus.vm_pu - volts).max()
    assert 10 * VOLTS < apart < 1e-4


def test_two_buses_by_hand(tmp_path: Path) -> None:
    """V2 of one line without capacitance, from the quadratic in V2² (Kundur 1994, eq. 14.1)."""
    r, x, p, q, v1 = 2.0, 3.0, 4.0, 1.5, 20.0
    wire = line(0, 1, r, x)
    wire[6] = 0.0
    rows = {
        "bus": [bus(v1), bus(v1)],
        "line": [wire],
        "load": [load(1, p, q)],
        "ext_grid": [ext_grid()],
    }
    energy = Energy(read(written(document(rows), tmp_path))[0])
    half = v1**2 / 2 - (p * r + q * x)
    v2 = math.sqrt(half + math.sqrt(half**2 - (p**2 + q**2) * (r**2 + x**2)))
    flows = energy.power_flow.solve([BASE])
    assert flows.volts[0, 1] * v1 == pytest.approx(v2, abs=1e-9)
    assert flows.losses_mw[0, 0] == pytest.approx((p**2 + q**2) / v2**2 * r, abs=1e-9)


def test_micropolis_against_the_results_in_its_file() -> None:
    """Written by pandapower 2.6, which left out phase shifts below 70 kV: voltages only."""
    file = data("coupled", "micropolis", "power.json")
    energy = Energy(read(file)[0])
    content = json.loads(file.read_text())["_object"]
    flows = energy.power_flow.solve([BASE])
    for name, column, ours in (
        ("res_bus", "vm_pu", flows.volts[0]),
        ("res_line", "pl_mw", flows.losses_mw[0]),
        ("res_line", "loading_percent", loading(energy.network, flows)[0]),
    ):
        table = json.loads(content[name]["_object"])
        at = table["columns"].index(column)
        theirs_ = np.array([row[at] for row in table["data"]], dtype=float)
        np.testing.assert_allclose(ours[: len(theirs_)], theirs_, rtol=1e-9, atol=1e-8)
