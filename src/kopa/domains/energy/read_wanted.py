"""Reads what is wanted at buses, such as PV on roofs, from CSV."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from kopa.domains.energy.network import Network
from kopa.domains.energy.read_rows import Rows
from kopa.model import BoolArray, FloatArray


def read_wanted(file: Path, network: Network, live: BoolArray) -> FloatArray:
    """MW at each bus, shape (bus,).

    Parameters
    ----------
    file
        CSV with the columns ``asset`` (a bus, load or motor) and ``kw``; rows of one bus add up.
    network
        The grid.
    live
        Whether each bus is energised, shape (bus,).

    Raises
    ------
    InputError
        With all that is wrong.
    """
    rows = Rows(file, "energy.wanted", ("asset", "kw"), ("asset", "kw"))
    units, mw = network.units, np.zeros(network.buses)
    bus_of = dict(zip(units.rows.tolist(), units.bus.tolist(), strict=True))
    bus_of |= {bus: bus for bus in range(network.buses)}
    for line, asset, row in rows.each(network.assets):
        try:
            kw = float(row["kw"] or "")
        except ValueError:
            kw = math.nan
        if not 0 <= kw < math.inf:
            rows.wrong(f"kw is '{row['kw'] or ''}'.", "Write a number of 0 or more.", line)
        elif asset is not None and not live[bus_of[asset]]:
            what = f"{network.assets.full(asset)} is not energised, so it can take nothing."
            rows.wrong(what, "Leave it out, or energise it.", line)
        elif asset is not None:
            mw[bus_of[asset]] += kw / 1e3
    if not rows.findings and not mw.any():
        rows.wrong("Nothing is wanted.", "Add rows.")
    rows.check()
    return mw
