"""Checked rows of a file as the parts of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kopa.model import FloatArray, IntArray

from .cells import Cells
from .network import FUELS, ZERO_C, Consumers, Plants

Row = Mapping[str, Any]


def column(rows: Sequence[Row], name: str, scale: float = 1.0) -> FloatArray:
    """A column of numbers, shape (row,)."""
    return np.array([row[name] for row in rows], dtype=np.float64) * scale


def flags(rows: Sequence[Row], name: str) -> Any:
    """A column of yes and no, shape (row,)."""
    return np.array([row[name] for row in rows], dtype=bool)


def consumers(
    own: Mapping[str, FloatArray], begin: IntArray, end: IntArray, first: int, rows: Sequence[Row]
) -> Consumers:
    """Consumers from what their format says, and the rows of the table ``building``.

    Parameters
    ----------
    own
        `heat`, `flow`, `cooling`, `back` and `in_service`.
    begin, end
        Junctions of supply and return.
    first
        Asset row of the first.
    rows
        Checked rows.
    """
    return Consumers(
        rows=np.arange(first, first + len(rows), dtype=np.int64),
        begin=begin,
        end=end,
        heat=own["heat"],
        flow=own["flow"],
        cooling=own["cooling"],
        back=own["back"],
        in_service=np.asarray(own["in_service"], dtype=bool),
        indoor=column(rows, "indoor_c") + ZERO_C,
        cold=column(rows, "cold_c") + ZERO_C,
        time_constant=column(rows, "time_constant_h", 3600.0),
        hot_water=column(rows, "hot_water_share"),
        least_supply=column(rows, "least_supply_c") + ZERO_C,
        least_pressure=column(rows, "least_pressure_bar"),
    )


def plants(
    own: Mapping[str, FloatArray], back: IntArray, out: IntArray, first: int, rows: Sequence[Row]
) -> Plants:
    """Plants from what their format says, and the rows of the table ``source``.

    Parameters
    ----------
    own
        `pressure`, `lift`, `supply` and `in_service`.
    back, out
        Junctions.
    first
        Asset row of the first.
    rows
        Checked rows.
    """
    capacity = column(rows, "capacity_kw", 1000.0)
    return Plants(
        rows=np.arange(first, first + len(rows), dtype=np.int64),
        back=back,
        out=out,
        pressure=own["pressure"],
        lift=own["lift"],
        supply=own["supply"],
        in_service=np.asarray(own["in_service"], dtype=bool),
        capacity=np.where(np.isnan(capacity), np.inf, capacity),
        efficiency=column(rows, "efficiency"),
        pump_efficiency=column(rows, "pump_efficiency"),
        heat_source=column(rows, "heat_source_c") + ZERO_C,
        needs_electricity=flags(rows, "needs_electricity"),
        fuels=tuple(row["fuel"] for row in rows),
    )


def check_source(cells: Cells, row: Row, place: str) -> None:
    """Tell of a fuel that no factor knows, and of an efficiency that no fuel has."""
    if row["fuel"] not in FUELS:
        cells.tell("fuel", place, f"fuel is '{row['fuel']}'.", f"Use one of: {', '.join(FUELS)}.")
    elif row["efficiency"] > 1.2 and row["fuel"] != "electricity":
        what = f"efficiency is {row['efficiency']:g} with the fuel {row['fuel']}."
        do = "Only a heat pump, whose fuel is electricity, gives more heat than it uses."
        cells.tell("efficiency", place, what, do)


def check_building(cells: Cells, row: Row, place: str) -> None:
    """Tell of a building that is cold while it is heated."""
    if row["cold_c"] >= row["indoor_c"]:
        what = f"cold_c is {row['cold_c']:g} °C and indoor_c {row['indoor_c']:g} °C."
        cells.tell("cold", place, what, "A heated building must be warmer than a cold one.")
