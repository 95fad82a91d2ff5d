"""``kopa industry enpi`` and ``kopa industry cusum``."""

from __future__ import annotations

import argparse
import math
from typing import Any

from kopa import console
from kopa.console import number
from kopa.errors import Finding, InputError

from .chart import signed, svg
from .cli_common import first_day, given, head, model_row, model_words, period_rows
from .cusum import Sums, cumulate
from .indicators import Month, misleading, months, ratios
from .regression import fit
from .savings import NINETY, by_regression, periods_of
from .sufficiency import insufficient, poor
from .uncertainty import quality
from .usage import Usage, day_of


def enpi(arguments: argparse.Namespace) -> int:
    """Indicators against the baseline; gives the exit code."""
    files = given(arguments)
    usage = files.usage
    periods = periods_of(usage, files.dates)
    before, after = periods.before & usage.known, periods.after & usage.known
    model, told, own, _ = by_regression(usage, before, after)
    improvement, half = own.share, own.half[NINETY] / own.expected if own.expected else math.nan
    by_ratio = ratios(usage, periods)
    rows = months(usage, model, periods)
    findings = [*files.findings, *insufficient(usage, periods), *poor(model, told, periods)]
    findings += misleading(by_ratio, improvement, half)
    if arguments.json:
        console.document(
            head("ok", findings)
            | {
                "periods": period_rows(usage, periods),
                "baseline": model_row(model, told, periods.months)
                | {"energy_kwh": float(usage.energy[before].sum())},
                "normalised_baseline_kwh": own.expected,
                "measured_kwh": own.measured,
                "indicator": 1 - improvement,
                "improvement": {
                    "low": improvement - half,
                    "mid": improvement,
                    "high": improvement + half,
                },
                "ratios": [
                    {
                        "driver": one.driver,
                        "baseline_kwh_a_unit": one.baseline,
                        "reporting_kwh_a_unit": one.reporting,
                        "improvement": one.improvement,
                    }
                    for one in by_ratio
                ],
                "months": [_month(one, usage) for one in rows],
            }
        )
        return 0
    console.say(
        f"EnPI {1 - improvement:.3f} of the baseline's energy in like conditions: "
        f"{improvement:+.1%} ± {half:.1%} better (90 %)"
    )
    console.say(f"Baseline (EnB): {model_words(model)}")
    for one in by_ratio:
        console.say(
            f"{number(one.baseline, 4)} → {number(one.reporting, 4)} kWh a unit of "
            f"{console.escape(one.driver)} ({one.improvement:+.1%} better)"
        )
    cells = [
        (
            f"{one.start:%Y-%m-%d}"[: 7 if usage.daily else 10],
            "baseline" if one.baseline else "",
            number(one.expected, 4),
            number(one.measured, 4),
            f"{one.indicator:.3f}",
        )
        for one in rows
    ]
    heads = ("from", "", "expected, kWh", "measured", "EnPI")
    console.table(heads, cells, "By month" if usage.daily else "By bill", 3)
    console.tell(findings)
    return 0


def _month(one: Month, usage: Usage) -> dict[str, Any]:
    return {
        "start": one.start.isoformat(),
        "period": "baseline" if one.baseline else "reporting",
        "known_days": one.days,
        "expected_kwh": one.expected,
        "measured_kwh": one.measured,
        "indicator": one.indicator,
        "production": dict(zip(usage.drivers, one.production, strict=True)),
    }


def cusum(arguments: argparse.Namespace) -> int:
    """The cumulative sum and its changes; gives the exit code."""
    files = given(arguments)
    usage = files.usage
    periods = periods_of(usage, files.dates)
    model = fit(usage, periods.before)
    told = quality(model)
    last = periods.reporting[1]
    sums = cumulate(usage, model, told, usage.between(periods.baseline[0], last))
    findings = [*files.findings, *insufficient(usage, periods), *poor(model, told, periods)]
    if arguments.chart is not None:
        title = f"{arguments.meter.stem}: kWh above the baseline, cumulative"
        try:
            arguments.chart.write_text(svg(usage, periods, sums, title), encoding="utf-8")
        except OSError as error:
            raise InputError([_no_chart(arguments, error)]) from None
    if arguments.json:
        console.document(
            _cusum_document(usage, sums, findings) | _model(usage, periods, model, told)
        )
        return 0
    total = float(sums.total[-1])
    words = "less" if total < 0 else "more"
    console.say(f"{number(abs(total))} kWh {words} than the baseline until {last}")
    console.say(f"Model of the baseline: {model_words(model)}")
    if sums.changes:
        cells = [
            (
                first_day(usage, one.row),
                number(one.before),
                number(one.after),
                signed(one.step),
                number(one.error),
            )
            for one in sums.changes
        ]
        heads = ("from", "before, kWh/d", "after", "change", "±1σ")
        console.table(heads, cells, "When use changed, above the baseline", 4)
    else:
        console.say("No change that is more than chance")
    console.table(("month", "cumulative, kWh", ""), _bars(usage, sums), "Cumulative sum", 0)
    if arguments.chart is not None:
        console.say(f"chart: {console.escape(str(arguments.chart))}")
    console.tell(findings)
    return 0


def _no_chart(arguments: argparse.Namespace, error: OSError) -> Finding:
    what = f"the chart cannot be written: {error.strerror}."
    return Finding("industry.chart", what, "Check the path.", file=str(arguments.chart))


def _model(usage: Usage, periods: Any, model: Any, told: Any) -> dict[str, Any]:
    return {
        "periods": period_rows(usage, periods),
        "baseline": model_row(model, told, periods.months),
    }


def _cusum_document(usage: Usage, sums: Sums, findings: list[Any]) -> dict[str, Any]:
    return head("ok", findings) | {
        "total_kwh": float(sums.total[-1]),
        "changes": [
            {
                "start": first_day(usage, one.row),
                "before_kwh_d": one.before,
                "after_kwh_d": one.after,
                "change_kwh_d": one.step,
                "standard_error_kwh_d": one.error,
            }
            for one in sums.changes
        ],
        "rows": [
            {
                "start": first_day(usage, int(row)),
                "expected_kwh": float(expected),
                "measured_kwh": float(measured),
                "cumulative_kwh": float(total),
            }
            for row, expected, measured, total in zip(
                sums.rows, sums.expected, sums.measured, sums.total, strict=True
            )
        ],
    }


def _bars(usage: Usage, sums: Sums) -> list[tuple[str, str, str]]:
    """The sum at each month's end, with a bar to the left or the right of zero."""
    ends = usage.first[sums.rows] + usage.days[sums.rows] - 1
    keys = [f"{day_of(day):%Y-%m}" for day in ends]
    last = {key: place for place, key in enumerate(keys)}
    most = max((abs(float(sums.total[place])) for place in last.values()), default=0.0) or 1.0
    cells = []
    for key, place in last.items():
        value = float(sums.total[place])
        size = math.ceil(16 * abs(value) / most)
        bar = f"{'█' * size:>16}│" if value < 0 else f"{'':16}│{'█' * size}"
        cells.append((key, number(value), bar))
    return cells
