"""Transformers: vector group and tap changer, and the pi circuit that they amount to.

References
----------
pandapower 3.3, ``pandapower.build_branch``: the T circuit of a transformer, turned into a pi
circuit, and its tap changer, are calculated the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from kopa.domains.energy.tables import Checker, Table
from kopa.model import BoolArray, FloatArray

_GROUP = re.compile(r"^(?:D|Y|YN|Z|ZN)(?:d|y|yn|z|zn)(\d{1,2})?$", re.IGNORECASE)
_CHANGERS = ("Ratio", "Symmetrical", "Ideal")


@dataclass(frozen=True)
class Circuit:
    """Pi circuits of branches, referred to the voltage of the end, shape (branch,) each.

    Parameters
    ----------
    r, x
        Series impedance, ohm.
    g, b
        Conductance and susceptance to earth, both halves together, S.
    k
        Off-nominal ratio at the beginning.
    theta
        Phase shift from the beginning to the end, rad.
    """

    r: FloatArray
    x: FloatArray
    g: FloatArray
    b: FloatArray
    k: FloatArray
    theta: FloatArray


@dataclass(frozen=True)
class _Taps:
    """Tap changers: True for each transformer where it applies, shape (trafo,)."""

    moved: BoolArray
    typed: BoolArray
    derived: BoolArray
    ideal: BoolArray
    steps: FloatArray


def check_transformers(trafo: Table, checker: Checker) -> None:
    """Gather what is wrong or assumed in vector groups, tap changers and impedances."""
    vk, vkr = trafo.real("vk_percent"), trafo.real("vkr_percent")
    checker.rows(
        "out-of-range",
        trafo,
        vkr > vk,
        lambda row: (
            "vkr_percent",
            f"vkr_percent ({vkr[row]:g}) is more than vk_percent ({vk[row]:g}).",
            "The real part of the short-circuit voltage cannot be more than the whole.",
        ),
    )
    if len(trafo):
        _check_groups(trafo, checker)
        _check_taps(trafo, checker)


def _clocks(trafo: Table) -> tuple[FloatArray, BoolArray]:
    """Clock number of each vector group, NaN where it has none; and which cannot be read."""
    clocks = np.full(len(trafo), np.nan)
    strange = np.zeros(len(trafo), dtype=bool)
    for row, text in enumerate(trafo.text("vector_group")):
        match = _GROUP.match(text.strip())
        strange[row] = bool(text) and (match is None or int(match[1] or 0) > 11)
        if match and match[1]:
            clocks[row] = int(match[1])
    return clocks, strange


def _shift(trafo: Table) -> FloatArray:
    """Phase shift by ``shift_degree``, else by the vector group, degrees, shape (trafo,)."""
    given = trafo.real("shift_degree")
    return np.where(np.isfinite(given), given, _clocks(trafo)[0] * 30)


def _check_groups(trafo: Table, checker: Checker) -> None:
    clocks, strange = _clocks(trafo)
    words, given = trafo.text("vector_group"), trafo.real("shift_degree")
    checker.rows(
        "vector-group",
        trafo,
        strange,
        lambda row: (
            "vector_group",
            f"'{words[row]}' is no vector group.",
            "Write it as in IEC 60076-1, such as Dyn5.",
        ),
    )
    blank = np.array([not word for word in words], dtype=bool)
    checker.rows(
        "missing-vector-group",
        trafo,
        np.isnan(clocks) & np.isnan(given) & ~strange,
        lambda row: (
            "vector_group",
            "Neither vector_group nor shift_degree says the phase shift.",
            "Write one of them, such as Dyn5 or 150.",
        ),
    )
    derived = blank & np.isfinite(given)
    if derived.any():
        shifts, counts = np.unique(given[derived], return_counts=True)
        each = ", ".join(
            f"{shift:g}° = clock {shift / 30 % 12:g} ({count})"
            for shift, count in zip(shifts, counts, strict=True)
        )
        checker.tell(
            "missing-vector-group",
            "table trafo, column vector_group",
            f"{int(derived.sum())} transformers have no vector group; "
            f"the phase shift is taken from shift_degree: {each}.",
            "Write the vector group if that is wrong.",
            "warning",
        )
    for row in np.nonzero(abs((clocks * 30 - given + 180) % 360 - 180) > 1e-6)[0]:
        checker.tell(
            "vector-group",
            f"table trafo, row {trafo.index[row]}, column vector_group",
            f"{words[row]} means {clocks[row] * 30:g}°, but shift_degree is {given[row]:g}°; "
            "shift_degree is taken.",
            "Make them agree.",
            "warning",
        )


def _taps(trafo: Table) -> _Taps:
    position, neutral = trafo.real("tap_pos"), trafo.real("tap_neutral")
    steps = position - np.where(np.isfinite(neutral), neutral, 0.0)
    words = trafo.text("tap_changer_type")
    blank = np.array([not word for word in words], dtype=bool)
    old = np.full(len(trafo), "tap_phase_shifter" in trafo.given)
    shifter = trafo.flag("tap_phase_shifter")
    return _Taps(
        moved=np.isfinite(steps) & (steps != 0),
        typed=np.array([word in _CHANGERS for word in words], dtype=bool),
        derived=blank & old,
        ideal=np.array([word == "Ideal" for word in words], dtype=bool) | (blank & old & shifter),
        steps=np.nan_to_num(steps),
    )


def _check_taps(trafo: Table, checker: Checker) -> None:
    taps = _taps(trafo)
    words, sides = trafo.text("tap_changer_type"), trafo.text("tap_side")
    percent, degree = trafo.real("tap_step_percent"), trafo.real("tap_step_degree")
    both = (np.nan_to_num(percent) != 0) & (np.nan_to_num(degree) != 0)
    neither = ~np.isfinite(percent) & ~(taps.ideal & np.isfinite(degree))
    rules = (
        (taps.moved & ~taps.typed & ~taps.derived, "tap_changer_type", "tap-changer-type"),
        (taps.moved & np.isnan(trafo.real("tap_neutral")), "tap_neutral", "tap-changer"),
        (taps.moved & ~np.isin(np.array(sides), ("hv", "lv")), "tap_side", "tap-changer"),
        (taps.moved & neither, "tap_step_percent", "tap-changer"),
        (taps.moved & taps.ideal & both, "tap_step_degree", "tap-changer"),
        (trafo.flag("tap_dependency_table"), "tap_dependency_table", "not-supported"),
        (_second(trafo), "tap2_pos", "not-supported"),
    )
    texts = {
        "tap_changer_type": "The tap changer stands {steps:+g} steps off neutral, but its type is "
        "{word} and no column tap_phase_shifter says it either.|Write Ratio, Symmetrical or Ideal.",
        "tap_neutral": "The tap changer has a position but no neutral one.|Write tap_neutral.",
        "tap_side": "The tap changer's side is neither hv nor lv.|Write one of them.",
        "tap_step_percent": "The tap changer is moved, but its step has no size.|Write it.",
        "tap_step_degree": "An ideal phase shifter has steps both in percent and in degrees.|"
        "Write one of them.",
        "tap_dependency_table": "Kopa does not read tap steps from a table.|Write tap_step_percent "
        "and tap_changer_type, and tap_dependency_table false.",
        "tap2_pos": "A second tap changer stands off its neutral position.|Put it to neutral.",
    }
    for bad, column, code in rules:
        what, do = texts[column].split("|")
        checker.rows(
            code,
            trafo,
            bad,
            lambda row, column=column, what=what, do=do: (  # type: ignore[misc]  # mypy infers no lambda with defaults
                column,
                what.format(
                    steps=taps.steps[row], word=f"'{words[row]}'" if words[row] else "missing"
                ),
                do,
            ),
        )
    _tell_assumed(trafo, taps, checker)


def _second(trafo: Table) -> BoolArray:
    position, neutral = trafo.real("tap2_pos"), trafo.real("tap2_neutral")
    return np.asarray(np.isfinite(position) & (position != neutral))


def _tell_assumed(trafo: Table, taps: _Taps, checker: Checker) -> None:
    """One finding for all transformers whose tap changer type is missing."""
    has_changer = np.isfinite(trafo.real("tap_pos"))
    untyped = has_changer & np.array([not word for word in trafo.text("tap_changer_type")], bool)
    derived = untyped & taps.moved & taps.derived
    resting = untyped & ~taps.moved
    if not (derived | resting).any():
        return
    parts = []
    if resting.any():
        parts.append(f"{int(resting.sum())} stand at tap_neutral, where the type has no effect")
    if derived.any():
        parts.append(
            f"{int(derived.sum())} are moved and taken from tap_phase_shifter: "
            f"{int((derived & taps.ideal).sum())} Ideal, {int((derived & ~taps.ideal).sum())} Ratio"
        )
    checker.tell(
        "tap-changer-type",
        "table trafo, column tap_changer_type",
        f"{int(untyped.sum())} tap changers have no type; {'; '.join(parts)}.",
        "Write Ratio, Symmetrical or Ideal.",
        "warning",
    )


def circuits(trafo: Table, hv_bus_kv: FloatArray, lv_bus_kv: FloatArray) -> Circuit:
    """Pi circuits of the transformers.

    Parameters
    ----------
    trafo
        The transformers, checked.
    hv_bus_kv, lv_bus_kv
        Rated voltage of the buses at both sides, kV, shape (trafo,).

    Returns
    -------
    Circuit
        Impedances referred to the low voltage side, which is the end.
    """
    hv_kv, lv_kv, shift = _tapped(trafo)
    rated, parallel = trafo.real("sn_mva"), trafo.real("parallel")
    base = lv_kv**2 / rated / parallel
    z = trafo.real("vk_percent") / 100 * base
    r = trafo.real("vkr_percent") / 100 * base
    x = np.sqrt(z**2 - r**2)
    # iron losses and magnetising current, at the tapped low voltage as pandapower has it
    iron = trafo.real("pfe_kw") * 1e-3
    open_loop = trafo.real("i0_percent") / 100 * rated
    g = iron * parallel / lv_kv**2
    b = -np.sqrt(np.maximum(open_loop**2 - iron**2, 0.0)) * parallel / lv_kv**2
    r, x, g, b = _pi(r, x, g, b)
    ratio = hv_kv / lv_kv * lv_bus_kv / hv_bus_kv
    return Circuit(r, x, g, b, ratio, np.deg2rad(shift))


def _tapped(trafo: Table) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rated voltages, kV, and phase shift, degrees, with the tap changers where they stand."""
    taps = _taps(trafo)
    volts = {"hv": trafo.real("vn_hv_kv").copy(), "lv": trafo.real("vn_lv_kv").copy()}
    shift = _shift(trafo)
    percent = np.nan_to_num(trafo.real("tap_step_percent"))
    degree = np.nan_to_num(trafo.real("tap_step_degree"))
    sides = np.array(trafo.text("tap_side"), dtype=object)
    for side, sign in (("hv", 1.0), ("lv", -1.0)):
        mine = taps.moved & (sides == side)
        turned = mine & taps.ideal
        angle = np.where(
            degree != 0,
            taps.steps * degree,
            2 * np.rad2deg(np.arcsin(np.clip(taps.steps * percent / 200, -1, 1))),
        )
        shift = np.where(turned, shift + sign * angle, shift)
        moved = mine & ~taps.ideal
        rated = volts[side]
        change = rated * taps.steps * percent / 100
        along = rated + change * np.cos(np.deg2rad(degree))
        across = change * np.sin(np.deg2rad(degree))
        volts[side] = np.where(moved, np.hypot(along, across), rated)
        shift = np.where(moved, shift + np.rad2deg(np.arctan(sign * across / along)), shift)
    return volts["hv"], volts["lv"], shift


def _pi(
    r: FloatArray, x: FloatArray, g: FloatArray, b: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The pi circuit that equals a T circuit with its series impedance halved."""
    half, y = (r + 1j * x) / 2, g + 1j * b
    series = 2 * half + half**2 * y
    shunt = 2 * y / (2 + half * y)
    return series.real, series.imag, shunt.real, shunt.imag
