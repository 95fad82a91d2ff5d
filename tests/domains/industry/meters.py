"""Meters, weather and production: synthetic, so that the truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

FIRST = date(2023, 1, 1)
BASELINE_END = "2023-12-31"
BASE, HEAT, HEAT_AT, COOL, COOL_AT, EACH = 500.0, 30.0, 15.0, 20.0, 20.0, 4.0
"""kWh/d, kWh/(K·d) below and above °C, kWh a tonne."""


@dataclass(frozen=True)
class Plant:
    """Two years of a plant.

    `saved` is the share of the energy that a measure saves from the second year on; `more` is
    the share of production that is made more then.
    """

    saved: float = 0.0
    more: float = 0.0
    noise: float = 20.0
    seed: int = 1
    days: int = 731

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    @property
    def temperature(self) -> np.ndarray:
        day = np.arange(self.days)
        season = 9 - 14 * np.cos(2 * np.pi * (day - 15) / 365.25)
        return season + np.random.default_rng(self.seed + 1).normal(0, 3, self.days)

    @property
    def tonnes(self) -> np.ndarray:
        day = np.arange(self.days)
        weekday = (day + FIRST.weekday()) % 7 < 5
        made = np.where(weekday, 100.0, 20.0)
        made = made + np.random.default_rng(self.seed + 2).normal(0, 10, self.days)
        return np.maximum(made, 0) * np.where(day >= 365, 1 + self.more, 1.0)

    @property
    def clean(self) -> np.ndarray:
        t = self.temperature
        energy = BASE + HEAT * np.maximum(HEAT_AT - t, 0) + COOL * np.maximum(t - COOL_AT, 0)
        return energy + EACH * self.tonnes

    @property
    def energy(self) -> np.ndarray:
        found = self.clean + self.rng.normal(0, self.noise, self.days)
        saved = np.where(np.arange(self.days) >= 365, 1 - self.saved, 1.0)
        return np.maximum(found * saved, 1.0)

    @property
    def dates(self) -> list[str]:
        return [(FIRST + timedelta(days=n)).isoformat() for n in range(self.days)]

    def write(self, folder: Path) -> dict[str, str]:
        """Write the three files; gives their paths."""
        tables = {
            "meter": ("start,energy_kwh", self.energy),
            "weather": ("time,temperature_c", self.temperature),
            "production": ("date,tonnes", self.tonnes),
        }
        for name, (head, values) in tables.items():
            lines = [f"{day},{value:.4f}" for day, value in zip(self.dates, values, strict=True)]
            (folder / f"{name}.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
        return {name: str(folder / f"{name}.csv") for name in tables}


def hourly(values: np.ndarray) -> list[str]:
    """Rows of hours, the day's value in equal parts."""
    start = datetime(FIRST.year, FIRST.month, FIRST.day)
    return [
        f"{(start + timedelta(hours=24 * day + hour)).isoformat()},{value / 24:.6f}"
        for day, value in enumerate(values)
        for hour in range(24)
    ]


def bills(values: np.ndarray) -> list[str]:
    """Rows of calendar months, and the last reading."""
    days = [FIRST + timedelta(days=n) for n in range(len(values))]
    found = []
    for start in sorted({day.replace(day=1) for day in days}):
        total = sum(v for d, v in zip(days, values, strict=True) if d.replace(day=1) == start)
        found.append(f"{start},{total:.4f}")
    return [*found, f"{days[-1] + timedelta(days=1)},"]
