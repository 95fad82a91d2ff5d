"""Reads what is wanted at buses, such as PV on roofs, from CSV."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from kopa.domains.energy.network import Network
from kopa.errors import Finding, InputError, UsageError
from kopa.model import FloatArray


def read_wanted(file: Path, network: Network) -> FloatArray:
    """MW at each bus, shape (bus,).

    Parameters
    ----------
    file
        CSV with the columns ``asset`` (a bus, load or motor) and ``kw``; rows of one bus add up.
    network
        The grid.

    Raises
    ------
    InputError
        With all that is wrong.
    """
    findings: list[Finding] = []

    def wrong(what: str, do: str, place: str = "") -> None:
        findings.append(Finding("energy.wanted", what, do, file=file.name, place=place))

    try:
        reader = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
        names, rows = list(reader.fieldnames or ()), list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        wrong(f"The file cannot be read: {error}.", "Give a CSV file in UTF-8.")
        raise InputError(findings) from None
    if not {"asset", "kw"} <= set(names):
        wrong(f"Its columns are {', '.join(names)}.", "Write asset,kw.", "line 1")
        raise InputError(findings)
    bus_of = dict(zip(network.units.rows.tolist(), network.units.bus.tolist(), strict=True))
    mw = np.zeros(network.buses)
    for line, row in enumerate(rows, 2):
        try:
            asset = network.assets.find((row["asset"] or "").strip())
        except UsageError as error:
            wrong(f"{error}.", "Name a bus, load or motor.", f"line {line}")
            asset = None
        bus = asset if asset is not None and asset < network.buses else bus_of.get(asset or -1)
        if asset is not None and bus is None:
            what = f"{row['asset']} is a {network.assets.kinds[asset]}."
            wrong(what, "Name a bus, load or motor.", f"line {line}")
        try:
            kw = float(row["kw"] or "")
        except ValueError:
            kw = math.nan
        if not 0 <= kw < math.inf:
            wrong(f"kw is '{row['kw']}'.", "Write a number of 0 or more.", f"line {line}")
        elif bus is not None:
            mw[bus] += kw / 1e3
    if not findings and not mw.any():
        wrong("Nothing is wanted.", "Add rows.")
    if findings:
        raise InputError(findings)
    return mw
