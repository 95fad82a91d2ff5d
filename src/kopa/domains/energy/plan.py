"""What a day-ahead plan is about: a site, its devices, and what they must and should hold.

References
----------
FlexMeasures, documentation of scheduling: flex-context (the site) and flex-model (its devices).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kopa.model import BoolArray, FloatArray


@dataclass(frozen=True)
class Wish:
    """What a stock should hold between two moments.

    Parameters
    ----------
    key
        ``soc-targets``, ``soc-minima`` or ``soc-maxima``.
    first, last
        Boundaries between steps, 0 for the start.
    value
        Of the stock, in its unit.
    """

    key: str
    first: int
    last: int
    value: float


@dataclass(frozen=True)
class Storage:
    """A device with a stock: a battery, a car, a boiler, a tank with its pumps.

    Parameters
    ----------
    name
        Its name.
    at
        Bus, load or motor of the grid that it hangs on, empty for none.
    unit
        Of the stock: ``kWh`` or ``m3``.
    start, low, high
        The stock at the start, and what it can hold.
    per_kwh_in, per_kwh_out
        What a consumed kWh adds, and what a produced one takes.
    kept
        Share of the stock that is left after a step.
    gain
        What others add (or take, below zero) an hour, shape (step,).
    most_in, most_out
        Most consumption and production, kW, shape (step,).
    levels
        The only powers that it can consume, kW; empty where any can be.
    wishes
        What the stock should hold.
    """

    name: str
    at: str
    unit: str
    start: float
    low: float
    high: float
    per_kwh_in: float
    per_kwh_out: float
    kept: float
    gain: FloatArray
    most_in: FloatArray
    most_out: FloatArray
    levels: tuple[float, ...]
    wishes: tuple[Wish, ...]


@dataclass(frozen=True)
class Process:
    """Work that must be done once: at a stretch, or in parts.

    Parameters
    ----------
    name, at
        As of a storage.
    kw
        Its power.
    steps
        How many steps it takes.
    breakable
        True where it may be done in parts.
    allowed
        When it may run, shape (step,).
    """

    name: str
    at: str
    kw: float
    steps: int
    breakable: bool
    allowed: BoolArray


@dataclass(frozen=True)
class Fixed:
    """What is not planned.

    Parameters
    ----------
    name, at
        As of a storage.
    kw
        Its consumption, below zero for production, shape (step,).
    """

    name: str
    at: str
    kw: FloatArray


@dataclass(frozen=True)
class Site:
    """The connection of all devices, and what passes it costs.

    Parameters
    ----------
    buy, sell
        Price of a kWh in and out, shape (step,); `sell` is empty where nothing can go out.
    co2
        Emissions of a kWh in, kg; NaN where unknown, shape (step,).
    co2_price
        Of a kg, counted with the price of what comes in.
    most_in, most_out
        Most power in and out, kW, shape (step,).
    breach_in, breach_out
        Price of a kW beyond them, of the highest one; infinite where they are hard.
    peak_kw, peak_price
        The peak that there has been, and the price of each kW above it.
    breach_low, breach_high
        Price of a unit of stock short of, and beyond, what is wished; infinite for hard.
    """

    buy: FloatArray
    sell: FloatArray
    co2: FloatArray
    co2_price: float
    most_in: FloatArray
    most_out: FloatArray
    breach_in: float
    breach_out: float
    peak_kw: float
    peak_price: float
    breach_low: float
    breach_high: float


@dataclass(frozen=True)
class Problem:
    """What is to be planned.

    Parameters
    ----------
    start
        Of the first step, with its time zone.
    step_h, steps
        Length of a step, h, and their number.
    currency
        Of all prices.
    site, storages, processes, fixed
        What is planned, and what is not.
    """

    start: datetime
    step_h: float
    steps: int
    currency: str
    site: Site
    storages: tuple[Storage, ...]
    processes: tuple[Process, ...]
    fixed: tuple[Fixed, ...]

    def moment(self, boundary: int) -> str:
        """A boundary between steps, ISO 8601."""
        return (self.start + timedelta(hours=self.step_h * boundary)).isoformat()
