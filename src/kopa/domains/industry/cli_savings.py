"""``kopa industry savings``."""

from __future__ import annotations

import argparse
import math
from typing import Any

from kopa import console
from kopa.console import number
from kopa.errors import Finding, UsageError

from .cli_common import given, head, model_row, model_words, period_rows
from .savings import NINETY, SIXTY_EIGHT, Estimate, Report, report

WORDS = {
    "significant": "significant",
    "not-significant": "not significant",
    "models-disagree": "unknown: the models disagree",
    "unknown": "unknown",
}


def run(arguments: argparse.Namespace) -> int:
    """Savings of a measure; gives the exit code."""
    for name in ("price", "co2"):
        value = getattr(arguments, name)
        if value is not None and not (math.isfinite(value) and value >= 0):
            raise UsageError(f"--{name} is 0 or more")
    files = given(arguments)
    found = report(files.meter, files.weather, files.usage, files.dates)
    findings = [*files.findings, *found.findings, *_unpriced(arguments)]
    known = found.verdict in ("significant", "not-significant")
    if arguments.json:
        console.document(_document(found, arguments, findings))
        return 0 if known else 1
    _tell(found, arguments)
    console.tell(findings)
    return 0 if known else 1


def _unpriced(arguments: argparse.Namespace) -> list[Finding]:
    return [
        Finding(f"industry.no-{name}", f"{what} is unknown.", f"Give --{name}.", "info")
        for name, what in (("price", "the money saved"), ("co2", "the kgCO2e avoided"))
        if getattr(arguments, name) is None
    ]


def _document(
    found: Report, arguments: argparse.Namespace, findings: list[Finding]
) -> dict[str, Any]:
    status = {"models-disagree": "unknown", "unknown": "unknown"}.get(found.verdict, "ok")
    fit, told = found.fit, found.quality
    estimates = [_estimate(found.regression, arguments)]
    if found.usage.drivers:
        estimates.append(_estimate(found.plain, arguments) | {"model": "regression-by-weather"})
    if found.opendsm is not None and found.opinion is not None:
        extra = {
            "disqualified": list(found.opinion.disqualified),
            "remarks": list(found.opinion.remarks),
        }
        estimates.append(_estimate(found.opendsm, arguments) | extra)
    return head(status, findings) | {
        "verdict": found.verdict,
        "periods": period_rows(found.usage, found.periods),
        "rows_are": "days" if found.usage.daily else "bills",
        "regression": model_row(fit, told, found.periods.months)
        | {
            "uncertainty_guideline_14_kwh": _levels(found.guideline),
            "uncertainty_covariance_kwh": _levels(found.covariance),
        },
        "estimates": estimates,
    }


def _levels(half: Any) -> dict[str, float]:
    return {"68": half[SIXTY_EIGHT], "90": half[NINETY]}


def _estimate(one: Estimate, arguments: argparse.Namespace) -> dict[str, Any]:
    half = one.half[NINETY]
    limits = (one.savings - half, one.savings, one.savings + half)

    def times(factor: float | None) -> dict[str, float] | None:
        if factor is None:
            return None
        return dict(zip(("low", "mid", "high"), (factor * value for value in limits), strict=True))

    return {
        "model": one.model,
        "expected_kwh": one.expected,
        "measured_kwh": one.measured,
        "savings_kwh": one.savings,
        "savings_share": one.share,
        "uncertainty_kwh": _levels(one.half),
        "low_kwh": limits[0],
        "high_kwh": limits[2],
        "significant": not one.against,
        "against": list(one.against),
        "cv_rmse": one.cv_rmse,
        "nmbe": one.bias,
        "r_squared": one.r_squared,
        "saved_eur": times(arguments.price),
        "saved_kgco2e": times(arguments.co2),
    }


def _tell(found: Report, arguments: argparse.Namespace) -> None:
    span = found.periods.reporting
    own = found.regression
    console.say(
        f"Savings from {span[0]} to {span[1]}: {number(own.savings)} kWh ({own.share:.1%}) "
        f"± {number(own.half[NINETY])} at 90 % — {WORDS[found.verdict]}"
    )
    console.say(f"Model of the baseline: {model_words(found.fit)}")
    shown = [own, *([found.opendsm] if found.opendsm else [])]
    rows = [
        (
            one.model, number(one.expected, 4), number(one.measured, 4), number(one.savings),
            number(one.half[NINETY]), number(one.half[SIXTY_EIGHT]), f"{one.cv_rmse:.1%}",
            "yes" if not one.against else "no",
        )
        for one in shown
    ]  # fmt: skip
    heads = ("model", "expected, kWh", "measured", "saved", "± 90 %", "± 68 %", "CV(RMSE)", "sure")
    console.table(heads, rows, "Two models", 7)
    for factor, unit in ((arguments.price, "EUR"), (arguments.co2, "kgCO2e")):
        if factor is not None:
            low, high = own.savings - own.half[NINETY], own.savings + own.half[NINETY]
            console.say(
                f"{number(factor * own.savings)} {unit} "
                f"({number(factor * low)} to {number(factor * high)})"
            )
