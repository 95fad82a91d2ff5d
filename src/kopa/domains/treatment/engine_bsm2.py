"""Equations of bsm2-python, put together to a plant that is solved as one system.

bsm2-python (BSD-3) carries the Activated Sludge Model No. 1 and the settler of Takács as
compiled functions. Its own plant solves tank after tank with a delay of one step between them;
here the same functions are the right-hand side of one system of ordinary differential
equations, so that a step may be long, and a steady state is a root. The settler knows solids
as one number. BSM1 gives what leaves it the make-up of what enters it at that moment, which loses
nitrogen when that changes; here its sludge has a make-up of its own. A steady state is the same.

The package compiles classes that are not used here whenever it is imported (8 s). Only the two
modules with the equations are loaded. What numba compiles is kept on disk: beside the files, or
in the user's cache folder where these cannot be written.

References
----------
Henze et al. (1987), Activated Sludge Model No. 1, IAWPRC; Takács et al. (1991), Water Research
25: 1263; Alex et al. (2008), Benchmark Simulation Model no. 1, IWA Task Group.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
from numba import njit

from kopa.model import FloatArray

from .asm1 import (
    COMPONENTS,
    SALK,
    SI,
    SND,
    SNH,
    SNO,
    SO,
    SOLIDS,
    SS,
    TEMP,
    TSS,
    XBA,
    XBH,
    XI,
    XND,
    XP,
    XS,
    Q,
)


def _equations() -> tuple[ModuleType, ModuleType]:
    """The modules with the equations, under names of their own.

    They ask their package for a base class; it is taken from its file as well, so that the
    package itself is neither run nor left half loaded for others.
    """
    spec = PathFinder.find_spec("bsm2_python")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("bsm2_python is not installed", name="bsm2_python")
    folder = Path(spec.submodule_search_locations[0]) / "bsm2"
    stand_in = ("bsm2_python", "bsm2_python.bsm2", "bsm2_python.bsm2.module")
    before = {name: sys.modules.get(name) for name in stand_in}
    try:
        for name in stand_in[:2]:
            sys.modules[name] = ModuleType(name)
        _load(stand_in[2], folder / "module.py")
        found = [
            _load(f"{__name__}_{part}", folder / f"{part}.py")
            for part in ("asm1_bsm2", "settler1d_bsm2")
        ]
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
    return found[0], found[1]


def _load(name: str, file: Path) -> ModuleType:
    spec = spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"{file} is not there", name=name)
    module = module_from_spec(spec)
    sys.modules[name] = module  # numba finds what it kept by this name
    spec.loader.exec_module(module)
    return module


_ASM1, _SETTLER = _equations()
_reactor = njit(_ASM1.asm1equations.py_func)
_layers = njit(_SETTLER.settlerequations.py_func)
KEPT_FOR = "0.0.16"
"""What is kept on disk was compiled with this version of the library. numba looks at the age of
this file alone: with another version it compiles anew in every process, until this line says so."""
_kept = njit(cache=version("bsm2-python") == KEPT_FOR)

TANKS = 5
LAYERS = 10
FEED_LAYER = 5
SETTLED = 12
TANK_STATES = TANKS * COMPONENTS
SETTLER_STATES = SETTLED * LAYERS
HELD = TANK_STATES + SETTLER_STATES + len(SOLIDS)
STATES = HELD + TANKS
"""Components of five tanks, what the settler's layers hold, what its solids are made of (g/kg),
and five oxygen controllers. States before `HELD` cannot fall below zero."""
(
    MEAN_OUTFLOW, MEAN_NH, MEAN_N, MEAN_COD, MEAN_BOD, MEAN_TSS, MEAN_WASTE_N, MEAN_GAS_N,
    MEAN_NO, MEAN_WASTE_TSS, MEAN_WASTE,
) = range(11)  # fmt: skip
MEAN_OXYGEN, MEAN_KLA = 11, 11 + TANKS
MEANS = 11 + 2 * TANKS
"""What is added up while a plant is solved, each as an amount a day."""

ASM1 = np.array(
    [4.0, 10.0, 0.2, 0.5, 0.3, 0.5, 1.0, 0.4, 0.05, 0.8, 0.05, 3.0, 0.1, 0.8, 0.67, 0.24, 0.08]
    + [0.08, 0.06, 0.75, 0.75, 0.75, 0.75, 0.75]
)
"""Parameters of ASM1 at 15 °C (Alex et al. 2008, table 2 and 3), as the library orders them."""
SETTLING = np.array([250.0, 474.0, 0.000576, 0.00286, 0.00228, 3000.0, 3000.0])
"""Parameters of the settler (Alex et al. 2008, table 4), as the library orders them."""
GAIN, INTEGRAL_D, TRACKING_D = 25.0, 0.002, 0.001
"""Oxygen controller of BSM1: gain, d⁻¹ per g/m³; integral and tracking time, d."""

PLAN = 6 + 4 * TANKS
(
    PLAN_RETURN, PLAN_RECIRCULATION, PLAN_WASTE, PLAN_AREA, PLAN_HEIGHT, PLAN_POWER,
) = range(6)  # fmt: skip
PLAN_VOLUME, PLAN_SET_POINT, PLAN_FIXED, PLAN_MOST = (6 + TANKS * n for n in range(4))
"""Where a plan's numbers stand: flows in m³/d, area m², height m, share of power; then by tank
volume m³, set-point g/m³ (negative: none), fixed transfer d⁻¹, greatest transfer d⁻¹."""


@_kept
def _clipped(value: float, high: float) -> float:
    return min(max(value, 0.0), high)


@_kept
def _nitrogen(w: FloatArray) -> float:
    """All nitrogen of a water, g/m³."""
    organic = w[SND] + w[XND] + ASM1[17] * (w[XBH] + w[XBA]) + ASM1[18] * (w[XI] + w[XP])
    total: float = w[SNH] + w[SNO] + organic
    return total


@_kept
def _nitrogen_gas(w: FloatArray, temperature: float) -> float:
    """Nitrogen that anoxic growth (process 2 of ASM1) gives off, g/(m³·d).

    The library does not tell its rates. Without this one nitrogen could not be audited.
    """
    fastest, k_s, k_oh, k_no, slower, gain = ASM1[0], ASM1[1], ASM1[2], ASM1[3], ASM1[9], ASM1[14]
    fastest *= np.exp(np.log(fastest / 3.0) / 5.0 * (temperature - 15.0))
    substrate, oxygen, nitrate = max(w[SS], 0.0), max(w[SO], 0.0), max(w[SNO], 0.0)
    growth = fastest * slower * substrate / (k_s + substrate) * k_oh / (k_oh + oxygen)
    growth *= nitrate / (k_no + nitrate) * max(w[XBH], 0.0)
    given: float = growth * (1.0 - gain) / (2.86 * gain)
    return given


@_kept
def slope(
    y: FloatArray, feed: FloatArray, plan: FloatArray, dy: FloatArray, rate: FloatArray
) -> None:
    """Time derivative of a plant, and what it gives off, a day.

    Parameters
    ----------
    y
        State, shape (STATES,).
    feed
        Water that comes in, in the library's 21 components.
    plan
        Flows, volumes and set-points.
    dy, rate
        Filled: derivative of the state; amounts a day, shape (MEANS,).
    """
    rate[:] = 0.0
    last = y[(TANKS - 1) * COMPONENTS : TANK_STATES].copy()
    total = feed[Q] + plan[PLAN_RETURN] + plan[PLAN_RECIRCULATION]
    last[TSS] = 0.75 * (last[XI] + last[XS] + last[XBH] + last[XBA] + last[XP])
    last[TEMP] = feed[TEMP]
    last[Q] = feed[Q] + plan[PLAN_RETURN]
    settled = y[TANK_STATES : TANK_STATES + SETTLER_STATES].copy()
    waste = min(plan[PLAN_WASTE], feed[Q])

    # what comes back from the settler: its last layer; solids are those of its whole sludge
    back = np.zeros(COMPONENTS)
    top = np.zeros(COMPONENTS)
    solutes = (SI, SS, SO, SNO, SNH, SND, SALK, TSS)
    for place in range(8):
        back[solutes[place]] = settled[(place + 1) * LAYERS - 1]
        top[solutes[place]] = settled[place * LAYERS]
    held = settled[7 * LAYERS : 8 * LAYERS].sum() / LAYERS
    held *= plan[PLAN_AREA] * plan[PLAN_HEIGHT]
    for place in range(len(SOLIDS)):
        state = TANK_STATES + SETTLER_STATES + place
        back[SOLIDS[place]] = back[TSS] * y[state] / 1000.0
        top[SOLIDS[place]] = top[TSS] * y[state] / 1000.0
        gained = 1000.0 * last[SOLIDS[place]] - y[state] * last[TSS]
        dy[state] = last[Q] * gained / max(held, 1.0)

    into = np.zeros(COMPONENTS)
    if total > 0.0:
        for c in range(TSS + 1):
            into[c] = (
                feed[Q] * feed[c] + plan[PLAN_RETURN] * back[c] + plan[PLAN_RECIRCULATION] * last[c]
            ) / total
    into[TEMP] = feed[TEMP]
    into[Q] = total

    for tank in range(TANKS):
        here = y[tank * COMPONENTS : (tank + 1) * COMPONENTS].copy()
        here[TEMP] = feed[TEMP]
        state = HELD + tank
        most = plan[PLAN_MOST + tank] * plan[PLAN_POWER]
        set_point = plan[PLAN_SET_POINT + tank]
        if set_point >= 0.0:
            error = set_point - here[SO]
            wanted = GAIN * error + y[state]
            kla = _clipped(wanted, most)
            dy[state] = GAIN / INTEGRAL_D * error + (kla - wanted) / TRACKING_D
        else:
            kla = _clipped(plan[PLAN_FIXED + tank], most)
            dy[state] = 0.0
        volume = plan[PLAN_VOLUME + tank]
        oxygen = max(here[SO], 0.0)
        rate[MEAN_GAS_N] += volume * _nitrogen_gas(here, feed[TEMP])
        rate[MEAN_OXYGEN + tank] = oxygen
        rate[MEAN_KLA + tank] = kla
        place = tank * COMPONENTS
        dy[place : place + COMPONENTS] = _reactor(0.0, here, into, ASM1, kla, volume, False, False)
        into[:TSS] = y[place : place + TSS]

    area = np.array([plan[PLAN_AREA], plan[PLAN_HEIGHT]])
    layers = np.array([FEED_LAYER, LAYERS])
    dy[TANK_STATES : TANK_STATES + SETTLER_STATES] = _layers(
        0.0, settled, last, SETTLING, area, layers, plan[PLAN_RETURN], waste, False, 0
    )
    out = feed[Q] - waste
    rate[MEAN_OUTFLOW] = out
    rate[MEAN_NH] = out * top[SNH]
    rate[MEAN_NO] = out * top[SNO]
    rate[MEAN_N] = out * _nitrogen(top)
    living = top[XBH] + top[XBA]
    rate[MEAN_COD] = out * (top[SI] + top[SS] + top[XI] + top[XS] + living + top[XP])
    rate[MEAN_BOD] = out * 0.25 * (top[SS] + top[XS] + (1.0 - ASM1[16]) * living)
    rate[MEAN_TSS] = out * top[TSS]
    rate[MEAN_WASTE_N] = waste * _nitrogen(back)
    rate[MEAN_WASTE_TSS] = waste * back[TSS]
    rate[MEAN_WASTE] = waste


@_kept
def advance(
    y: FloatArray, feed: FloatArray, plan: FloatArray, days: float, tolerance: float, step: float
) -> tuple[FloatArray, FloatArray, float, int]:
    """A plant some time later, with the water that comes in and the plan held.

    Bogacki and Shampine's pair of order 3(2) with a step that its error chooses.

    Parameters
    ----------
    y, feed, plan
        As in `slope`.
    days
        How long, d.
    tolerance
        Error of a step, as a share of a component and of 1 g/m³.
    step
        First step to try, d.

    Returns
    -------
    tuple
        State; amounts over the time, shape (MEANS,); step to try next, d; number of steps, -1
        if there is no answer.

    References
    ----------
    Bogacki and Shampine (1989), Applied Mathematics Letters 2: 321.
    """
    amounts = np.zeros(MEANS)
    y = y.copy()
    k1, k2, k3, k4 = np.zeros(STATES), np.zeros(STATES), np.zeros(STATES), np.zeros(STATES)
    r1, r2, r3, r4 = np.zeros(MEANS), np.zeros(MEANS), np.zeros(MEANS), np.zeros(MEANS)
    slope(y, feed, plan, k1, r1)
    done, count = 0.0, 0
    while done < days:
        h = min(step, days - done)
        slope(y + 0.5 * h * k1, feed, plan, k2, r2)
        slope(y + 0.75 * h * k2, feed, plan, k3, r3)
        new = y + h * (2.0 / 9.0 * k1 + 1.0 / 3.0 * k2 + 4.0 / 9.0 * k3)
        slope(new, feed, plan, k4, r4)
        worst = 0.0
        for n in range(STATES):
            error = h * abs(
                -5.0 / 72.0 * k1[n] + 1.0 / 12.0 * k2[n] + 1.0 / 9.0 * k3[n] - 0.125 * k4[n]
            )
            scaled = error / (tolerance * (1.0 + max(abs(y[n]), abs(new[n]))))
            if not scaled <= worst:
                worst = scaled
        count += 1
        if not np.isfinite(worst) or count > 2_000_000:
            return y, amounts, step, -1
        if worst <= 1.0:
            amounts += h * (2.0 / 9.0 * r1 + 1.0 / 3.0 * r2 + 4.0 / 9.0 * r3)
            y = new
            for n in range(HELD):
                if y[n] < 0.0:
                    y[n] = 0.0
            k1[:] = k4
            r1[:] = r4
            done += h
        grow = 0.9 * max(worst, 1e-8) ** (-1.0 / 3.0)
        if h == step or worst > 1.0:
            step = h * min(max(grow, 0.2), 4.0)
        if done >= days - 1e-12:
            break
    return y, amounts, step, count


def compiled() -> bool:
    """True if what numba compiles is kept from an earlier process."""
    folder = Path(advance.stats.cache_path or ".")
    return any(folder.glob(f"{Path(__file__).stem}.advance-*.nbi"))
