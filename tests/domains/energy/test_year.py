"""Power flows of many steps by profiles, held against pandapower and hand calculation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.grids import bus, document, energy, ext_grid, line, load, ring, written
from domains.energy.test_screen import job
from schemas import valid

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.read_pandapower import read
from kopa.domains.energy.read_profiles import read_profiles
from kopa.domains.energy.read_series import read_series
from kopa.domains.energy.year import year
from kopa.errors import InputError

# pandapower's own networks lack a column that pandapower warns of
pytestmark = pytest.mark.filterwarnings("ignore:tap_dependency_table:DeprecationWarning")


def test_as_pandapower_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandapower
    from pandapower.networks import mv_oberrhein

    monkeypatch.setattr("kopa.domains.energy.year.CELLS", 2000)  # some steps a batch
    net = mv_oberrhein()
    pandapower.to_json(net, str(tmp_path / "grid.json"))
    grid = Energy(read(tmp_path / "grid.json")[0])
    random = np.random.default_rng(1)
    factors = random.uniform(0.1, 1.5, (7, len(net.load)))
    sun = random.uniform(0, 1, 7)
    heads = [*(f"load:{i}" for i in net.load.index), "sgen"]
    file = csv(tmp_path, heads, np.column_stack([factors, sun]))
    profiles, findings = read_profiles(file, grid.network)
    assert not findings
    limits = Limits(1.02, 1.03, 20.0)
    found = year(grid, profiles, limits)
    theirs = [stepped(net, row, one) for row, one in zip(factors, sun, strict=True)]
    volts = np.array([volts for volts, _, _ in theirs])
    buses = [grid.assets().ids.index(f"bus:{i}") for i in net.bus.index]
    np.testing.assert_allclose(found.lowest.value[buses], volts.min(axis=0), atol=1e-7)
    np.testing.assert_allclose(found.highest.value[buses], volts.max(axis=0), atol=1e-7)
    at_its_step = volts[found.lowest.step[buses], np.arange(len(buses))]
    np.testing.assert_allclose(at_its_step, volts.min(axis=0), atol=1e-9)
    assert found.lowest.hours[buses].tolist() == ((volts < 1.02).sum(axis=0) / 4).tolist()
    assert found.highest.hours[buses].tolist() == ((volts > 1.03).sum(axis=0) / 4).tolist()
    assert found.lowest.hours.any()
    assert found.highest.hours.any()
    lines = [list(grid.network.edges.rows).index(grid.assets().ids.index(f"line:{i}"))
             for i in net.line.index]  # fmt: skip
    full = np.array([full for _, full, _ in theirs])
    np.testing.assert_allclose(found.fullest.value[lines], full.max(axis=0), atol=1e-4)
    assert found.fullest.step[lines[0]] == full[:, 0].argmax()
    assert found.fullest.hours[lines].tolist() == ((full > 20).sum(axis=0) / 4).tolist()
    np.testing.assert_allclose(found.losses_mw, [lost for _, _, lost in theirs], atol=1e-6)
    given = found.source_mw + found.fed_mw
    np.testing.assert_allclose(given, found.used_mw + found.losses_mw, atol=1e-6)


def stepped(net: Any, loads: np.ndarray, sun: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Voltages, loadings of lines and losses by pandapower."""
    import pandapower

    kept = net.load.scaling.copy(), net.sgen.scaling.copy()
    net.load.scaling *= loads
    net.sgen.scaling *= sun
    pandapower.runpp(net)
    net.load.scaling, net.sgen.scaling = kept
    lost = net.res_line.pl_mw.sum() + net.res_trafo.pl_mw.sum()
    return net.res_bus.vm_pu.to_numpy(), net.res_line.loading_percent.to_numpy(), float(lost)


def csv(folder: Path, heads: list[str], values: Any, minutes: int = 15, zone: str = "") -> Path:
    """A file of profiles from 2026 on."""
    moments = np.datetime64("2026-01-01T00:00", "m") + np.timedelta64(minutes, "m") * np.arange(
        len(values)
    )
    rows = [
        ",".join([f"{moment}{zone}", *map(str, row)])
        for moment, row in zip(moments, values, strict=True)
    ]
    file = folder / "profiles.csv"
    file.write_text("\n".join([",".join(["time", *heads]), *rows]), encoding="utf-8")
    return file


def small(folder: Path) -> Energy:
    """A load of 2 MW and 0.4 Mvar behind a line without losses to speak of."""
    rows = {"bus": [bus(), bus()], "line": [line(0, 1, r=1e-6, x=1e-6)], "ext_grid": [ext_grid()]}
    rows["line"][0][6] = 0.0  # c_nf_per_km
    sgen = [["PV", 1, 4.0, 0.0, 1.0, True]]
    return energy({**rows, "load": [load(1, 2.0, 0.4)], "sgen": sgen}, folder)


def test_powers_and_factors(tmp_path: Path) -> None:
    """A column in kW is a power; a kind's column leaves units with their own alone."""
    grid = small(tmp_path)
    file = csv(tmp_path, ["LOAD1 [kW]", "sgen", "load"], [[500, 0, 9], [3000, 1, 9]], 60, "+02:00")
    profiles, findings = read_profiles(file, grid.network)
    assert not findings
    assert profiles.series.told(0) == "2025-12-31T22:00:00Z"
    found = year(grid, profiles, Limits())
    assert found.used_mw == pytest.approx([0.5, 3.0])
    assert found.source_mw == pytest.approx([0.5, -1.0], abs=1e-4)


def test_as_json_with_an_impossible_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = str(written(document(ring()), tmp_path))
    file = csv(tmp_path, ["load", "sgen"], [[1, 1], [1e4, 1], [0.1, 1], [0.0, 2]], 60, "Z")
    assert job("year", grid, str(file), "--json") == 0
    answer = valid("energy-year", capsys.readouterr().out)
    assert answer["status"] == "partial"
    assert answer["unsolved"] == ["2026-01-01T01:00:00Z"]
    assert answer["steps"] == 4
    energies = answer["energy_mwh"]
    assert energies["used"] == pytest.approx(4.1 + 0.5 + 0.1, rel=1e-6)
    assert energies["generators"] == pytest.approx(0.5 * 4)
    given = energies["sources"] + energies["generators"]
    assert given == pytest.approx(energies["used"] + energies["losses"])
    assert answer["peak"]["at"] == "2026-01-01T00:00:00Z"
    back = answer["reverse_flow"]
    assert (back["hours"], back["at"]) == (1.0, "2026-01-01T03:00:00Z")
    assert back["mwh"] == pytest.approx(back["max_mw"])
    assert [finding["code"] for finding in answer["findings"]] == [
        "energy.profiles-left",
        "energy.not-converged",
    ]
    assert job("year", grid, str(file)) == 0
    assert "power goes back in 1.00 h" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,load\n1,2", ["column"]),
        ("time,load\n2026-01-01T00:00,1", ["empty"]),
        ("time,load\nx,1\n2026-01-01T01:00,1", ["time"]),
        ("time,load\n2026-01-01T00:00,1\n2026-01-01T01:00Z,1\n2026-01-01T02:00,1", ["time"]),
        ("time,load\n2026-01-01T00,1\n2026-01-01T01,\n2026-01-01T02,x", ["number", "number"]),
        ("time,load\n2026-01-01T00,1\n2026-01-01T01,1\n2026-01-01T03,1", ["step"]),
        ("time,load:77,bus:1\n2026-01-01T00,1,1\n2026-01-01T01,1,1", ["column", "column"]),
        ("time,load:0,LOAD2\n2026-01-01T00,1,1\n2026-01-01T01,1,1", ["twice"]),
        ("time,load [kW]\n2026-01-01T00,1\n2026-01-01T01,1", ["unit"]),
        ("", ["csv"]),
        ("time,load\n2026-01-01T00,1,5,6\n2026-01-01T01,1", ["csv"]),
    ],
)
def test_broken_files(tmp_path: Path, text: str, told: list[str]) -> None:
    file = tmp_path / "profiles.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_profiles(file, energy(ring(), tmp_path).network)
    wrong = [one.code for one in caught.value.findings if one.severity == "error"]
    assert wrong == [f"energy.profiles-{code}" for code in told]
    assert all(one.file == "profiles.csv" for one in caught.value.findings)


def test_broken_file_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grid = str(written(document(ring()), tmp_path))
    assert job("year", grid, str(tmp_path / "none.csv"), "--json") == 1
    assert valid("energy-year", capsys.readouterr().out)["status"] == "unknown"


def test_power_of_a_head_is_drawn_whatever_the_file_has(tmp_path: Path) -> None:
    """A load that feeds in 1 MW in the grid's file, and draws 500 kW in the profile."""
    grid = energy({**ring(), "load": [load(2, -1.0, 0.2)], "motor": [], "sgen": []}, tmp_path)
    profiles, _ = read_profiles(csv(tmp_path, ["load:0 [kW]"], [[500.0], [-250.0]]), grid.network)
    found = year(grid, profiles, Limits())
    assert found.used_mw == pytest.approx([0.5, -0.25])
    rows = {**ring(), "load": [], "motor": []}
    grid = energy(rows, tmp_path)
    profiles, _ = read_profiles(csv(tmp_path, ["sgen:0 [kW]"], [[500.0], [250.0]]), grid.network)
    assert year(grid, profiles, Limits()).fed_mw == pytest.approx([0.5, 0.25])


def test_grid_without_lines_or_loads(tmp_path: Path) -> None:
    grid = energy({"bus": [bus()], "ext_grid": [ext_grid()], "load": [load(0)]}, tmp_path)
    profiles, _ = read_profiles(csv(tmp_path, ["load"], [[1.0], [2.0]]), grid.network)
    found = year(grid, profiles, Limits())
    assert found.source_mw == pytest.approx([1, 2])
    assert not len(found.fullest.value)


def test_offset_of_whole_hours(tmp_path: Path) -> None:
    """As databases write it: +02 is an offset as +02:00 is."""
    rows = [f"2026-03-29 0{hour}:00:00+02,1" for hour in (1, 2)]
    file = tmp_path / "profiles.csv"
    file.write_text("\n".join(["time,load", *rows]), encoding="utf-8")
    series = read_series(file, "profiles")
    assert (series.zone, series.told(0)) == ("UTC", "2026-03-28T23:00:00Z")
    file.write_text("time,load\n2026-03-29,1\n2026-03-30,1\n", encoding="utf-8")
    assert read_series(file, "profiles").zone == ""
