"""Day-ahead plans of random problems, held against scipy's solver with another formulation.

Here each direction of each storage and of the site has a whole number of its own at each step, and
each process one for each of its beginnings: slower, and written without a look at Kopa's programme.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from domains.energy.test_plan import asked, at, made, parts
from scipy.optimize import Bounds, LinearConstraint, milp

__all__ = ["made"]
STEPS = 6
BIG = 500.0
"""More kW than anything here can draw."""


@dataclass
class Storage:
    most: float
    low: float
    high: float
    start: float
    kept: float
    share_in: float
    share_out: float
    usage: Any
    wish: tuple[str, int, float]


@dataclass
class Case:
    buy: Any
    sell: Any
    fixed: Any
    most_in: Any
    most_out: Any
    breach: float
    storages: list[Storage]
    starts: list[int]
    """Where a process of 3 kW and two steps may begin."""


def random_case(seed: int) -> Case:
    random = np.random.default_rng(seed)
    storages = [
        Storage(
            most=float(random.integers(2, 9)),
            low=float(low := random.choice([0, 2])),
            high=float(high := random.integers(6, 20)),
            start=float(random.integers(low, high + 1)),
            kept=float(random.choice([1.0, 0.95])),
            share_in=float(random.choice([1.0, 0.8])),
            share_out=float(random.choice([1.0, 0.6])),
            usage=random.integers(-2, 4, STEPS),
            wish=(
                str(random.choice(["soc-targets", "soc-minima", "soc-maxima"])),
                int(random.integers(1, STEPS + 1)),
                float(random.integers(0, high + 3)),
            ),
        )
        for _ in range(random.integers(0, 3))
    ]
    return Case(
        buy=random.integers(-60, 200, STEPS),
        sell=random.integers(-60, 200, STEPS),
        fixed=random.integers(-9, 15, STEPS),
        most_in=random.integers(8, 25, STEPS),
        most_out=random.integers(2, 15, STEPS),
        breach=float(random.choice([np.inf, 50.0, 500.0])),
        storages=storages,
        starts=sorted(random.choice(STEPS - 1, random.integers(1, 4), replace=False).tolist()),
    )


def as_file(case: Case) -> dict[str, Any]:
    """What Kopa is asked; prices are EUR/MWh."""
    context: dict[str, Any] = {
        "consumption-price": parts(case.buy, "EUR/MWh"),
        "production-price": parts(case.sell, "EUR/MWh"),
        "site-consumption-capacity": parts(case.most_in, "kW"),
        "site-production-capacity": parts(case.most_out, "kW"),
        "inflexible-devices": [{"name": "house", "power": parts(case.fixed, "kW")}],
    }
    if np.isfinite(case.breach):
        for key in ("site-consumption", "site-production", "soc-minima", "soc-maxima"):
            unit = "kW" if key.startswith("site") else "kWh"
            context[f"{key}-breach-price"] = f"{case.breach / 1e3} EUR/{unit}"
    devices: list[dict[str, Any]] = [
        {
            "name": f"store {place}",
            "soc-at-start": f"{one.start} kWh",
            "soc-min": f"{one.low} kWh",
            "soc-max": f"{one.high} kWh",
            "power-capacity": f"{one.most} kW",
            "charging-efficiency": one.share_in,
            "discharging-efficiency": one.share_out,
            "storage-efficiency": one.kept,
            "soc-usage": parts(np.maximum(one.usage, 0), "kW"),
            "soc-gain": parts(np.maximum(-one.usage, 0), "kW"),
            one.wish[0]: [{"datetime": at(one.wish[1]), "value": f"{one.wish[2]} kWh"}],
        }
        for place, one in enumerate(case.storages)
    ]
    runs = {step for start in case.starts for step in (start, start + 1)}
    closed = [step for step in range(STEPS) if step not in runs]
    restricted = [{"start": at(step), "end": at(step + 1)} for step in closed]
    work = {"name": "work", "process-type": "SHIFTABLE", "power": "3 kW", "duration": "PT2H"}
    return asked(STEPS, context, *devices, {**work, "time-restrictions": restricted})


@dataclass
class Model:
    """A mixed-integer programme, put together column by column and row by row."""

    columns: list[tuple[float, float, float, int]] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def column(self, cost: float = 0.0, low: float = 0.0, high: float = BIG, whole: int = 0) -> int:
        self.columns.append((cost, low, high, whole))
        return len(self.columns) - 1

    def row(self, parts: dict[int, float], low: float, high: float) -> None:
        self.rows.append((parts, low, high))

    def either(self, one: int, other: int) -> None:
        """Not both of two columns."""
        choice = self.column(high=1, whole=1)
        self.row({one: 1, choice: -BIG}, -np.inf, 0)
        self.row({other: 1, choice: BIG}, -np.inf, BIG)

    def least(self) -> float | None:
        cost, low, high, whole = map(np.array, zip(*self.columns, strict=True))
        matrix = np.zeros((len(self.rows), len(cost)))
        for place, (entries, _, _) in enumerate(self.rows):
            for column, value in entries.items():
                matrix[place, column] = value
        _, below, above = zip(*self.rows, strict=True)
        limits = LinearConstraint(matrix, below, above)
        bounds, options = Bounds(low, high), {"mip_rel_gap": 1e-9}
        found = milp(cost, integrality=whole, bounds=bounds, constraints=limits, options=options)
        return None if found.fun is None else float(found.fun)


def least(case: Case) -> float | None:
    """The cost of the best plan, EUR; None where there is none."""
    model, breach = Model(), case.breach
    balance: list[dict[int, float]] = []
    soft = [model.column(breach) if np.isfinite(breach) else None for _ in range(2)]
    for step in range(STEPS):
        bought, sold = model.column(case.buy[step]), model.column(-case.sell[step])
        model.either(bought, sold)
        balance.append({bought: 1, sold: -1})
        for column, most, beyond in zip(
            (bought, sold), (case.most_in, case.most_out), soft, strict=True
        ):
            extra = {} if beyond is None else {beyond: -1.0}
            model.row({column: 1.0, **extra}, -np.inf, most[step])
    for one in case.storages:
        key, when, value = one.wish
        before = None
        for step in range(STEPS):
            into, out = model.column(high=one.most), model.column(high=one.most)
            model.either(into, out)
            balance[step] |= {into: -1, out: 1}
            stock = model.column(low=one.low, high=one.high)
            row = {stock: 1.0, into: -one.share_in, out: 1 / one.share_out}
            gain = -float(one.usage[step])
            if before is None:
                gain += one.kept * one.start
            else:
                row[before] = -one.kept
            model.row(row, gain, gain)
            before = stock
            if step + 1 == when:
                short, beyond = (
                    {model.column(breach): sign} if np.isfinite(breach) else {} for sign in (1, -1)
                )
                if key != "soc-maxima":
                    model.row({stock: 1.0, **short}, value, np.inf)
                if key != "soc-minima":
                    model.row({stock: 1.0, **beyond}, -np.inf, value)
    begins = {start: model.column(high=1, whole=1) for start in possible(case)}
    model.row(dict.fromkeys(begins.values(), 1.0), 1, 1)
    for start, begin in begins.items():
        for step in (start, start + 1):
            balance[step][begin] = -3.0
    for entries, kw in zip(balance, case.fixed, strict=True):
        model.row(entries, kw, kw)
    found = model.least()
    return None if found is None else found / 1e3


def possible(case: Case) -> list[int]:
    """All beginnings that two open steps in a row allow."""
    runs = {step for start in case.starts for step in (start, start + 1)}
    return [step for step in range(STEPS - 1) if {step, step + 1} <= runs]


@pytest.mark.parametrize("seed", range(60))
def test_as_another_formulation(plan: Any, seed: int) -> None:
    case = random_case(seed)
    want = least(case)
    answer = plan(as_file(case), 0 if want is not None else 1)
    if want is None:
        assert answer["conflict"]
        return
    assert answer["totals"]["objective"] == pytest.approx(want, abs=1e-6, rel=1e-5)
    totals = answer["totals"]
    parts_ = totals["bought"] - totals["sold"] + totals["breaches_and_peak"]
    assert parts_ == pytest.approx(totals["objective"], abs=1e-6)
    bought, sold = (np.array(answer["site"][f"{key}_kw"]) for key in ("consumption", "production"))
    assert np.minimum(bought, sold).max() < 1e-6
    power = [np.array(one["power_kw"]) for one in answer["devices"]]
    np.testing.assert_allclose(sum(power) + case.fixed, bought - sold, atol=1e-5)
    for one, told, kw in zip(case.storages, answer["devices"], power, strict=False):
        stock = np.array(told["soc"])
        kept = one.kept * np.array([one.start, *stock[:-1]])
        moved = np.maximum(kw, 0) * one.share_in - np.maximum(-kw, 0) / one.share_out
        np.testing.assert_allclose(stock, kept + moved - one.usage, atol=1e-4)
        assert stock.min() > one.low - 1e-5
        assert stock.max() < one.high + 1e-5
