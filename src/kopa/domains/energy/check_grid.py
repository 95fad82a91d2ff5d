"""What the tables of a grid must be to one another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kopa.domains.energy.attributes import attributes
from kopa.domains.energy.tables import MISSING, Checker, Table
from kopa.domains.energy.transformer import check_transformers
from kopa.model import BoolArray, FloatArray, IntArray

Tables = Mapping[str, Table]

SMALLEST_OHM = 1e-9
"""Less than this, ohm per km or p.u., is no impedance: numbers would drown in it."""

VOLTAGES_DIFFER = 1e-3
"""Rated voltages at both ends of a line may differ by this share."""

TRAFO_DIFFERS = 0.3
"""Rated voltages of a transformer and its bus may differ by this share (as in
``pandapower.diagnostic``)."""


def check(tables: Tables, checker: Checker) -> None:
    """Gather all that is wrong between the tables.

    Parameters
    ----------
    tables
        The tables, their columns checked.
    checker
        Takes the findings.
    """
    for name, table in tables.items():
        if name not in ("bus", "bus_geodata"):
            _buses(tables["bus"], table, checker)
    _lines(tables, checker)
    _impedances(tables["impedance"], checker)
    check_transformers(tables["trafo"], checker)
    _trafo_voltages(tables, checker)
    _switches(tables, checker)
    _loads(tables["load"], checker)
    _shunts(tables["shunt"], checker)
    _sources(tables, checker)


def voltage_at(bus: Table, at: IntArray) -> FloatArray:
    """Rated voltage of buses given by index, kV, NaN where there is no such bus."""
    if not len(bus):
        return np.full(len(at), np.nan)
    order = np.argsort(bus.index, kind="stable")
    place = np.minimum(np.searchsorted(bus.index, at, sorter=order), len(bus) - 1)
    row = order[place]
    return np.where(bus.index[row] == at, bus.real("vn_kv")[row], np.nan)


def _buses(bus: Table, table: Table, checker: Checker) -> None:
    """Every bus that a row names is in the table of buses."""
    for attribute in attributes()[table.name]:
        if attribute.type != "bus":
            continue
        column = attribute.name
        at = table.whole(column)
        absent = ~np.isin(at, bus.index) & (at != MISSING)
        checker.rows(
            "absent-bus",
            table,
            absent,
            lambda row, column=column, at=at: (  # type: ignore[misc]  # mypy infers no lambda with defaults
                column,
                f"{column} is {at[row]}, but table bus has no such row.",
                "Name a bus that is there, or add it.",
            ),
        )


def _loops(table: Table, ends: tuple[str, str], checker: Checker) -> None:
    begin, end = table.whole(ends[0]), table.whole(ends[1])
    checker.rows(
        "loop",
        table,
        (begin == end) & (begin != MISSING),
        lambda row: (
            ends[1],
            f"Both ends are at bus {begin[row]}.",
            "Name the bus at the other end.",
        ),
    )


def _lines(tables: Tables, checker: Checker) -> None:
    line = tables["line"]
    _loops(line, ("from_bus", "to_bus"), checker)
    checker.rows(
        "zero-impedance",
        line,
        np.hypot(line.real("r_ohm_per_km"), line.real("x_ohm_per_km")) < SMALLEST_OHM,
        lambda row: (
            "x_ohm_per_km",
            "The line has neither resistance nor reactance to speak of.",
            "Give it its impedance, or make it a closed switch between buses.",
        ),
    )
    ends = [voltage_at(tables["bus"], line.whole(column)) for column in ("from_bus", "to_bus")]
    checker.rows(
        "voltage-mismatch",
        line,
        _differ(ends[0], ends[1], VOLTAGES_DIFFER),
        lambda row: (
            "to_bus",
            f"The line joins buses of {ends[0][row]:g} kV and {ends[1][row]:g} kV.",
            "Give both buses the same vn_kv, or put a transformer between them.",
        ),
    )


def _differ(a: FloatArray, b: FloatArray, share: float) -> BoolArray:
    """True where two voltages differ by more than a share; unknown ones do not."""
    return np.asarray(abs(a - b) > share * np.maximum(a, b))


def _impedances(table: Table, checker: Checker) -> None:
    _loops(table, ("from_bus", "to_bus"), checker)
    r, x = table.real("rft_pu"), table.real("xft_pu")
    checker.rows(
        "zero-impedance",
        table,
        np.hypot(r, x) < SMALLEST_OHM,
        lambda row: (
            "xft_pu",
            "The impedance is next to zero.",
            "Make it a closed switch between buses.",
        ),
    )
    uneven = (r != table.real("rtf_pu")) | (x != table.real("xtf_pu"))
    known = np.isfinite(r + x + table.real("rtf_pu") + table.real("xtf_pu"))
    checker.rows(
        "not-supported",
        table,
        uneven & known,
        lambda row: (
            "rtf_pu",
            "The impedance differs between its two directions; Kopa calculates equal ones only.",
            "Write the same values for both directions.",
        ),
    )


def _trafo_voltages(tables: Tables, checker: Checker) -> None:
    trafo = tables["trafo"]
    _loops(trafo, ("hv_bus", "lv_bus"), checker)
    for side in ("hv", "lv"):
        own = trafo.real(f"vn_{side}_kv")
        there = voltage_at(tables["bus"], trafo.whole(f"{side}_bus"))
        bad = np.nonzero(_differ(own, there, TRAFO_DIFFERS))[0]
        for row in bad:
            checker.tell(
                "trafo-voltage",
                f"table trafo, row {trafo.index[row]}, column {side}_bus",
                f"Its {side} side is rated {own[row]:g} kV, but its bus {there[row]:g} kV.",
                "Check that hv_bus and lv_bus are not exchanged.",
                "warning",
            )


def _switches(tables: Tables, checker: Checker) -> None:
    switch = tables["switch"]
    kinds = np.array(switch.text("et"), dtype=object)
    element = switch.whole("element")
    checker.rows(
        "unknown-switch",
        switch,
        np.array([bool(et) and et not in ("b", "l", "t") for et in kinds], dtype=bool),
        lambda row: (
            "et",
            f"et is '{kinds[row]}'; Kopa knows b (bus), l (line) and t (transformer).",
            "Write one of them.",
        ),
    )
    owners = {"b": ("bus", ()), "l": ("line", ("from_bus", "to_bus"))}
    owners["t"] = ("trafo", ("hv_bus", "lv_bus"))
    for et, (name, ends) in owners.items():
        owner = tables[name]
        mine = (kinds == et) & (element != MISSING)
        there = np.isin(element, owner.index)
        checker.rows(
            "absent-element",
            switch,
            mine & ~there,
            lambda row, name=name: (  # type: ignore[misc]  # mypy infers no lambda with defaults
                "element",
                f"element is {element[row]}, but table {name} has no such row.",
                f"Name a row of table {name}, or remove the switch.",
            ),
        )
        if ends:
            _at_an_end(switch, mine & there, owner, ends, checker)
    _bus_switches(tables["bus"], switch, (kinds == "b"), checker)


def _at_an_end(
    switch: Table, mine: BoolArray, owner: Table, ends: tuple[str, ...], checker: Checker
) -> None:
    """A switch of a branch is at one of the branch's buses."""
    row_of = {int(index): row for row, index in enumerate(owner.index)}
    begin, end = (owner.whole(column) for column in ends)
    at, element = switch.whole("bus"), switch.whole("element")
    away = mine.copy()
    for row in np.nonzero(mine)[0]:
        branch = row_of[int(element[row])]
        away[row] = at[row] not in (begin[branch], end[branch]) and at[row] != MISSING
    checker.rows(
        "switch-elsewhere",
        switch,
        away,
        lambda row: (
            "bus",
            f"Its {owner.name} {element[row]} does not end at bus {at[row]}.",
            "Name a bus at which it ends.",
        ),
    )


def _bus_switches(bus: Table, switch: Table, mine: BoolArray, checker: Checker) -> None:
    at, element = switch.whole("bus"), switch.whole("element")
    checker.rows(
        "loop",
        switch,
        mine & (at == element),
        lambda row: ("element", f"Both ends are at bus {at[row]}.", "Name the other bus."),
    )
    ends = voltage_at(bus, at), voltage_at(bus, element)
    checker.rows(
        "voltage-mismatch",
        switch,
        mine & _differ(*ends, VOLTAGES_DIFFER),
        lambda row: (
            "element",
            f"The switch joins buses of {ends[0][row]:g} kV and {ends[1][row]:g} kV.",
            "Give both buses the same vn_kv, or put a transformer between them.",
        ),
    )


def _loads(load: Table, checker: Checker) -> None:
    for letter in ("p", "q"):
        z, i = (load.real(f"const_{kind}_{letter}_percent") for kind in ("z", "i"))
        checker.rows(
            "out-of-range",
            load,
            z + i > 100,
            lambda row, z=z, i=i, letter=letter: (  # type: ignore[misc]  # mypy infers no lambda with defaults
                f"const_i_{letter}_percent",
                f"The shares at constant impedance and current make {z[row] + i[row]:g} %.",
                "Together they may make 100 % at most.",
            ),
        )


def _shunts(shunt: Table, checker: Checker) -> None:
    checker.rows(
        "not-supported",
        shunt,
        shunt.flag("step_dependency_table"),
        lambda row: (
            "step_dependency_table",
            "Kopa does not read the steps of a shunt from a table.",
            "Write p_mw and q_mvar of a step, and step_dependency_table false.",
        ),
    )


def _sources(tables: Tables, checker: Checker) -> None:
    gen, ext_grid, bus = tables["gen"], tables["ext_grid"], tables["bus"]
    checker.rows(
        "not-supported",
        gen,
        gen.flag("in_service") & ~gen.flag("slack"),
        lambda row: (
            "slack",
            "Kopa does not calculate generators that hold a voltage (gen) without being slack.",
            "Make it a static generator (sgen) of its p_mw and q_mvar, or an ext_grid.",
        ),
    )
    if not len(bus):
        return
    if not bus.flag("in_service").any():
        what = "No bus is in service."
        checker.tell("nothing-in-service", "table bus, column in_service", what, "Set some true.")
    live = bus.index[bus.flag("in_service")]
    fed = [
        (table.flag("in_service") & np.isin(table.whole("bus"), live)).any()
        for table in (ext_grid, gen)
    ]
    if not any(fed):
        checker.tell(
            "no-source",
            "table ext_grid",
            "No ext_grid is in service at a bus in service, so nothing is supplied.",
            "Add a row for the grid above, or put it in service.",
        )
