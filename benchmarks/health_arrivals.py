"""Emergency arrivals a week ahead on synthetic series, against the seasonal naive.

    python benchmarks/health_arrivals.py [--seeds 10]

Prints one JSON document. The series are **synthetic** (`kopa.domains.health.synthetic`): negative
binomial counts around the shape of a day, weekdays, season, Latvian holidays and a level that
wanders, two years each. The model learns the same kinds of pattern from the series alone. Each
of the last days, kept back, is forecast 1 to 7 days ahead from what came before it; the naive
repeats the week before (m = 168 hours or 7 days). The range was told before those days.
`mstl_daily` is statsforecast's MSTL as the domain of electricity uses it, for the last four weeks,
each a week ahead, by day.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any

import numpy as np

from kopa.domains.health.arrivals import calendar, forecast
from kopa.domains.health.holidays import holidays
from kopa.domains.health.synthetic import Synthetic, synthetic

DAYS, AHEAD, WEEKS = 730, 7, 4


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, default=10, help="series (10)")
    seeds = range(parser.parse_args().seeds)
    series = [synthetic(seed, DAYS) for seed in seeds]
    found: dict[str, Any] = {"synthetic": True, "series": len(series), "days": DAYS}
    for name, per_day in (("hourly", 24), ("daily", 1)):
        begin = time.perf_counter()
        better, inside = zip(*(_tried(one, per_day) for one in series), strict=True)
        took = (time.perf_counter() - begin) / len(series)
        found[name] = {
            "better": round(statistics.mean(better), 3),
            "least_better": round(min(better), 3),
            "inside": round(statistics.mean(inside), 3),
            "inside_from": round(min(inside), 3),
            "inside_to": round(max(inside), 3),
            "seconds_each": round(took, 2),
        }
    found["best_possible_daily"] = round(statistics.mean(_known(one) for one in series), 3)
    found["mstl_daily"] = round(statistics.mean(_mstl(one) for one in series), 3)
    print(json.dumps(found))


def _by_day(one: Synthetic) -> np.ndarray:
    return np.asarray(one.arrivals.reshape(-1, 24).sum(axis=1))


def _tried(one: Synthetic, per_day: int) -> tuple[float, float]:
    free = holidays(2024, "LV") | holidays(2025, "LV") | holidays(2026, "LV")
    values = one.arrivals if per_day > 1 else _by_day(one)
    _, tried = forecast(values, calendar(one.first, DAYS + AHEAD, per_day, free), AHEAD)
    return 1 - tried.error / tried.naive, tried.inside


def _known(one: Synthetic) -> float:
    """What is left to who knows the mean that was drawn around, by day."""
    real, mean = _by_day(one)[-91:], one.mean.reshape(-1, 24).sum(axis=1)[-91:]
    naive = np.abs(real - _by_day(one)[-98:-7]).mean()
    return float(1 - np.abs(real - mean).mean() / naive)


def _mstl(one: Synthetic) -> float:
    """Statsforecast's MSTL, by day."""
    from kopa.domains.energy.engine_statsforecast import seasons

    values = _by_day(one)
    errors, naive = [], []
    for week in range(WEEKS, 0, -1):
        end = len(values) - 7 * week
        real = values[end : end + AHEAD]
        errors.append(np.abs(real - seasons(values[:end], AHEAD, [7])).mean())
        naive.append(np.abs(real - values[end - 7 : end]).mean())
    return float(1 - np.mean(errors) / np.mean(naive))


if __name__ == "__main__":
    main()
