"""A numerical model by MODFLOW 6 through flopy: the only importer of that library.

Langevin, C.D. et al. (2017), Documentation for the MODFLOW 6 Groundwater Flow Model, U.S.
Geological Survey Techniques and Methods 6-A55. The program ``mf6`` is not installed with Kopa; it
is found on the path, or where the environment variable ``MF6`` says.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from kopa.errors import EngineError
from kopa.model import FloatArray, IntArray

from .engine_timflow import screen_loss
from .network import Field, River
from .numerical_grid import Axis, axes

_STEPS, _FASTER = 60, 1.2  # steps of time, each so much longer than the one before
_BALANCE = 0.1  # per cent by which what flows in and out may differ
_AQUITARD = 1.0  # m, thickness of the layers that only resist
_OPEN = 1e6  # vertical over horizontal conductivity of aquifers: all resistance is in aquitards
_TIME_LIMIT = 600.0  # s


@dataclass(frozen=True)
class Numerical:
    """Drawdown by the numerical model.

    Parameters
    ----------
    version
        Of the program.
    x, y
        Columns and rows of cells, m.
    drawdown
        m, shape (layer, row, column); layers are aquifers.
    wells
        Drawdown at the wall of each bore, m, shape (well,).
    given
        What each well gives in the end, m³/s, shape (well,): less than was asked where the
        aquifer at its screen runs dry.
    imbalance
        Of all that flowed in and out, per cent.
    """

    version: str
    x: FloatArray
    y: FloatArray
    drawdown: FloatArray
    wells: FloatArray
    given: FloatArray
    imbalance: float

    def at_points(self, field: Field) -> FloatArray:
        """Drawdown in wells and at observation points, m, shape (point,)."""
        found = self.at(field.points)
        found[: len(self.wells)] = self.wells + screen_loss(field) * self.given
        return found

    def at(self, points: tuple[FloatArray, FloatArray, IntArray]) -> FloatArray:
        """Drawdown at points (x, y and layer), between cells by a plane, m, shape (point,)."""
        x, y, layers = points
        found = np.empty(len(x))
        for layer in np.unique(layers):
            here = layers == layer
            between = RegularGridInterpolator((self.y, self.x), self.drawdown[layer])
            found[here] = between(np.column_stack([y[here], x[here]]))
        return found


def program() -> Path:
    """Where MODFLOW 6 is.

    Raises
    ------
    EngineError
        If it is not on this machine.
    """
    named = os.environ.get("MF6", "")
    found = shutil.which(named or "mf6")
    if not found:
        place = f"MF6 names {named}, which is no program" if named else "no mf6 is on the path"
        raise EngineError(
            f"MODFLOW 6 is not here: {place}. Install it from the U.S. Geological Survey and set "
            "MF6 to its file"
        )
    return Path(found)


def numerical(field: Field, discharge: FloatArray, seconds: float) -> Numerical:
    """Drawdown since pumping began, in a free aquifer with the thickness that is left.

    The water table is level before anybody pumps; rivers, and the water above a leaky top, keep
    their level. Wells draw through their wall (Thiem 1906) and give less where the aquifer at
    their screen has less than a tenth of its thickness left.

    Parameters
    ----------
    field
        The well field.
    discharge
        m³/s, shape (well,).
    seconds
        Since pumping began.

    Raises
    ------
    EngineError
        If MODFLOW 6 is not here, does not converge, takes more than ten minutes or does not hold
        its water balance.
    """
    mf6 = program()
    columns, rows = axes(field, seconds)
    with tempfile.TemporaryDirectory(prefix="kopa-modflow-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _Writer(field, discharge, columns, rows).write(Path(folder), seconds)
        told = _run(mf6, Path(folder))
        return _read(Path(folder), told, columns, rows)


def _run(mf6: Path, folder: Path) -> str:
    try:
        ended = subprocess.run(
            [mf6], cwd=folder, capture_output=True, text=True, timeout=_TIME_LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"MODFLOW 6 had not ended after {_TIME_LIMIT:.0f} s") from None
    if ended.returncode or "Normal termination" not in ended.stdout:
        lines = [line.strip() for line in ended.stdout.splitlines() if line.strip()]
        raise EngineError(f"MODFLOW 6 gave up: {' '.join(lines[-3:]) or ended.stderr.strip()}")
    return ended.stdout


@dataclass(frozen=True)
class _Writer:
    """Writes the files of MODFLOW 6, in metres and seconds.

    Aquifers are its layers 0, 2, 4 …; aquitards between them are layers of their own, one metre
    thick. Rows go from north to south there.
    """

    field: Field
    discharge: FloatArray
    columns: Axis
    rows: Axis

    def write(self, folder: Path, seconds: float) -> None:
        """Write the simulation into a folder."""
        import flopy.mf6 as mf

        aquifer = self.field.aquifer
        simulation = mf.MFSimulation(sim_name="field", sim_ws=str(folder), verbosity_level=0)
        mf.ModflowTdis(
            simulation, nper=1, perioddata=[(seconds, _STEPS, _FASTER)], time_units="seconds"
        )
        mf.ModflowIms(
            simulation,
            complexity="complex" if aquifer.phreatic else "moderate",
            linear_acceleration="bicgstab",
            outer_dvclose=1e-5,
            inner_dvclose=1e-6,
            outer_maximum=200,
            inner_maximum=200,
        )
        newton = "newton under_relaxation" if aquifer.phreatic else None
        model = mf.ModflowGwf(simulation, modelname="field", newtonoptions=newton)
        self._ground(mf, model)
        self._wells(mf, model)
        if aquifer.leaky or self.field.rivers:
            fixed = [*self._top(), *(row for one in self.field.rivers for row in self._river(one))]
            mf.ModflowGwfghb(model, stress_period_data=fixed, maxbound=len(fixed))
        mf.ModflowGwfoc(
            model,
            head_filerecord="field.hds",
            budget_filerecord="field.bud",
            saverecord=[("HEAD", "LAST"), ("BUDGET", "LAST")],
            printrecord=[("BUDGET", "LAST")],
        )
        simulation.write_simulation(silent=True)

    def _ground(self, mf: Any, model: Any) -> None:
        aquifer = self.field.aquifer
        layers = 2 * len(aquifer.thickness) - 1
        thick = np.full(layers, _AQUITARD)
        thick[::2] = aquifer.thickness
        along, down = np.empty(layers), np.empty(layers)
        along[::2], down[::2] = aquifer.conductivity, _OPEN * aquifer.conductivity
        down[1::2] = _AQUITARD / aquifer.resistance[1:]
        along[1::2] = 1e-6 * down[1::2]
        free = np.zeros(layers, dtype=int)
        free[0] = int(aquifer.phreatic)
        mf.ModflowGwfdis(
            model,
            nlay=layers,
            nrow=len(self.rows.sizes),
            ncol=len(self.columns.sizes),
            delr=self.columns.sizes,
            delc=self.rows.sizes[::-1],
            top=0.0,
            botm=-np.cumsum(thick),
        )
        mf.ModflowGwfic(model, strt=0.0)
        mf.ModflowGwfnpf(model, icelltype=list(free), k=list(along), k33=list(down))
        specific = np.zeros(layers)
        specific[::2] = aquifer.storage
        specific[0] = 0.0 if aquifer.phreatic else specific[0]
        mf.ModflowGwfsto(
            model,
            iconvert=list(free),
            ss=list(specific),
            sy=float(aquifer.storage[0]) if aquifer.phreatic else 0.0,
            transient={0: True},
        )

    def _cell(self, x: float, y: float, layer: int) -> tuple[int, int, int]:
        column, row = self.columns.cells(np.array([x]))[0], self.rows.cells(np.array([y]))[0]
        return 2 * layer, len(self.rows.sizes) - 1 - int(row), int(column)

    def _wells(self, mf: Any, model: Any) -> None:
        """Multi-aquifer wells: each has a bore of its own, and its head is that in the bore."""
        wells, aquifer = self.field.wells, self.field.aquifer
        bottoms = -np.cumsum(aquifer.thickness + _AQUITARD) + _AQUITARD
        packages, links = [], []
        periods: list[tuple[Any, ...]] = []
        for number, layer in enumerate(wells.layer.tolist()):
            radius, bottom = float(wells.radius[number]), float(bottoms[layer])
            packages.append((number, radius, bottom, 0.0, "THIEM", 1))
            cell = self._cell(float(wells.x[number]), float(wells.y[number]), layer)
            top = bottom + float(aquifer.thickness[layer])
            links.append((number, 0, cell, top, bottom, 0.0, 0.0))
            periods.append((number, "rate", -float(self.discharge[number])))
            if aquifer.phreatic and layer == 0:
                tenth = 0.1 * float(aquifer.thickness[0])
                periods.append((number, "rate_scaling", bottom, tenth))
        mf.ModflowGwfmaw(
            model,
            head_filerecord="wells.hds",
            budget_filerecord="wells.bud",
            nmawwells=len(wells),
            packagedata=packages,
            connectiondata=links,
            perioddata=periods,
        )

    def _top(self) -> Iterator[tuple[tuple[int, int, int], float, float]]:
        """Water above a leaky first layer, at level 0, through its aquitard."""
        aquifer = self.field.aquifer
        if not aquifer.leaky:
            return
        area = np.outer(self.rows.sizes[::-1], self.columns.sizes)
        for (row, column), size in np.ndenumerate(area):
            yield (0, row, column), 0.0, size / float(aquifer.resistance[0])

    def _river(self, river: River) -> Iterator[tuple[tuple[int, int, int], float, float]]:
        """A river at level 0 in the cells that it crosses, through its bed."""
        for one, other in zip(river.xy[:-1], river.xy[1:], strict=True):
            cuts = [np.array([0.0, 1.0])]
            for axis, begin, end in ((self.columns, one[0], other[0]),
                                     (self.rows, one[1], other[1])):  # fmt: skip
                if begin != end:
                    part = (axis.edges - begin) / (end - begin)
                    cuts.append(part[(part > 0) & (part < 1)])
            at = np.unique(np.concatenate(cuts))
            middle = one + ((at[1:] + at[:-1]) / 2)[:, None] * (other - one)
            for (x, y), length in zip(middle, np.diff(at) * np.hypot(*(other - one)), strict=True):
                yield self._cell(x, y, river.layer), 0.0, self._bed(river, x, y, float(length))

    def _bed(self, river: River, x: float, y: float, length: float) -> float:
        """Conductance of a piece of a river, m²/s; a bed without resistance holds the level."""
        if river.bed_resistance > 0:
            return river.width * length / river.bed_resistance
        aquifer = self.field.aquifer
        return 1e3 * float(aquifer.transmissivity[river.layer])


def _read(folder: Path, told: str, columns: Axis, rows: Axis) -> Numerical:
    import flopy.utils as flopy

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        heads = flopy.HeadFile(folder / "field.hds").get_data()[::2, ::-1, :]
        bores = flopy.HeadFile(folder / "wells.hds").get_data().ravel()
        rate = flopy.CellBudgetFile(folder / "wells.bud").get_data(text="RATE")[-1]["q"]
        _, volumes = flopy.Mf6ListBudget(folder / "field.lst").get_budget()
    imbalance = float(abs(volumes["PERCENT_DISCREPANCY"][-1]))
    if not imbalance <= _BALANCE:
        raise EngineError(f"MODFLOW 6 does not hold its water balance: {imbalance:.2g} % is off")
    if not (np.isfinite(heads).all() and np.abs(heads).max() < 1e20):
        raise EngineError("MODFLOW 6 gave cells without a head")
    version = re.search(r"VERSION\s+(\S+)", told)
    return Numerical(
        version[1] if version else "",
        columns.centres,
        rows.centres,
        -heads,
        -bores,
        -rate,
        imbalance,
    )
