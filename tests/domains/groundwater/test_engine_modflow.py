"""MODFLOW 6 against analytic elements where they hold, and against Dupuit where they do not.

These run where the program ``mf6`` is, which no package index and not Debian carries.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from domains.groundwater.fields import aquifer, field, four
from domains.groundwater.test_cli import as_json

from kopa.domains.groundwater.drawdown import at_points
from kopa.domains.groundwater.engine_modflow import numerical, program
from kopa.domains.groundwater.network import Field, Observations, River
from kopa.domains.groundwater.numerical_grid import axes
from kopa.domains.groundwater.read_field import DAY
from kopa.errors import EngineError

YEAR = 365 * DAY


@pytest.fixture
def _mf6() -> None:
    try:
        program()
    except EngineError as error:
        pytest.skip(str(error))


def observed(one: Field, x: list[float], layer: int = 0) -> Field:
    """A field with points on the axis y = 0."""
    n = len(x)
    names = tuple(f"P{i}" for i in range(n))
    points = Observations(
        names, names, np.array(x), np.zeros(n), np.full(n, layer), np.full(n, np.inf), ("",) * n
    )
    return replace(one, observations=points)


def two(ground=None, rivers: tuple[River, ...] = ()) -> Field:  # type: ignore[no-untyped-def]
    wells = np.array([[0.0, 0.0], [150.0, 60.0]])
    return observed(field(ground or aquifer(), wells, [400, 900], rivers), [40.0, 300.0])


RIVER = River("R", "", np.array([[250.0, -4000.0], [250.0, 4000.0]]), 0, 0.0, 10.0)
BED = replace(RIVER, bed_resistance=5 * DAY)


@pytest.mark.usefixtures("_mf6")
@pytest.mark.parametrize(
    "one",
    [two(), two(aquifer(500.0)), two(aquifer(layers=2)), two(rivers=(RIVER,)), two(rivers=(BED,))],
    ids=["confined", "leaky", "two layers", "river", "river with a bed"],
)
@pytest.mark.parametrize("seconds", [DAY, YEAR], ids=["a day", "a year"])
def test_it_agrees_with_analytic_elements(one: Field, seconds: float) -> None:
    model = numerical(one, one.wells.discharge, seconds)
    linear = at_points(one, one.wells.discharge, seconds)
    assert model.at_points(one) == pytest.approx(linear, rel=0.02, abs=0.02 * linear.max())
    assert model.given == pytest.approx(one.wells.discharge)


def free(discharge_m3_d: float) -> Field:
    """One well in a free aquifer of 20 m and 25 m/d."""
    ground = replace(aquifer(), phreatic=True, storage=np.array([0.1]))
    return observed(field(ground, np.zeros((1, 2)), [discharge_m3_d]), [10.0, 30.0])


@pytest.mark.usefixtures("_mf6")
def test_a_free_aquifer_gets_thinner() -> None:
    """H² - h² grows by Q / (π K) ln(r2 / r1) (Dupuit 1863; Kruseman and de Ridder 1994, 9.1)."""
    one = free(2500)
    model = numerical(one, one.wells.discharge, YEAR)
    left = 20 - model.at_points(one)[1:]
    expected = 2500 / (np.pi * 25) * np.log(3)
    assert left[1] ** 2 - left[0] ** 2 == pytest.approx(expected, rel=0.02)
    # the linear model, with its whole thickness, tells less at the well
    assert model.wells[0] > 1.1 * at_points(one, one.wells.discharge, YEAR)[0]


@pytest.mark.usefixtures("_mf6")
def test_a_well_that_runs_dry_gives_less() -> None:
    one = free(6000)
    model = numerical(one, one.wells.discharge, YEAR)
    assert 0.3 < model.given[0] / one.wells.discharge[0] < 0.95
    assert model.wells[0] < 20


@pytest.mark.usefixtures("_mf6")
def test_the_job_runs_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, picture = tmp_path / "f.toml", tmp_path / "f.svg"
    text = four().replace("specific_storage_1_m = 1e-5", "specific_yield = 0.1")
    file.write_text(text.replace("thickness_m = 20", "thickness_m = 8"), encoding="utf-8")
    words = ("drawdown", str(file), "--days", "3650", "--numerical", "-o", str(picture))
    found = as_json(capsys, *words)
    assert found["modflow"]["cells"] > 1000
    assert found["modflow"]["imbalance_percent"] < 0.1
    assert "groundwater.dry" in {one["code"] for one in found["findings"]}
    assert "groundwater.thin" not in {one["code"] for one in found["findings"]}
    assert "<path" in picture.read_text(encoding="utf-8")


def test_without_the_program_it_says_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MF6", str(tmp_path / "none"))
    file = tmp_path / "f.toml"
    file.write_text(four(), encoding="utf-8")
    found = as_json(capsys, "drawdown", str(file), "--numerical", code=1)
    assert found["status"] == "unknown"
    assert "set MF6 to its file" in found["findings"][-1]["what"]


@pytest.mark.skipif(not shutil.which("false"), reason="no program 'false' here")
def test_a_program_that_fails_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MF6", "false")
    one = free(100)
    with pytest.raises(EngineError, match="gave up"):
        numerical(one, one.wells.discharge, DAY)


def test_the_grid_is_fine_at_wells_and_reaches_far() -> None:
    one = two()
    columns, rows = axes(one, YEAR)
    for axis, places in ((columns, one.wells.x), (rows, one.wells.y)):
        here = axis.cells(places)
        assert axis.sizes[here] == pytest.approx(2.0, rel=0.3)
        assert axis.centres[here] == pytest.approx(places, abs=1e-6)
        growth = axis.sizes[1:] / axis.sizes[:-1]
        assert (growth < 1.3).all()
        assert (growth > 1 / 1.3).all()
        # exp(-25) of the drawdown passes sqrt(100 T t / S)
        assert axis.edges[-1] > 10 * np.sqrt(500 / DAY * YEAR / 2e-4)
