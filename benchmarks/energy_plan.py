"""A day-ahead plan of 200 storages in 96 steps: Kopa against PyPSA.

    python benchmarks/energy_plan.py [--storages 200] [--steps 96] [--rounds 5]

Needs PyPSA beside Kopa; it wants a newer pandas than Kopa's other libraries, so it has an
environment of its own. Prints one JSON document. Both plan the same storages at one connection
that buys and sells at prices apart, and both use HiGHS. Kopa's time is from the problem in memory
to the plan, PyPSA's that of ``Network.optimize``. The rounds take turns; the best counts. ``tight``
is the same with a connection that carries a part of the power only.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
import warnings
from datetime import UTC, datetime
from typing import Any

import numpy as np

from kopa.domains.energy.plan import Fixed, Problem, Site, Storage, Wish
from kopa.domains.energy.schedule import schedule

STEP_H = 0.25


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--storages", type=int, default=200, help="how many")
    parser.add_argument("--steps", type=int, default=96, help="of 15 minutes")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; the best counts")
    arguments = parser.parse_args()
    told = os.dup(1)
    os.dup2(2, 1)  # PyPSA's solver greets on stdout, from C
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    report = {
        name: measured(problem(arguments.storages, arguments.steps, share), arguments.rounds)
        for name, share in (("wide", np.inf), ("tight", 0.6))
    }
    with os.fdopen(told, "w") as out:
        print(json.dumps(report, indent=2), file=out)


def problem(storages: int, steps: int, share: float) -> Problem:
    """Batteries of different sizes that end as full as they begin; synthetic prices."""
    random = np.random.default_rng(0)
    hours = np.arange(steps) * STEP_H
    buy = (60 + 40 * np.sin(hours / 24 * 4 * np.pi) + random.normal(0, 10, steps)) / 1e3
    power = random.uniform(2, 20, storages)
    size = power * random.uniform(1, 4, storages)
    start = size * random.uniform(0.2, 0.8, storages)
    into, out = random.uniform(0.9, 0.98, (2, storages))
    whole = np.ones(steps)
    devices = tuple(
        Storage(
            name=f"storage {place}",
            at="",
            unit="kWh",
            start=start[place],
            low=0.0,
            high=size[place],
            per_kwh_in=into[place],
            per_kwh_out=1 / out[place],
            kept=1.0,
            gain=0 * whole,
            most_in=power[place] * whole,
            most_out=power[place] * whole,
            levels=(),
            wishes=(Wish("soc-minima", steps, steps, start[place]),),
        )
        for place in range(storages)
    )
    limit = whole * (np.inf if np.isinf(share) else share * power.sum())
    site = Site(
        buy=buy,
        sell=0.9 * buy,
        co2=np.nan * whole,
        co2_price=0.0,
        most_in=limit,
        most_out=limit,
        breach_in=np.inf,
        breach_out=np.inf,
        peak_kw=0.0,
        peak_price=0.0,
        breach_low=np.inf,
        breach_high=np.inf,
    )
    load = Fixed("load", "", random.uniform(100, 500, steps))
    start_at = datetime(2026, 1, 1, tzinfo=UTC)
    return Problem(start_at, STEP_H, steps, "EUR", site, devices, (), (load,))


def measured(given: Problem, rounds: int) -> dict[str, Any]:
    """Both, in turns."""
    ours, theirs = [], []
    for _ in range(rounds):
        begin = time.perf_counter()
        plan = schedule(given)
        ours.append(time.perf_counter() - begin)
        net = network(given)
        begin = time.perf_counter()
        net.optimize(solver_name="highs", output_flag=False)
        theirs.append(time.perf_counter() - begin)
    return {
        "kopa_s": min(ours),
        "pypsa_s": min(theirs),
        "ratio": min(theirs) / min(ours),
        "kopa_objective_eur": plan.cost,
        "pypsa_objective_eur": float(net.objective),
    }


def network(given: Problem) -> Any:
    """The same for PyPSA: storage units, a generator that buys and one that sells."""
    import pandas
    import pypsa

    net = pypsa.Network()
    moments = pandas.date_range("2026-01-01", periods=given.steps, freq="15min")
    net.set_snapshots(moments)
    net.snapshot_weightings = net.snapshot_weightings * given.step_h
    net.add("Bus", "site")
    site = given.site
    most = np.minimum(site.most_in, 1e6).max()
    price = {"buys": site.buy, "sells": site.sell}
    for name, sign in (("buys", 1.0), ("sells", -1.0)):
        cost = pandas.Series(price[name], moments)
        net.add("Generator", name, bus="site", p_nom=most, sign=sign, marginal_cost=sign * cost)
    net.add("Load", "load", bus="site", p_set=pandas.Series(given.fixed[0].kw, moments))
    storages = given.storages
    end = pandas.DataFrame(np.nan, moments, [one.name for one in storages])
    end.iloc[-1] = [one.start for one in storages]
    net.add(
        "StorageUnit",
        [one.name for one in storages],
        bus="site",
        p_nom=[one.most_in[0] for one in storages],
        max_hours=[one.high / one.most_in[0] for one in storages],
        efficiency_store=[one.per_kwh_in for one in storages],
        efficiency_dispatch=[1 / one.per_kwh_out for one in storages],
        state_of_charge_initial=[one.start for one in storages],
        state_of_charge_set=end,
    )
    return net


if __name__ == "__main__":
    main()
