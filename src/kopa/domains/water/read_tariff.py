"""Reads an electricity tariff from CSV, and tells all that is wrong with it."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kopa.errors import Finding, InputError
from kopa.model import FloatArray

DAY = 86_400
_HOUR = 3600
_UNIT = re.compile(r"(ct|[A-Z]{3})/(kWh|MWh)")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True)
class Tariff:
    """Prices over a day; the last holds until the first.

    Parameters
    ----------
    seconds
        Since midnight from which each price holds, shape (price,).
    prices
        Of a kWh, shape (price,).
    currency
        In which `prices` are.
    """

    seconds: FloatArray
    prices: FloatArray
    currency: str

    def hourly(self, start: int, hours: int) -> FloatArray:
        """Mean price of each hour.

        Parameters
        ----------
        start
            Clock time of the first hour, s.
        hours
            How many.
        """
        at = (start + 60 * np.arange(hours * 60)) % DAY
        # times are full minutes, so that a minute has one price
        held = self.prices[np.searchsorted(self.seconds, at, "right") - 1]
        return np.asarray(held.reshape(hours, 60).mean(axis=1))

    def splits_hours(self, start: int) -> bool:
        """True if a price changes within an hour that is counted from `start`."""
        return bool(((self.seconds - start) % _HOUR).any() and len(self.seconds) > 1)


def read_tariff(file: Path) -> Tariff:
    """Read a tariff.

    Parameters
    ----------
    file
        CSV with the columns `time` (HH:MM), `price` and `unit` (EUR/kWh, EUR/MWh, ct/kWh; any
        currency of three letters). A price holds until the next row, and over midnight.

    Raises
    ------
    InputError
        With all findings.
    """
    findings: list[Finding] = []

    def wrong(code: str, what: str, do: str, place: str = "") -> None:
        findings.append(Finding(f"water.tariff-{code}", what, do, file=str(file), place=place))

    rows: dict[int, float] = {}
    units: dict[str, str] = {}
    for number, row in _rows(file, wrong):
        place = f"line {number}"
        time = _TIME.fullmatch((row["time"] or "").strip())
        second = int(time[1]) * 3600 + int(time[2]) * 60 if time else -1
        if time is None or int(time[2]) > 59 or second >= DAY:
            wrong("time", f"'{row['time']}' is no time.", "Write it as HH:MM.", place)
        elif second in rows:
            wrong("twice", f"{row['time']} has two prices.", "Leave one of them out.", place)
        try:
            price = float(row["price"] or "")
        except ValueError:
            price = float("nan")
        if not -1e6 < price < 1e6:
            wrong("price", f"'{row['price']}' is no price.", "Write a number.", place)
        unit = (row["unit"] or "").strip()
        if not _UNIT.fullmatch(unit):
            do = "Write EUR/kWh, EUR/MWh or ct/kWh, or another currency of three letters."
            wrong("unit", f"'{unit}' is no unit of a price.", do, place)
        units.setdefault(unit, place)
        rows[second] = price
    if len(units) > 1 and not findings:
        wrong("units", f"it has several units: {', '.join(units)}.", "Use one of them in all rows.")
    if not rows and not findings:
        wrong("empty", "it has no prices.", "Add a row.")
    if findings:
        raise InputError(findings)
    ((currency, energy),) = {_UNIT.fullmatch(unit).groups() for unit in units}  # type: ignore[union-attr]  # all units are checked
    scale = (0.01 if currency == "ct" else 1.0) / (1000 if energy == "MWh" else 1)
    seconds = np.array(sorted(rows), dtype=np.float64)
    prices = np.array([rows[second] for second in sorted(rows)]) * scale
    return Tariff(seconds, prices, "EUR" if currency == "ct" else currency)


def _rows(file: Path, wrong: object) -> list[tuple[int, dict[str, str | None]]]:
    """Lines with their numbers."""
    assert callable(wrong)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError:
        wrong("missing", "there is no such file.", "Check the path.")
        return []
    except UnicodeDecodeError as error:
        wrong("encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        return []
    table = csv.DictReader(text.splitlines())
    lost = [name for name in ("time", "price", "unit") if name not in (table.fieldnames or [])]
    for name in lost:
        wrong("column", f"the column '{name}' is missing.", "Add it.", "line 1")
    return [] if lost else [(table.line_num, row) for row in table]
