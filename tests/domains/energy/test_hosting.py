"""Hosting capacity, held against a bisection by pandapower."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from domains.energy.grids import bus, document, energy, ext_grid, line, load, ring, written
from domains.energy.test_screen import job
from schemas import valid

from kopa.domains.energy.domain import Energy
from kopa.domains.energy.hosting import RESOLUTION_MW, hosting, together
from kopa.domains.energy.limits import Limits
from kopa.domains.energy.read_pandapower import read

# pandapower's own networks lack a column that pandapower warns of
pytestmark = pytest.mark.filterwarnings("ignore:tap_dependency_table:DeprecationWarning")


@pytest.mark.parametrize("generates", [True, False], ids=["pv", "chargers"])
def test_as_a_bisection_by_pandapower(tmp_path: Path, generates: bool) -> None:
    import pandapower
    from pandapower.networks import mv_oberrhein

    net = mv_oberrhein()
    pandapower.to_json(net, str(tmp_path / "grid.json"))
    grid = Energy(read(tmp_path / "grid.json")[0])
    limits = Limits(0.93, 1.06, 90.0)
    found = hosting(grid, 0.95, generates, limits, 0.6)
    net.load["scaling"] *= 0.6
    names = [grid.assets().ids[row] for row in found.buses]
    for name in ("bus:48", "bus:131", "bus:290"):
        theirs = bisected(net, int(name.split(":")[1]), generates, limits)
        assert found.mw[names.index(name)] == pytest.approx(theirs, abs=2 * RESOLUTION_MW)


def bisected(net: Any, at: int, generates: bool, limits: Limits) -> float:
    import pandapower

    add = pandapower.create_sgen if generates else pandapower.create_load
    sign = -1.0 if generates else 1.0  # it draws reactive power
    index = add(net, at, 0.0, q_mvar=0.0)
    table = net.sgen if generates else net.load
    low, high = 0.0, 40.0
    while high - low > RESOLUTION_MW / 2:
        mw = (low + high) / 2
        table.loc[index, "p_mw"] = mw
        table.loc[index, "q_mvar"] = sign * mw * np.tan(np.arccos(0.95))
        low, high = (mw, high) if within(net, limits) else (low, mw)
    table.drop(index, inplace=True)
    return low


def within(net: Any, limits: Limits) -> bool:
    import pandapower

    try:
        pandapower.runpp(net)
    except pandapower.LoadflowNotConverged:
        return False
    return bool(
        net.res_bus.vm_pu.between(limits.low, limits.high).all()
        and net.res_line.loading_percent.max() <= limits.loading
        and net.res_trafo.loading_percent.max() <= limits.loading
    )


def test_by_hand(tmp_path: Path) -> None:
    """One line of 0.3 kA at 20 kV and 1 p.u.: sqrt(3) 20 0.3 = 10.39 MVA."""
    rows = {"bus": [bus(), bus()], "line": [line(0, 1, r=1e-6, x=1e-6)], "ext_grid": [ext_grid()]}
    rows["line"][0][6] = 0.0  # c_nf_per_km
    found = hosting(energy({**rows, "load": [load(1, 2.0, 0.0)]}, tmp_path), 1.0, True, Limits())
    assert found.mw == pytest.approx([np.inf, 12.392], abs=2e-3)
    assert found.binds == ("", "loading")
    more = hosting(energy({**rows, "load": [load(1, 2.0, 0.0)]}, tmp_path), 1.0, False, Limits())
    assert more.mw == pytest.approx([np.inf, 8.392], abs=2e-3)


def test_a_limit_that_is_broken_already_counts_where_it_gets_worse(tmp_path: Path) -> None:
    grid = energy(ring(), tmp_path)
    usual = hosting(grid, 1.0, False, Limits())
    strict = hosting(grid, 1.0, False, Limits(low=1.05))
    assert (usual.mw[1:] > 1).all()
    assert (strict.mw[1:] < 0.01).all()
    assert set(strict.binds[1:]) == {"voltage"}
    # generation lifts a voltage that is too low: it makes nothing worse
    lifted = hosting(grid, 1.0, True, Limits(low=1.05, high=1.2))
    assert (lifted.mw[1:] > 1).all()


def test_the_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(written(document(ring()), tmp_path))
    assert job("hosting", file, "--json") == 0
    found = valid("energy-hosting", capsys.readouterr().out)
    assert [row["id"] for row in found["buses"]] == [f"bus:{i}" for i in range(6)]
    assert all(row["pv"]["mw"] > 0 for row in found["buses"][1:])
    assert job("hosting", file) == 0
    assert "Buses that take least" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        job("hosting", file, "--power-factor", "0.2")


def test_all_at_once_as_pandapower(tmp_path: Path) -> None:
    """3 MW at every fourth load: the share holds by pandapower, a little more does not."""
    import pandapower
    from pandapower.networks import mv_oberrhein

    net = mv_oberrhein()
    pandapower.to_json(net, str(tmp_path / "grid.json"))
    grid = Energy(read(tmp_path / "grid.json")[0])
    limits = Limits(0.9, 1.06, 80.0)
    buses = sorted(set(net.load.bus.tolist()))[::4]
    wanted = np.zeros(grid.network.buses)
    wanted[[grid.assets().ids.index(f"bus:{at}") for at in buses]] = 3.0
    found = together(grid, wanted, 1.0, True, limits)
    assert 0.05 < found.share < 0.95
    assert found.binds == "voltage"
    made = [pandapower.create_sgen(net, at, 0.0) for at in buses]
    for share, holds in ((found.share - 1e-4, True), (found.share + 1e-4, False)):
        net.sgen.loc[made, "p_mw"] = 3 * share
        assert within(net, limits) == holds


def test_what_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """10.39 MVA of the line and 2 MW of the load: 12.392 of 20 MW fit."""
    rows = {"bus": [bus(), bus()], "line": [line(0, 1, r=1e-6, x=1e-6)], "ext_grid": [ext_grid()]}
    rows["line"][0][6] = 0.0  # c_nf_per_km
    grid = str(written(document({**rows, "load": [load(1, 2.0, 0.0)]}), tmp_path))
    roofs = tmp_path / "roofs.csv"
    roofs.write_text("asset,kw\nbus:1,15000\nload:0,5000\n", encoding="utf-8")
    assert job("hosting", grid, "--wanted", str(roofs), "--json") == 0
    one = valid("energy-hosting", capsys.readouterr().out)["together"]
    assert (one["kind"], one["wanted_mw"], one["binds"], one["at"]) == (
        *("pv", 20.0, "loading", "line:0"),
    )
    assert one["share"] == pytest.approx(12.392 / 20, abs=1e-4)
    roofs.write_text("asset,kw\nbus:1,5000\n", encoding="utf-8")
    words = ("hosting", grid, "--wanted", str(roofs), "--wanted-is", "chargers", "--json")
    assert job(*words) == 0
    one = valid("energy-hosting", capsys.readouterr().out)["together"]
    assert (one["kind"], one["share"], one["binds"]) == ("chargers", 1.0, "")
    assert job(*words[:-1]) == 0
    assert "100.0% fit" in capsys.readouterr().out


def test_broken_wishes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ring()
    rows["bus"].append(bus())  # nothing leads to it
    grid = str(written(document(rows), tmp_path))
    file = tmp_path / "roofs.csv"
    for text, count in (
        ("asset,mw\nbus:1,5", 1),
        ("asset,kw\nline:0,5\nbus:1,-2\nnone,5\nbus:2,x", 4),
        ("asset,kw\n", 1),
        ("asset,kw,asset\nbus:1,5,bus:2", 1),
        ("asset,kw\nbus:6,5", 1),
    ):
        file.write_text(text, encoding="utf-8")
        assert job("hosting", grid, "--wanted", str(file), "--json") == 1
        told = valid("energy-hosting", capsys.readouterr().out)["findings"]
        assert [one["code"] for one in told] == ["energy.wanted"] * count
